"""The demo site is complete, harmless and unmistakable: what a visitor of the demo sees is checked here first."""

from __future__ import annotations

import csv
import re
import shutil
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from lxml import etree
from lxml import html as lxml_html

from taihe.ground import clock
from taihe.ground.errors import BadSetup
from taihe.ground.rules import rule, rules_folder
from taihe.ground.screening import screen
from taihe.inner.portal.content import ArticleContent, ColumnContent
from taihe.inner.portal.demo_site import DemoSite, read_site, reckon

COUNTY = rules_folder().parent
FOLDER = COUNTY / "demo" / "portal"
TODAY = date(2026, 11, 22)
SLOTS = (
    "headline news notice policy interpretation disclosure data service interact agri invest port townships overview"
).split()
BODY_TAGS = set(
    "div p h2 h3 ul ol li table caption thead tbody tr th td blockquote strong".split()  # div: lxml's own wrapper
)


@pytest.fixture(scope="module")
def site() -> DemoSite:
    return read_site(FOLDER, TODAY)


def organs() -> dict[str, str]:
    """Short names by code, of every registered organ."""
    rows: dict[str, str] = {}
    for file in ("organs.csv", "townships.csv"):
        with (COUNTY / file).open(encoding="utf-8", newline="") as stream:
            rows |= {row["code"]: row["short_name"] for row in csv.DictReader(stream)}
    return rows


def leaves(site: DemoSite) -> set[str]:
    return {one.path for one in site.columns} - {one.parent for one in site.columns}


def test_a_county_site_has_its_columns_and_none_is_blank(site):
    filled = Counter(one.column for one in site.articles)
    assert leaves(site) <= set(filled), "a column without content is a finding of the national check"
    county = {path: n for path, n in filled.items() if not path.startswith("xz/")}
    assert len(county) >= 14
    assert sum(county.values()) >= 60
    types = set(rule("portal.column_types"))
    assert types - {"首页", "数据开放"} <= {one.column_type for one in site.columns} <= types


def test_every_township_has_its_channel(site):
    with (COUNTY / "townships.csv").open(encoding="utf-8", newline="") as stream:
        codes = {row["code"] for row in csv.DictReader(stream)}
    channels = [one for one in site.columns if one.parent == "xz"]
    assert {one.channel.organ for one in channels} == codes
    for channel in channels:
        own = [one for one in site.articles if one.column.startswith(channel.path + "/")]
        assert len(own) >= 2
        assert {one.source for one in own} == {organs()[channel.channel.organ]}


def test_columns_are_described_and_placed(site):
    slots = [one.home_slot for one in site.columns if one.home_slot]
    assert sorted(slots) == sorted(SLOTS)
    for number, one in enumerate(site.columns, start=1):
        assert len(one.description) >= 12
        assert one.description != one.title
        assert len(one.keywords) >= 2
        assert one.parent in {"", *(above.path for above in site.columns[: number - 1])}, "parents stand first"
        ColumnContent(
            page_id=number,
            **one.model_dump(include={"slug", "title", "description", "keywords", "column_type", "order", "channel"}),
        )


def luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_white_words_are_legible_on_every_channel_colour(site):
    for one in site.columns:
        if one.channel:
            assert 1.05 / (luminance(one.channel.colour) + 0.05) >= 4.5, one.path
            assert one.channel.organ in organs()


def test_articles_are_whole_and_say_that_they_are_a_demo(site):
    for number, one in enumerate(site.articles, start=1):
        assert one.body.endswith(site.notice)
        assert "演示稿" in site.notice
        tree = lxml_html.fragment_fromstring(one.body, create_parent="div")
        assert {node.tag for node in tree.iter()} <= BODY_TAGS, one.key
        assert not re.search(r"\{[a-z]", one.body + one.title), "a date mark was left"
        assert all(table.find("caption") is not None for table in tree.iter("table")), one.key
        ArticleContent(
            page_id=number,
            column_id=1,
            **one.model_dump(
                include={"title", "body", "summary", "keywords", "source", "document_number", "written_on", "validity"}
            ),
        )


def test_dates_are_past_and_in_order(site):
    now = clock.local().replace(year=TODAY.year, month=TODAY.month, day=TODAY.day, hour=0, minute=0)
    for one in site.articles:
        assert one.published_at < now, f"{one.key}: may not stand in the future"
        assert one.written_on is None or one.written_on <= clock.local(one.published_at).date()
    newest = max(one.published_at for one in site.articles if one.column == "zwdt/zwyw")
    assert now - newest < timedelta(days=3), "the front page of the demo is never stale"


def test_sources_are_registered_or_on_the_white_list(site):
    known = set(organs().values())
    reposts = [one for one in site.articles if one.source not in known]
    assert [one.source for one in reposts] == ["中国政府网"]
    assert all(one.source in rule("portal.repost_sources") and one.original_pub_date for one in reposts)


def test_every_document_has_its_explanation_and_the_other_way_round(site):
    by_key = {one.key: one for one in site.articles}
    papers = [one for one in site.articles if one.column == "zwgk/zcwj" and one.validity == "有效"]
    assert len(papers) >= 5
    for paper in papers:
        explained = [key for key in paper.related if by_key[key].column == "zwgk/zcjd"]
        assert explained, paper.key
        assert all(paper.key in by_key[key].related for key in explained)
    assert [one.validity for one in site.articles if one.column == "zwgk/zcwj"].count("失效") == 1


def test_document_numbers_are_well_formed_and_invented(site):
    numbers = [one.document_number for one in site.articles if one.document_number]
    assert len(numbers) == len(set(numbers)) >= 6
    assert all(re.fullmatch(r"演[一-鿿]{1,3}〔20\d{2}〕[1-9]\d*号", one) for one in numbers)


def test_nothing_in_it_stops_at_screening(site):
    for one in site.articles:
        text = "\n".join((one.title, one.summary, *one.keywords, one.body))
        verdict = screen(text, html=True)
        assert verdict.level == "pass", (one.key, [each.sentence() for each in verdict.findings])
    for file in (FOLDER / "files").iterdir():
        assert screen(file.read_text("utf-8")).level == "pass", file.name


def test_facts_that_are_easy_to_get_wrong(site):
    text = {one.key: one.title + one.body for one in site.articles}
    assert [key for key, words in text.items() if "泰和" in words] == ["thgk-place"]
    assert not any("药材" in words and "市场" in words for words in text.values())
    assert all("李兴" in one.title + one.body for one in site.articles if one.key in {"scjg-herbs", "zwyw-bellflower"})
    assert "李兴镇" not in text["zsxm-hair"]
    assert sum("税镇镇" in words for words in text.values()) >= 2


def test_drawings_are_small_and_harmless(site):
    assert len(site.pictures) >= 12
    assert {one.path for one in site.pictures} == set((FOLDER / "pictures").iterdir()), "no drawing without its words"
    for one in site.pictures:
        assert one.path.stat().st_size <= 6 * 1024
        root = etree.parse(one.path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        assert root.get("viewBox") == "0 0 800 450"
        for node in root.iter():
            assert etree.QName(node).localname not in {"script", "text", "style", "image", "foreignObject", "a"}
            for name, value in node.attrib.items():
                assert not name.startswith("on"), one.key
                assert etree.QName(name).localname != "href" or value.startswith("#")


def test_downloads_are_small_and_marked(site):
    used = {file.path for one in site.articles for file in one.downloads}
    assert used == set((FOLDER / "files").iterdir())
    assert all(file.stat().st_size < 100_000 and "演示" in file.read_text("utf-8") for file in used)


@pytest.mark.parametrize(
    ("text", "day", "reads"),
    [
        ("{d+1}", date(2026, 12, 31), "1月1日"),
        ("{yd-1}", date(2026, 1, 1), "2025年12月31日"),
        ("{m-1}", date(2026, 1, 31), "2025年12月"),
        ("{m+1}", date(2026, 12, 31), "2027年1月"),
        ("〔{y-3}〕和{y}", date(2026, 6, 1), "〔2023〕和2026"),
        ("{x} {d +1} {}", date(2026, 6, 1), "{x} {d +1} {}"),
    ],
)
def test_dates_are_counted_from_the_day_of_publication(text, day, reads):
    assert reckon(text, day) == reads


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 1), date(2030, 12, 31)])
def test_the_demo_opens_on_any_day(day):
    assert len(read_site(FOLDER, day).articles) > 100


@pytest.fixture
def copied(tmp_path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "portal"))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("column", "zwdt/nowhere", "zwdt/nowhere"),
        ("related", ["nobody"], "nobody"),
        ("lead", "nothing", "nothing"),
        ("downloads", [{"file": "none.csv", "title": "无"}], "none.csv"),
        ("source", "", "source"),
        ("colour", "red", "colour"),
        ("time", "25:00", "time"),
    ],
)
def test_a_fault_in_the_folder_is_named(copied, field, value, says):
    file = copied / "articles" / "01-news.yaml"
    articles = yaml.safe_load(file.read_text("utf-8"))
    articles[0][field] = value
    file.write_text(yaml.safe_dump(articles, allow_unicode=True), "utf-8")
    with pytest.raises(BadSetup) as caught:
        read_site(copied, TODAY)
    assert says in caught.value.sentence() or says == "time"


def test_a_key_used_twice_and_a_missing_file_are_named(copied):
    file = copied / "articles" / "01-news.yaml"
    articles = yaml.safe_load(file.read_text("utf-8"))
    file.write_text(yaml.safe_dump([*articles, articles[0]], allow_unicode=True), "utf-8")
    with pytest.raises(BadSetup, match="zwyw-service-hall"):
        read_site(copied, TODAY)
    (copied / "columns.yaml").unlink()
    with pytest.raises(BadSetup, match=r"columns\.yaml"):
        read_site(copied, TODAY)
