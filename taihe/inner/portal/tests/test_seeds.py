"""A fresh house shows its demo site; an installation gets columns and nothing approved."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from wagtail.models import Locale, Page

from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox.models import OutboxMessage
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.portal import media
from taihe.inner.portal.approving import verified_content
from taihe.inner.portal.baking import media_of
from taihe.inner.portal.content import ArticleContent, content_digest
from taihe.inner.portal.demo_site import read_site
from taihe.inner.portal.models import Approval, Article, Column, PortalHome, PortalImage, Shelf
from taihe.inner.portal.queries.approved import approved_now
from taihe.inner.portal.seeds import seed_site
from taihe.inner.portal.snapshots import snapshot

FOLDER = Path(__file__).resolve().parents[4] / "config" / "taihe" / "demo" / "portal"
TODAY = date(2026, 11, 22)


@pytest.fixture
def county(room: Path):
    """The county's own organ and those of its sub-sites, under the names that articles give as their source."""
    Locale.objects.get_or_create(language_code="zh-hans")  # a flushed database has lost what the migrations put there
    top = OrganFactory(code="ZF00", name="太和县人民政府", short_name="县政府")
    site = read_site(FOLDER, TODAY)
    for column in site.columns:
        if column.channel:
            OrganFactory(code=column.channel.organ, parent=top, name=column.channel.name, short_name=column.title)
    for number, source in enumerate(sorted({one.source for one in site.articles})):
        OrganFactory(code=f"S{number}", parent=top, name=f"演示单位{number}", short_name=source)
    return site


@pytest.mark.django_db
def test_the_demo_site_is_planted_whole_and_approved_as_it_stands(county):
    found = seed_site(FOLDER, TODAY, demo=True)
    assert found == {"pages": 1 + len(county.columns) + len(county.articles), "articles": len(county.articles),
                     "pictures": len(county.pictures)}  # fmt: skip
    assert all(not faults for faults in Page.find_problems())
    assert (PortalHome.objects.count(), Column.objects.count(), Article.objects.count()) == (
        1,
        len(county.columns),
        len(county.articles),
    )
    troubles = []
    approved = {one.content.page_id: one for one in approved_now(tampered=troubles)}
    assert troubles == [] and len(approved) == found["pages"]
    for page in Page.objects.filter(depth__gt=1).specific():
        assert content_digest(snapshot(page)) == approved[page.pk].digest, page.title
    published = {one.content.title: one.published_at for one in approved.values()}
    assert all(published[one.title] == one.published_at for one in county.articles)


@pytest.mark.django_db
def test_every_picture_and_download_lies_in_both_places(county):
    seed_site(FOLDER, TODAY, demo=True)
    articles = [one.content for one in approved_now() if isinstance(one.content, ArticleContent)]
    shown = {file for one in articles for file in media_of(one)}
    assert len([file for file in shown if file.mime == "image/svg+xml"]) == len(county.pictures)
    assert len(shown) > len(county.pictures)
    assert all(len(media.open_media(file.sha256).read()) == file.size for file in shown)
    assert all(default_storage.exists(image.file.name) for image in PortalImage.objects.all())
    assert {one.organ.code for one in Shelf.objects.all()} == {"ZF00"} | {
        one.channel.organ for one in county.columns if one.channel
    }


@pytest.mark.django_db
def test_it_is_one_act_marked_as_a_demo_and_done_once(county):
    seed_site(FOLDER, TODAY, demo=True)
    assert seed_site(FOLDER, TODAY, demo=True) == {}
    assert list(AuditEntry.objects.values_list("action", "person_name")) == [("portal.seed", "系统（演示数据）")]
    assert list(OutboxMessage.objects.values_list("kind", flat=True)) == ["portal.bake"]
    row = Approval.objects.order_by("?").first()
    assert row is not None and row.is_demo and "演示" in row.reviewers[0]["name"]
    row.is_demo = False
    assert verified_content(row) is None  # the mark is signed too


@pytest.mark.django_db
def test_an_installation_gets_columns_as_drafts_and_nothing_approved(county):
    seed_site(FOLDER, TODAY, demo=False)
    assert Column.objects.count() == len(county.columns)
    assert not Article.objects.exists() and not Approval.objects.exists() and not PortalImage.objects.exists()
    assert not OutboxMessage.objects.exists()
    home = PortalHome.objects.get()
    assert (home.notice, home.headline_id, len(home.slides)) == ("", None, 0)
    assert all(not faults for faults in Page.find_problems())
