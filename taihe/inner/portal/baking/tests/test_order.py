"""Columns and articles in their places, the site's own facts, colours, and previews."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.errors import BadSetup
from taihe.inner.portal.content import Channel

from .. import MemorySource, all_paths, bake, light, mime, preview, site_facts
from ..book import RESERVED, Book
from ..colours import contrast, tone_sheet
from ..edition import Edition
from ..preview import asset
from . import samples

COUNTY = {
    "portal": {"name": "太和县人民政府", "domain": "www.taihe.example", "demo_code": "0000000000", "links": []},
    "site": {"identifier": "", "placeholder": "演示，未填写"},
}


def test_what_has_no_place_is_left_out_and_named() -> None:
    source = samples.small_site(1)
    source.put(samples.approved(samples.article(6000, 999)))
    source.put(samples.approved(samples.column(700, 701, "a", "甲")))
    source.put(samples.approved(samples.column(701, 700, "b", "乙")))
    source.put(samples.approved(samples.article(6001, 700)))
    edition = Edition(source)
    assert edition.left_out == {6000, 6001, 700, 701}
    assert not {"/content/6000.html", "/content/6001.html"} & set(edition.facts)


def test_withdrawing_a_column_takes_what_stands_in_it_along() -> None:
    source = samples.small_site(1)
    source.drop(30)
    assert {31, 32, 33} <= Edition(source).left_out
    assert not [path for path in all_paths(source) if path.startswith("/zfxxgk/")]


@pytest.mark.parametrize("slug", sorted(RESERVED))
def test_no_column_takes_an_address_of_the_site_itself(slug) -> None:
    source = samples.small_site(0)
    source.put(samples.approved(samples.column(700, None, slug, "甲")))
    assert Book(source).columns[700].path == f"/{slug}-700/"


def test_two_columns_of_one_name_keep_two_addresses() -> None:
    source = samples.small_site(0)
    source.put(samples.approved(samples.column(700, None, "tzgg", "甲", order=0)))
    book = Book(source)
    assert {book.columns[20].path, book.columns[700].path} == {"/tzgg-20/", "/tzgg/"}


def test_the_order_of_arrival_does_not_matter() -> None:
    first = samples.small_site(4)
    second = MemorySource(first.site, reversed(list(first)))
    assert dict(bake(first)) == dict(bake(second))


def test_articles_of_one_minute_keep_one_order() -> None:
    source = samples.small_site(0)
    for number in (6003, 6001, 6002):
        source.put(samples.approved(samples.article(number, 20)))
    row = Book(source).articles[6002]
    assert [one.page_id for one in Book(source).neighbours(row) if one] == [6001, 6003]


def test_an_article_that_changed_under_the_hands_is_not_written() -> None:
    source = samples.small_site(1)
    edition = Edition(source)
    assert edition.facts
    source.put(samples.approved(samples.article(1000, 11, "换了")))
    with pytest.raises(RuntimeError, match="1000"):
        dict(edition.bake(["/content/1000.html"]))
    with pytest.raises(KeyError):
        dict(edition.bake(["/no/such/page/"]))


def test_a_column_is_no_article() -> None:
    source = samples.small_site(0)
    with pytest.raises(TypeError):
        light(samples.approved(samples.column(700, None, "a", "甲")))
    with pytest.raises(KeyError):
        source.article(20)


def test_media_are_named_by_their_digests() -> None:
    source = samples.small_site(0)
    source.put(samples.approved(samples.full_article()))
    media = Edition(source).media
    assert len(media) == 5
    assert all(file.sha256 in path or path.startswith(f"/files/{file.sha256[:16]}/") for path, file in media.items())
    page = next(bake(source, ["/content/5000.html"]))[1].decode()
    assert all(path in page for path in media)


@pytest.mark.parametrize("identifier", ["", "341222", "0000000000", "bm1234567", "３４１２２２０００１"])
def test_production_states_its_true_code_or_does_not_start(identifier) -> None:
    county = COUNTY | {"site": {"identifier": identifier}}
    with pytest.raises(BadSetup):
        site_facts(county, demo=False)


def test_the_demo_has_a_code_that_is_nobodys() -> None:
    assert site_facts(COUNTY, demo=True).code == "0000000000"
    real = site_facts(COUNTY | {"site": {"identifier": "3412220001"}}, demo=False)
    assert (real.code, real.demo, real.notice) == ("3412220001", False, "")


@given(st.from_regex(r"#[0-9a-fA-F]{6}", fullmatch=True))
def test_any_colour_an_editor_picks_carries_white_letters(colour) -> None:
    tones = dict(re.findall(r"(--\w+):(#[0-9a-f]{6})", tone_sheet(colour)))
    assert all(contrast(tones[name]) >= 4.5 for name in ("--p", "--pd", "--foot"))
    assert contrast(tones["--p"], tones["--pt"]) >= 4.2


@pytest.mark.parametrize("colour", ["", "red", "#12", "#12345g", "url(x)"])
def test_what_is_no_colour_changes_nothing(colour) -> None:
    assert tone_sheet(colour) == ""


def test_a_preview_shows_the_page_as_it_would_be() -> None:
    source = samples.small_site(2)
    before = all_paths(source)
    shown = preview(samples.full_article(8000, 31), source, at=samples.DAY + timedelta(days=1), prefix="/portal/look")
    assert "2026-11-21 09:05" in shown and "太政演〔2026〕1号" in shown
    assert '"/portal/look/assets/site.' in shown and '"/portal/look/img/' in shown and '"/portal/look/files/' in shown
    assert '"/assets/' not in shown and 'href="/zfxxgk/zcwj/"' in shown
    town = preview(samples.column(710, 70, "x", "新镇", channel=Channel(organ="3", name="新镇")), source)
    assert "新镇" in town and "本频道正在准备" in town
    assert "汛期提示" in preview(samples.home(notice="汛期提示"), source)
    assert all_paths(source) == before
    with pytest.raises(KeyError):
        preview(samples.article(8001, 12345), source)
    assert "/assets/tone-" in preview(samples.article(8002, 201), source)
    for found in re.findall(
        r'"/portal/look(/assets/[^"#]+)', shown + preview(samples.article(8002, 201), source, prefix="/portal/look")
    ):
        assert asset(found)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/tzgg/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/assets/site.12345678.css", "text/css; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("~shell/top.html", "text/html; charset=utf-8"),
    ],
)
def test_types_by_address(path, kind) -> None:
    assert mime(path) == kind
