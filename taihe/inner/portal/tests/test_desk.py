"""The editors' desk under attack: a stolen editor's account, another organ's editor, Wagtail's own ways round us."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse
from wagtail.models import Page, Revision

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry

from ..desk.locks import NeverByDesk
from ..models import Approval, Article, PortalDocument, PortalImage, Shelf
from ..queries.approved import approved_now, approved_page
from . import newsroom as make

pytestmark = pytest.mark.django_db


def form(page: Article, **changed: str) -> dict[str, str]:
    """The editor's form as the browser posts it."""
    given = {
        "title": page.title, "source": page.source, "author": "", "editor": "", "summary": "", "keywords": "",
        "body-count": "1", "body-0-type": "text", "body-0-order": "0", "body-0-deleted": "", "body-0-id": "b1",
        "body-0-value": json.dumps({"blocks": [{"key": "a", "text": "换掉的正文", "type": "unstyled", "depth": 0,
                                                "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}),
        "downloads-count": "0", "related-count": "0", "lead": "", "document_number": "", "index_number": "",
        "written_on": "", "validity": "", "archived_on": "",
    }  # fmt: skip
    return given | changed


def site_now() -> list[tuple[int, str]]:
    return [(one.content.page_id, one.digest) for one in approved_now()]


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


# -- what an editor does every day ----------------------------------------------------------------------


def test_an_editor_writes_and_saves_and_it_is_recorded_once(house):
    client = house.client("editor")
    address = reverse("wagtailadmin_pages:add", args=["inner_portal", "article", house.news.pk])
    assert client.get(address).status_code == 200
    blank = make.Article(title="新写的一稿", source="")
    answer = client.post(address, form(blank))
    assert answer.status_code == 302, answer.content[:3000]
    page = Article.objects.get(title="新写的一稿")
    assert not page.live and page.owner == house.editor and page.slug
    entry = AuditEntry.objects.get(action="portal.cms")
    assert entry.detail["view"] == "wagtailadmin_pages:add" and entry.outcome == "done"
    answer = client.post(edit_url(page), form(page, title="改过的标题"))
    assert answer.status_code == 302
    assert Page.objects.get(pk=page.pk).specific.get_latest_revision_as_object().title == "改过的标题"
    assert AuditEntry.objects.filter(action="portal.cms").count() == 2


def test_pages_of_the_desk_draw_and_reading_leaves_no_record(house):
    page, client = house.article(), house.client("editor")
    make.image(house.county)
    for address in (
        reverse("wagtailadmin_explore_root"),
        reverse("wagtailadmin_explore", args=[house.news.pk]),
        edit_url(page),
        edit_url(house.news),
        reverse("wagtailadmin_pages:history", args=[page.pk]),
        reverse("wagtailadmin_pages:add_subpage", args=[house.news.pk]),
        reverse("wagtailadmin_pages:search") + "?q=县里",
        reverse("wagtailimages:index"),
        reverse("wagtailimages:add"),
        reverse("wagtaildocs:index"),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailadmin_choose_page"),
        "/cms/",
    ):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, (address, answer.status_code)
        assert "unsafe-eval" not in answer["Content-Security-Policy"]
    assert not AuditEntry.objects.filter(action="portal.cms").exists()
    text = client.get(edit_url(page)).content.decode()
    assert reverse("portal:submit", args=[page.pk]) in text and "action-publish" not in text
    assert "gravatar" not in text and "releases.wagtail" not in text
    assert "'sha256-" in client.get(edit_url(page))["Content-Security-Policy"]  # the picture chooser may start


def test_the_desk_wears_our_name(house):
    for address in (reverse("wagtailadmin_explore_root"), edit_url(house.article())):
        text = house.client("editor").get(address, follow=True).content.decode()
        assert "- 网站采编</title>" in text
        assert "- Wagtail</title>" not in text
        assert '<span class="desk-name">网站采编</span>' in text and "favicon" not in text


def test_a_list_of_the_desk_counts_in_chinese(house):
    shown = house.client("editor").get(f"/cms/pages/{house.news.pk}/").content.decode()
    assert re.search(r"没有找到|第 1—\d+ 条，共 \d+ 条", shown) and not re.search(r"\d of \d", shown)


def test_only_the_known_starters_may_run():
    """Whatever an injection writes into a page of the desk, the browser runs only lines that start a chooser."""
    from ..desk.guard import STARTER

    good = '<script>new ImageChooser("id_lead", {"modalUrl": "/cms/images/chooser/"});</script>'
    date = '<script>initDateChooser("id_written_on", {"dayOfWeekStart": 1, "format": "Y-m-d"});</script>'
    assert len(STARTER.findall(good + date)) == 2
    for bad in (
        "<script>alert(1)</script>",
        '<script>new ImageChooser("x", {"a": alert(1)});</script>',
        '<script>new ImageChooser("x", {});alert(1);</script>',
        '<script>new Function("x", {});</script>',
        '<script src="/x">initDateChooser("x", {});</script>',
    ):
        assert STARTER.findall(bad) == []


def test_who_has_nothing_to_write_does_not_get_in(house):
    for who in ("clerk", "final"):
        answer = house.client(who).get("/cms/pages/")
        assert answer.status_code == 403 and answer["X-Error-Code"] == "ground.not_allowed"


@pytest.mark.parametrize(
    "address",
    ["account/", "login/", "users/", "groups/", "workflows/list/", "reports/locked/", "password_reset/",
     "collections/", "api/main/images/", "api/main/documents/", "reports/site-history/", "snippets/", "sites/",
     "redirects/", "forms/", "locales/", "nothing-of-the-kind/"],
)  # fmt: skip
def test_the_rest_of_wagtail_is_not_there(house, address):
    answer = house.client("editor").get(f"/cms/{address}")
    assert answer.status_code == 404, answer.status_code


# -- a stolen editor's account --------------------------------------------------------------------------


def ways_to_the_public(house, page) -> list[tuple[str, dict[str, str]]]:
    """Posts by which Wagtail would put something before the public, or take it away."""
    later = (clock.now() + timedelta(minutes=1)).strftime("%Y-%m-%d %H:%M")
    column, other = house.news.pk, house.notices.pk
    named = reverse
    return [
        (edit_url(page), form(page, **{"action-publish": "action-publish"})),
        (edit_url(page), form(page, go_live_at=later)),
        (edit_url(page), form(page, first_published_at="2020-01-01 00:00")),
        (edit_url(page), form(page, **{"action-submit": "1"})),
        (named("wagtailadmin_pages:add", args=["inner_portal", "article", column]),
         form(page, title="新稿", **{"action-publish": "action-publish"})),
        (named("wagtailadmin_pages:unpublish", args=[page.pk]), {}),
        (named("wagtailadmin_pages:delete", args=[page.pk]), {}),
        (named("wagtailadmin_pages:copy", args=[page.pk]),
         {"new_title": "x", "new_slug": "x", "new_parent_page": str(other), "publish_copies": "on"}),
        (named("wagtailadmin_pages:lock", args=[page.pk]), {}),
        (named("wagtailadmin_pages:set_privacy", args=[page.pk]), {"restriction_type": "none"}),
        (named("wagtailadmin_pages:set_page_position", args=[page.pk]) + "?position=0", {}),
        (named("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={page.pk}", {}),
        (named("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"]) + f"?id={page.pk}", {}),
        (named("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={page.pk}", {}),
        (named("wagtail_bulk_action", args=["wagtailcore", "page", "move"]) + f"?id={page.pk}", {"chooser": "1"}),
        (f"/cms/api/main/pages/{page.pk}/action/publish/", {}),
        (f"/cms/api/main/pages/{page.pk}/action/unpublish/", {}),
        (f"/cms/api/main/pages/{page.pk}/action/delete/", {}),
        (f"/cms/api/main/pages/{page.pk}/action/create_alias/", {"destination_page_id": str(other)}),
        ("/cms/snippets/inner_portal/approval/add/", {}),
        ("/cms/users/new/", {"username": "x"}),
        ("/cms/groups/new/", {"name": "x"}),
    ]  # fmt: skip


def test_nothing_a_stolen_account_posts_reaches_the_public(house):
    page = house.published(title="真的内容")
    before, approvals = site_now(), Approval.objects.count()
    client = house.client("editor")
    for address, data in ways_to_the_public(house, page):
        recorded = AuditEntry.objects.count()
        answer = client.post(address, data)
        assert answer.status_code in (302, 403, 404), (address, answer.status_code)
        assert AuditEntry.objects.count() > recorded, address
        assert site_now() == before and Approval.objects.count() == approvals, address
        row = Page.objects.get(pk=page.pk)
        assert not row.live and row.go_live_at is None and row.first_published_at is None, address
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    refused = AuditEntry.objects.filter(action="portal.cms", outcome="refused")
    assert refused.count() >= 15
    assert Article.objects.filter(pk=page.pk).exists()


def test_moving_changes_the_desk_and_not_the_site(house):
    page = house.published()
    before = site_now()
    house.client("editor").post(
        reverse("wagtailadmin_pages:move_confirm", args=[page.pk, house.notices.pk]), {"new_parent_page": ""}
    )
    assert site_now() == before
    assert approved_page(page.pk).content.column_id == house.news.pk


def test_the_programme_itself_cannot_publish_past_us(house):
    page = house.article()
    revision = page.get_latest_revision()
    for attempt in (
        lambda: page.publish(revision),
        lambda: revision.publish(),
        lambda: Page.objects.get(pk=page.pk).specific.publish(revision, skip_permission_checks=True),
    ):
        with pytest.raises(NeverByDesk):
            attempt()


def test_wagtail_asks_us_and_finds_our_refusals():
    """Apps are made ready in the order of the settings: ours comes last, or Wagtail would take its answers back."""
    from wagtail.actions import action_registry
    from wagtail.permissions import policy_registry

    from ..desk import locks, policy

    assert type(policy_registry.get_by_type(Article)) is policy.DeskPages
    assert type(policy_registry.get_by_type(PortalImage)) is policy.DeskShelves
    assert type(policy_registry.get_by_type(PortalDocument)) is policy.DeskShelves
    assert action_registry.get_action_class(Article, "publish") is locks.NoPublish
    assert action_registry.get_action_class(Article, "unpublish") is locks.NoUnpublish


def test_scheduled_publishing_of_wagtail_finds_nothing(house):
    from django.core.management import call_command

    page = house.article()
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=clock.now() - timedelta(days=1))
    with pytest.raises(NeverByDesk):
        call_command("publish_scheduled", verbosity=0)
    assert not Page.objects.get(pk=page.pk).live


def test_a_replaced_picture_does_not_reach_an_approved_page(house):
    picture = make.image(house.county)
    page = house.article()
    house.edit(page, lead=picture)
    house.approve(house.submit(page))
    before = site_now()
    lead = approved_page(page.pk).content.lead
    with picture.file.storage.open(picture.file.name, "wb") as file:
        file.write(make.png("blue"))
    assert site_now() == before
    row = house.submit(page)
    assert row.content["lead"]["variants"] != lead.model_dump(mode="json")["variants"]
    assert approved_page(page.pk).content.lead == lead


# -- another organ's editor (case 26) -------------------------------------------------------------------


def test_a_township_editor_sees_nothing_of_another_township(house):
    secret = house.article(house.lixing_column, by="lixing", title="李兴镇未公开的草稿", source="李兴镇")
    picture = make.image(house.lixing, title="李兴镇的图", alt="李兴镇的图片")
    make.image(house.majing, colour="green", title="马集镇的图")
    file = PortalDocument.objects.create(
        title="李兴镇的附件", collection=Shelf.objects.get(organ=house.lixing).collection,
        file=make.ContentFile(b"x", name="a.txt"),
    )  # fmt: skip
    client = house.client("majing")
    assert client.get(edit_url(house.article(house.majing_column, by="majing"))).status_code == 200
    searched = [
        reverse("wagtailadmin_explore_root"),
        reverse("wagtailadmin_explore", args=[house.townships.pk]),
        reverse("wagtailadmin_pages:search") + "?q=李兴镇",
        reverse("wagtailadmin_choose_page"),
        reverse("wagtailadmin_choose_page_child", args=[house.townships.pk]),
        reverse("wagtailadmin_choose_page_search") + "?q=李兴镇",
        reverse("wagtailimages:index") + "?q=李兴镇",
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages_chooser:choose_results") + "?q=李兴镇",
        reverse("wagtaildocs:index"),
        reverse("wagtaildocs_chooser:choose_results") + "?q=李兴镇",
        reverse("wagtailadmin_api:pages:listing") + f"?child_of={house.townships.pk}&for_explorer=1",
        reverse("wagtailadmin_api:pages:listing"),
    ]
    for address in searched:
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, (address, answer.status_code)
        text = answer.content.decode().replace("q=李兴镇", "").replace("“李兴镇”", "")
        assert "未公开的草稿" not in text and "李兴镇的图" not in text and "李兴镇的附件" not in text, address
    for address in (
        edit_url(secret),
        edit_url(house.lixing_column),
        reverse("wagtailadmin_explore", args=[house.lixing_column.pk]),
        reverse("wagtailadmin_choose_page_child", args=[house.lixing_column.pk]),
        reverse("wagtailadmin_pages:history", args=[secret.pk]),
        reverse("wagtailadmin_pages:revisions_compare", args=[secret.pk, "earliest", "latest"]),
        reverse("wagtailimages:edit", args=[picture.pk]),
        reverse("wagtailimages_chooser:chosen", args=[picture.pk]),
        reverse("wagtailimages_chooser:select_format", args=[picture.pk]),
        reverse("wagtailimages_chooser:chosen_multiple") + f"?id={picture.pk}",
        reverse("wagtaildocs_chooser:chosen", args=[file.pk]),
        picture.file.url,
        file.url,
        reverse("portal:submit", args=[secret.pk]),
        reverse("portal:preview_draft", args=[secret.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code in (403, 404), (address, answer.status_code)
        assert "未公开的草稿" not in answer.content.decode()
    assert house.client("lixing").get(picture.file.url).status_code == 200


def test_a_township_editor_cannot_name_what_is_anothers(house):
    secret = house.article(house.lixing_column, by="lixing", title="草稿", source="李兴镇")
    picture: PortalImage = make.image(house.lixing)
    page = house.article(house.majing_column, by="majing", title="马集的稿", source="马集镇")
    client = house.client("majing")
    answer = client.post(edit_url(page), form(page, lead=str(picture.pk)))
    assert answer.status_code == 200
    assert page.get_latest_revision_as_object().lead_id is None
    for html in (
        f'<p><a linktype="page" id="{secret.pk}">链接</a></p>',
        f'<p>图</p><embed embedtype="image" id="{picture.pk}" alt="图" format="fullwidth"/>',
    ):
        house.edit(page, by="majing", body=html)
        from taihe.ground.errors import BadInput

        with pytest.raises(BadInput):
            house.submit(page, by="majing")


def test_a_writer_makes_no_columns_and_nobody_writes_at_the_top(house):
    client = house.client("writer")
    address = reverse("wagtailadmin_pages:add", args=["inner_portal", "column", house.news.pk])
    assert client.get(address).status_code == 403
    assert client.get(edit_url(house.news)).status_code in (302, 403)
    address = reverse("wagtailadmin_pages:add", args=["inner_portal", "article", house.townships.pk])
    assert house.client("majing").get(address).status_code in (403, 404)
