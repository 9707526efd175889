"""The county with its series, and documents in the states in which they stand in an office (演示).

`county()` puts organs, posts and series of the county folder in place; the desks are people at the posts that
matter for a document.  `draft()` is a document with its first version closed, written through the real actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from taihe.ground.actor import Actor
from taihe.ground.files.actions import attach
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import made_here
from taihe.inner.office.documents import rights, seeds
from taihe.inner.office.documents.actions import drafting
from taihe.inner.office.documents.content import Content
from taihe.inner.office.documents.models import Document, Series
from taihe.inner.office.documents.paper import OWNER, PICTURES
from taihe.inner.people import seeds as people_seeds
from taihe.inner.people.models import Organ, Post, Role, RoleGrant
from taihe.inner.people.tests.factories import LONG_AGO, RoleFactory, RoleGrantFactory
from taihe.inner.workflow.tests.kit import Desk, desk

from .diagram import diagram_png
from .notice import DIAGRAM, NOTICE, TEXT

FOLDER = Path(settings.COUNTY_DIR)
CLERK = (rights.DRAFT, rights.READ, rights.REGISTER, rights.RECEIVE)
__all__ = ["CLERK", "NOTICE", "TEXT", "County", "county", "draft", "sheet"]


@dataclass
class County:
    """Organs and series by code, and people at posts of the county's own posts.csv, made when first asked for."""

    organs: dict[str, Organ]
    desks: dict[tuple[str, str], Desk] = field(default_factory=dict)

    def organ(self, code: str) -> Organ:
        """An organ by its code (``ZF01``)."""
        return self.organs[code]

    def series(self, code: str) -> Series:
        """A series by its 代字 (``太政办``)."""
        return Series.objects.select_related("organ").get(code=code)

    def at(self, organ: str, title: str) -> Desk:
        """Somebody at a post of the county file: ``at("ZF01", "文书")``; clerks hold the clerk's rights."""
        if (organ, title) not in self.desks:
            post = Post.objects.get(organ__code=organ, title=title)
            made = desk(post=post)
            if "document_clerk" in post.duties:
                _grant(made, "document_clerk", CLERK)
            if "seal_keeper" in post.duties:
                _grant(made, "seal_keeper", ("seals.use",))
            self.desks[organ, title] = made
        return self.desks[organ, title]

    def actor(self, organ: str, title: str) -> Actor:
        """The actor of `at`."""
        return self.at(organ, title).actor


def _grant(made: Desk, key: str, permissions: tuple[str, ...]) -> None:
    """A role over the organ of the post, as every post with the duty holds it."""
    role = Role.objects.filter(key=key).first() or RoleFactory(key=key, permissions=list(permissions))
    if not RoleGrant.objects.filter(post=made.post, role=role).exists():
        RoleGrantFactory(post=made.post, appointment=None, role=role, scope=made.post.organ)


def county(*, everything: bool = False) -> County:
    """The county's organs (without stations and villages unless `everything`), posts, roles and series."""
    files: Any = people_seeds
    whole = files.ORGAN_FILES
    try:
        files.ORGAN_FILES = whole if everything else whole[:2]
        files.load_county(FOLDER)
    finally:
        files.ORGAN_FILES = whole
    seeds.load(FOLDER)
    return County({one.code: one for one in Organ.objects.all()})


LINES = (
    {"role": "main", "text": "各乡镇人民政府", "group": "townships"},
    {"role": "main", "text": "县经济开发区管委会", "group": "dev_zone"},
    {"role": "main", "text": "县政府各部门、各直属机构", "group": "departments"},
)
COPIES = (
    {"role": "cc", "text": "县委各部门", "group": "party_depts"},
    {"role": "cc", "text": "县人大常委会办公室", "group": "congress"},
    {"role": "cc", "text": "县政协办公室", "group": "cppcc"},
    {"role": "cc", "text": "县纪委监委", "group": "discipline"},
    {"role": "cc", "text": "县人武部", "group": "military"},
    {"role": "cc", "text": "县法院", "group": "court"},
    {"role": "cc", "text": "县检察院", "group": "procuratorate"},
    {"role": "cc", "text": "各人民团体", "group": "mass_orgs"},
    {"role": "cc", "text": "市驻太和各单位", "group": "stationed"},
    {"role": "cc", "text": "县直各事业单位", "group": "institutions"},
    {"role": "cc", "text": "县委直属事业单位", "group": "party_institutions"},
)


def draft(
    of: County,
    *,
    series: str = "太政办",
    by: tuple[str, str] | Desk = ("ZF01", "文书"),
    genre: str = "通知",
    content: Content = NOTICE,
    lines: tuple[dict[str, Any], ...] = LINES + COPIES,
    closed: bool = True,
    picture: bool = False,
    **fields: Any,
) -> Document:
    """A document drafted through the real actions; `fields` are fields of 发文稿纸, `lines` its 主送 and 抄送.

    With `picture` the diagram of NOTICE is a file of the document, kept in the zone's store.
    """
    drafter = by if isinstance(by, Desk) else of.at(*by)
    chosen = of.series(series)
    row = drafting.create(drafter.actor, series_pk=chosen.pk, genre=genre, drafting_organ_pk=drafter.post.organ_id)
    if picture:
        content = with_picture(drafter.actor, row, content)
    drafting.autosave(drafter.actor, row.pk, row.version, content, {"addressees": list(lines), **fields})
    if closed:
        drafting.check_in(drafter.actor, row.pk)
    return Document.objects.select_related("series__organ", "organ", "drafting_organ").get(pk=row.pk)


def with_picture(actor: Actor, row: Document, content: Content) -> Content:
    """The content with the diagram of NOTICE as a file of the document."""
    prepared = made_here(BytesIO(diagram_png()), name="流程图（演示）.png", mime="image/png", looked_at="测试")
    file = attach(actor, prepared, Owner(OWNER, str(row.pk)), purpose=PICTURES)
    named = content.model_dump_json().replace(f'"key":"{DIAGRAM}"', f'"key":"{file.key}"')
    return Content.model_validate_json(named)


def sheet(**fields: Any) -> Document:
    """A document of the county's office that was never stored: for what reads only the sheet and its text."""
    organ = Organ(
        pk=1, code="ZF01", name="太和县人民政府办公室", short_name="县政府办", path="ZF00/ZF01/", kind="gov_dept"
    )
    organ.valid_from = LONG_AGO
    office = {"organ": organ, "sign_organ": organ, "office": organ, "seal_organ": organ}
    series = Series(
        key="documents.ZF01.太政办", code="太政办", mark=[f"{organ.name}文件"], signature=organ.name,
        principal_titles=["主任"], printed_by=organ.name, active_from=LONG_AGO, **office,
    )  # fmt: skip
    named = {"organ_name": organ.name, "drafting_organ_name": organ.name, "drafter_name": "演拟稿"}
    return Document(**{"series": series, "organ": organ, "drafting_organ": organ, **named, **fields})
