"""People and pages of the newsroom, and the ways tests walk through it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from PIL import Image
from wagtail.models import Collection, Locale, Page

from taihe.ground.actor import Actor
from taihe.inner.people.models import Officer, Organ, Role
from taihe.inner.people.tests import factories as people
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.models import WorkItem

from .. import actions, rights
from ..models import Approval, Article, Column, PortalHome, PortalImage, Shelf, Submission
from ..preparing import prepare

SOURCE = "新华社"


@dataclass
class House:
    """Who is there, and what they write in."""

    county: Organ
    majing: Organ
    lixing: Organ
    home: PortalHome
    news: Column
    notices: Column
    townships: Column
    majing_column: Column
    lixing_column: Column
    people: dict[str, Officer] = field(default_factory=dict)

    @property
    def editor(self) -> Officer:
        return self.people["editor"]

    def actor(self, who: str) -> Actor:
        return people.acting(self.people[who])

    def client(self, who: str) -> Client:
        client = Client()
        client.force_login(self.people[who])
        return client

    def article(self, column: Column | None = None, *, by: str = "editor", **fields: Any) -> Article:
        return article(column or self.news, owner=self.people[by], **fields)

    def edit(self, page: Article, *, by: str = "editor", **fields: Any) -> Article:
        """Save a further revision, as the editor's button does."""
        newest: Any = Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object()
        for key, value in fields.items():
            setattr(newest, key, body(value) if key == "body" else value)
        newest.save_revision(user=self.people[by], changed=True, clean=False)
        return newest

    def submit(self, page: Page, *, by: str = "editor", **more: Any) -> Submission:
        actor = self.actor(by)
        return actions.submit(actor, prepare(actor, page.pk), **more)

    def item(self, row: Submission, who: str) -> WorkItem:
        """The open work item of a person on a submission."""
        return WorkItem.objects.get(instance_id=row.instance_id, status="open", officer=self.people[who])

    def review(self, row: Submission, who: str, outcome: str = "approve", **more: Any) -> None:
        item = self.item(row, who)
        fields = {"secrecy": "open", "ground": "可以公开"} if item.node == "first" and outcome == "approve" else {}
        given = {"opinion": "请修改" if outcome == "return" else "", "fields": fields | more.pop("fields", {})} | more
        workflow.complete(self.actor(who), item.pk, item.version, outcome=outcome, **given)

    def approve(self, row: Submission) -> Approval:
        """All reviews that the submission needs."""
        for who in ("first", "second", "final") if row.levels == 3 else ("first", "final"):
            self.review(row, who)
        return Approval.objects.get(submission=row)

    def published(self, **fields: Any) -> Article:
        """An article through to its approval."""
        page = self.article(**fields)
        self.approve(self.submit(page))
        return page


def body(html: str) -> str:
    """A stream with one block of text."""
    return json.dumps([{"type": "text", "value": html, "id": "b1"}])


def article(column: Column, *, owner: Officer | None, html: str = "<p>正文内容。</p>", **fields: Any) -> Article:
    given = {"title": "县里的一件事", "source": SOURCE, "body": body(html), "live": False} | fields
    page = column.add_child(instance=Article(owner=owner, **given))
    page.save_revision(user=owner, changed=True, clean=False)
    return page


def column(parent: Page, slug: str, title: str, organ: Organ | None = None, **fields: Any) -> Column:
    given = {"description": f"{title}的有关内容", "keywords": "测试", "column_type": "工作动态", "live": False} | fields
    page = parent.add_child(instance=Column(slug=slug, title=title, organ=organ, **given))
    page.save_revision(changed=True, clean=False)
    return page


def shelf(organ: Organ) -> Shelf:
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    return Shelf.objects.create(organ=organ, collection=root.add_child(name=organ.short_name))


def png(colour: str = "red", size: tuple[int, int] = (1000, 600), form: str = "PNG", **more: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form, **more)
    return out.getvalue()


def image(organ: Organ, *, colour: str = "red", alt: str = "一张红色的图片", title: str = "图") -> PortalImage:
    return PortalImage.objects.create(
        title=title,
        alt=alt,
        file=ContentFile(png(colour), name=f"{colour}.png"),
        collection=Shelf.objects.get(organ=organ).collection,
    )


def build() -> House:
    county = people.OrganFactory(code="ZF00", name="太和县人民政府", short_name="县政府")
    majing = people.OrganFactory(parent=county, name="太和县马集镇人民政府", short_name="马集镇", kind="township")
    lixing = people.OrganFactory(parent=county, name="太和县李兴镇人民政府", short_name="李兴镇", kind="township")
    for organ in (county, majing, lixing):
        shelf(organ)
    if not Locale.objects.exists():
        Locale.objects.create(language_code="zh-hans")
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    home = root.add_child(instance=PortalHome(title="太和县人民政府", slug="portal", live=False))
    townships = column(home, "xz", "乡镇之窗")
    house = House(
        county, majing, lixing, home,
        news=column(home, "zwyw", "政务要闻"),
        notices=column(home, "tzgg", "通知公告", risk="high"),
        townships=townships,
        majing_column=column(townships, "majing", "马集镇", majing, is_channel=True),
        lixing_column=column(townships, "lixing", "李兴镇", lixing, is_channel=True),
    )  # fmt: skip
    _staff(house)
    return house


def _staff(house: House) -> None:
    for who, organ, keys in (
        ("editor", house.county, [rights.EDIT, rights.STRUCTURE]),
        ("writer", house.county, [rights.EDIT]),
        ("first", house.county, [rights.FIRST, rights.EDIT]),
        ("second", house.county, [rights.SECOND, rights.WITHDRAW]),
        ("final", house.county, [rights.FINAL, rights.WITHDRAW]),
        ("shaper", house.county, [rights.STRUCTURE]),
        ("majing", house.majing, [rights.EDIT]),
        ("lixing", house.lixing, [rights.EDIT]),
        ("clerk", house.county, []),
    ):
        role = Role.objects.create(key=f"t_{who}", title=who, permissions=keys)
        officer = people.OfficerFactory(appointed=True, organ=organ, title=f"{who}岗", name=f"演{who}")
        if keys:
            people.RoleGrantFactory(appointment=officer.appointments.get(), role=role, scope=organ)
        house.people[who] = officer
