"""Every page of a baked site keeps the rules of portal handbook 1.3-1.5, 7 and 10 (M01-M05, F01, F02, W01-W03)."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree, html

from ..edition import Edition
from ..source import MemorySource
from . import samples

SITE_TAGS = ("SiteName", "SiteDomain", "SiteIDCode")
COLUMN_TAGS = ("ColumnName", "ColumnDescription", "ColumnKeywords", "ColumnType")
ARTICLE_TAGS = ("ArticleTitle", "PubDate", "ContentSource")
OPTIONAL = {"Keywords", "Author", "Description", "Image", "Url"}
PUB_DATE = re.compile(r"\d{4}-\d{2}-\d{2} ([01]\d|2[0-3]):[0-5]\d")
# What the outer zone serves beside the release.
DYNAMIC = {"/search/", "/accessibility/", "/leave/", "/verify/", "/assets/mode.css"}
FOOTER = ("党政机关网站标识", "我为政府网站找错", "网站标识码", "主办单位", "联系方式", "ICP备案编号", "公安机关备案号")


def site_with_everything() -> MemorySource:
    source = samples.small_site(25)
    source.put(samples.approved(samples.full_article()))
    source.put(samples.approved(samples.article(5001, 32, "《演示办法》解读", related=(5000,))))
    source.put(samples.approved(samples.full_article(5002, 31, title="已失效的办法", validity="失效")))
    archived = samples.article(
        5003, 11, archived_on=date(2026, 1, 2), original_pub_date=datetime(2019, 5, 6, tzinfo=UTC)
    )
    source.put(samples.approved(archived))
    source.put(samples.approved(samples.home(notice="汛期提示", headline=1000, slides=(5000, 1000))))
    return source


@pytest.fixture(scope="module")
def source() -> MemorySource:
    return site_with_everything()


@pytest.fixture(scope="module")
def edition(source):
    return Edition(source)


@pytest.fixture(scope="module")
def site(edition) -> dict[str, bytes]:
    return dict(edition.bake())


@pytest.fixture(scope="module")
def pages(site) -> dict[str, html.HtmlElement]:
    """Whole pages (not shell fragments), parsed."""
    return {
        path: html.document_fromstring(page.decode())
        for path, page in site.items()
        if page.startswith(b"<!DOCTYPE html>")
    }


def metas(page) -> list[tuple[str, str]]:
    return [(one.get("name"), one.get("content")) for one in page.iter("meta") if one.get("name")]


def expected_tags(path: str, edition: Edition) -> tuple[str, ...]:
    plain = path[2:] if path.startswith("/t/") else path
    if "/content/" in plain:
        return SITE_TAGS + COLUMN_TAGS + ARTICLE_TAGS
    columns = {one.path for one in edition.book.columns.values()}
    return SITE_TAGS + COLUMN_TAGS if re.sub(r"p\d+\.html$", "", plain) in columns else SITE_TAGS


def test_home_states_three_tags_a_list_seven_an_article_ten(pages, edition) -> None:
    known = set(SITE_TAGS + COLUMN_TAGS + ARTICLE_TAGS)
    seen: Counter[int] = Counter()
    for path, page in pages.items():
        wanted = expected_tags(path, edition)
        given = metas(page)
        assert Counter(name for name, _ in given if name in known) == Counter(wanted), path
        assert all(value and value.strip() and value != "null" for _, value in given), path
        rest = [name for name, _ in given if name not in known]
        assert len(rest) == len(set(rest)) and set(rest) <= OPTIONAL | {"viewport", "robots"}, path
        seen[len(wanted)] += 1
    assert seen[3] >= 4 and seen[7] > 40 and seen[10] > 300


def test_title_time_and_source_are_what_the_page_shows(pages) -> None:
    articles = {path: page for path, page in pages.items() if "/content/" in path}
    for path, page in articles.items():
        tags = dict(metas(page))
        (heading,) = page.iter("h1")
        assert tags["ArticleTitle"] == heading.text_content(), path
        assert PUB_DATE.fullmatch(tags["PubDate"]), path
        assert page.xpath("//article//time")[0].text == tags["PubDate"], path
        assert tags["ContentSource"] in page.text_content(), path


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 20, 13, 37, tzinfo=UTC), "2026-11-20 21:37"),
        (datetime(2026, 12, 31, 16, 0, 59, tzinfo=UTC), "2027-01-01 00:00"),
    ],
)
def test_the_hour_is_the_countys_and_counts_to_24(moment, shown) -> None:
    source = samples.small_site(1)
    source.put(samples.approved(samples.article(6000, 11), moment))
    page = html.document_fromstring(dict(Edition(source).bake(["/content/6000.html"]))["/content/6000.html"].decode())
    assert dict(metas(page))["PubDate"] == shown


def test_a_title_with_marks_of_html_is_itself_everywhere() -> None:
    title = '"<b>&" </title><script>x</script>'
    source = samples.small_site(1)
    source.put(samples.approved(samples.article(6000, 20, title, summary=title, source="<i>县&局"), samples.DAY))
    baked = dict(Edition(source).bake())
    for path in ("/content/6000.html", "/t/content/6000.html"):
        page = html.document_fromstring(baked[path].decode())
        assert dict(metas(page))["ArticleTitle"] == title == page.xpath("//h1")[0].text_content()
        assert dict(metas(page))["ContentSource"] == "<i>县&局"
        assert not list(page.iter("script"))
    assert title in html.document_fromstring(baked["/tzgg/"].decode()).text_content()
    feed = etree.fromstring(baked["/tzgg/rss.xml"])
    assert feed.findtext("channel/item/title") == title


def test_no_page_needs_or_allows_a_script_or_an_inline_style(pages) -> None:
    for path, page in pages.items():
        assert not page.xpath("//script | //style | //iframe | //object | //embed | //*[@style]"), path
        assert not [name for node in page.iter() for name in node.attrib if name.startswith("on")], path
        assert not [url for url in page.xpath("//@href") if url.lower().startswith("javascript:")], path


def test_nothing_is_fetched_from_elsewhere_and_ways_out_ask_first(pages) -> None:
    for path, page in pages.items():
        own = page.xpath("//@src | //link[not(@rel='canonical')]/@href | //@srcset | //a/@href | //form/@action")
        for address in own:
            assert address.startswith(("/", "#", "mailto:")) and not address.startswith("//"), (path, address)
        assert "https://www.gov.cn" not in "".join(page.xpath("//a/@href")), path
    out = pages["/content/5000.html"].xpath("//a[contains(@href, '/leave/')]/@href")
    assert [unquote(one.partition("to=")[2]) for one in out] == ["https://www.gov.cn/x?a=1&b=2"]


def test_every_address_on_every_page_leads_somewhere(pages, edition) -> None:
    there = set(edition.facts) | set(edition.media) | DYNAMIC
    for path, page in pages.items():
        ids = Counter(page.xpath("//@id"))
        assert max(ids.values()) == 1, path
        sources = [one.split()[0] for found in page.xpath("//@srcset") for one in found.split(",")]
        for address in [*page.xpath("//@href | //@src | //form/@action"), *sources]:
            parts = urlsplit(address)
            if parts.scheme or (not parts.path and not parts.fragment):
                continue
            if not parts.path:
                assert parts.fragment in ids, (path, address)
            elif parts.path != path and not _missing_by_sample(parts.path):
                assert parts.path in there, (path, address)


def _missing_by_sample(path: str) -> bool:
    """The sample's bodies link to the article before, which may not exist; editors' links are checked elsewhere."""
    found = re.fullmatch(r"/(?:t/)?content/(\d+)\.html", path)
    return found is not None and int(found[1]) in (999, 4999)


def test_every_page_can_be_walked_without_eyes_or_mouse(pages) -> None:
    for path, page in pages.items():
        assert page.get("lang") == "zh-CN", path
        assert len(page.xpath("//main[@id='main']")) == 1 and len(list(page.iter("h1"))) == 1, path
        assert page.xpath("//a[@href='#main']"), path
        for mark in ("header", "nav", "footer"):
            assert list(page.iter(mark)), (path, mark)
        assert all(one.get("alt") for one in page.iter("img")), path
        assert all(one.get("width") and one.get("height") for one in page.iter("img")), path
        labelled = set(page.xpath("//label/@for"))
        for field in page.iter("input"):
            assert field.get("aria-label") or field.get("id") in labelled, (path, field.attrib)
        assert page.xpath("//title")[0].text.strip(), path


def test_the_foot_has_its_seven_items_and_two_more(pages) -> None:
    for path, page in pages.items():
        (foot,) = page.xpath("//body/footer")
        words = foot.text_content()
        assert [one for one in FOOTER if one not in words] == [], path
        links = " ".join(page.xpath("//a/@href"))
        assert "sitemap/" in links and "/?v=elder" in links, path
        assert "演示" in words and "演示" in page.text_content()[:600], path


def test_a_demo_stays_out_of_indexes_and_a_real_site_does_not(pages, site) -> None:
    assert all(dict(metas(page))["robots"] == "noindex, nofollow" for page in pages.values())
    assert site["/robots.txt"] == b"User-agent: *\nDisallow: /\n"
    facts = {"demo": False, "code": "3412220001", "placeholder": "待填写", "notice": "", "contact": "县政府办公室"}
    real = dict(Edition(samples.small_site(1, **facts)).bake())
    home = html.document_fromstring(real["/"].decode())
    assert "robots" not in dict(metas(home)) and "Disallow: /\n" not in real["/robots.txt"].decode()
    assert "演示" not in home.text_content().replace("演示信息", "").replace("演示简介", "")
    assert [one for one in FOOTER if one not in home.xpath("//body/footer")[0].text_content()] == []


def test_budgets_of_a_slow_line_hold(site) -> None:
    sheets = {path: len(gzip.compress(page)) for path, page in site.items() if path.endswith(".css")}
    assert max(sheets.values()) <= 12_000
    text_sheet = next(size for path, size in sheets.items() if "/text." in path)
    for path, page in site.items():
        size = len(gzip.compress(page))
        if path.startswith("/t/"):
            assert size + text_sheet + sheets["~mode/elder.css"] <= 20_000, path
        elif path == "/":
            assert size <= 40_000
        elif path.startswith("/content/"):
            assert size <= 25_000, path


def test_the_style_sheets_ask_for_nothing_newer_than_offices_run(site) -> None:
    css = "".join(page.decode() for path, page in site.items() if path.endswith(".css"))
    assert not re.findall(r"color-mix\(|@container|@layer|@scope|subgrid|text-wrap|oklch|light-dark|&", css)
    assert "http" not in css and "@import" not in css
    drawn = re.findall(r"url\(([^)]+)\)", css)
    assert drawn and all(f"/assets/{one}" in site for one in drawn)


def test_the_text_version_says_the_same(pages) -> None:
    web, text = pages["/content/5000.html"], pages["/t/content/5000.html"]
    body = web.xpath("//div[@class='tp-body']")[0].text_content()
    words = text.xpath("//article")[0].text_content()
    for part in ("第一条", "受理", "1个工作日", "国务院文件"):
        assert part in body and part in words
    assert "〔图：插画：办事大厅〕" in words and not list(text.iter("img"))
    assert "申请表" in words and "Word，34 KB" in words
    listed = {path for path in pages if not path.startswith(("/t/", "~"))}
    assert {f"/t{path}" for path in listed} == {path for path in pages if path.startswith("/t/")}


def test_a_file_and_its_explanation_lead_to_each_other(pages) -> None:
    file = pages["/content/5000.html"].xpath("//section[@class='tp-related']")[0]
    explained = pages["/content/5001.html"].xpath("//section[@class='tp-related']")[0]
    assert file.xpath(".//a/@href") == ["/content/5001.html"]
    assert explained.xpath(".//a/@href") == ["/content/5000.html"] and "相关文件" in explained.text_content()


def test_void_archived_and_imported_pages_say_so(pages) -> None:
    void, old = pages["/content/5002.html"].text_content(), pages["/content/5003.html"].text_content()
    assert "本文件已失效" in void and "失效" in pages["/zfxxgk/zcwj/"].text_content()
    assert "已归档，归档日期 2026-01-02" in old and "原发布时间 2019-05-06 08:00" in old
    assert dict(metas(pages["/content/5003.html"]))["PubDate"] == "2026-11-20 09:05"


def test_an_empty_column_has_a_sentence_and_no_place_on_other_pages(pages, site) -> None:
    assert "目前没有发布信息" in pages["/kong/"].text_content()
    assert all('"/kong/' not in site[path].decode() for path in ("/", "/t/", "/sitemap/", "/tzgg/"))


def test_a_sub_site_wears_its_own_readable_colour(pages, site) -> None:
    town = pages["/xz/shuizhen/"]
    (sheet,) = [one for one in town.xpath("//link/@href") if "/tone-" in one]
    assert sheet in site and "#f2c230" not in site[sheet].decode()
    assert sheet in pages["/xz/shuizhen/zwdt/"].xpath("//link/@href")
    assert not [one for one in pages["/tzgg/"].xpath("//link/@href") if "/tone-" in one]
    assert pages["/"].xpath("//section[@aria-labelledby='towns']//li/a/text()") == ["城关镇", "马集镇", "税镇镇"]


def test_feeds_and_site_maps_are_well_formed_and_whole(site, edition) -> None:
    name = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    parts = [one.text for one in etree.fromstring(site["/sitemap.xml"]).iter(f"{name}loc")]
    listed = {
        urlsplit(one.text).path
        for part in parts
        for one in etree.fromstring(site[urlsplit(part).path]).iter(f"{name}loc")
    }
    articles = {path for path in site if path.startswith("/content/")}
    columns = {one.path for one in edition.book.columns.values() if one.newest}
    assert listed == articles | columns | {"/"}
    for path in (one for one in site if one.endswith("rss.xml")):
        items = etree.fromstring(site[path]).findall("channel/item")
        assert len(items) <= 20
        assert all(urlsplit(one.findtext("link")).path in articles for one in items)


def test_the_shell_fits_around_a_dynamic_page(site) -> None:
    head, top, foot = (site[f"~shell/{one}.html"].decode() for one in ("head", "top", "foot"))
    page = html.document_fromstring(
        f'<!DOCTYPE html><html lang="zh-CN"><head>{head}<title>搜索</title></head><body class="tp">{top}'
        f'<main id="main" tabindex="-1"></main>{foot}</body></html>'
    )
    assert [name for name, _ in metas(page)][1:4] == list(SITE_TAGS)
    assert [one.tag for one in page.body] == ["a", "header", "main", "footer"]


SAME = """
import hashlib
from taihe.inner.portal.baking.tests.test_pages import site_with_everything
from taihe.inner.portal.baking import Edition
edition = Edition(site_with_everything())
total = hashlib.sha256(repr(sorted(edition.facts.items())).encode())
for path, page in sorted(edition.bake()):
    total.update(path.encode() + page)
print(total.hexdigest())
"""


def test_another_process_in_another_language_bakes_the_same_bytes() -> None:
    said = set()
    for seed, language, zone in (("1", "en_US.UTF-8", "UTC"), ("2", "C", "Asia/Tokyo")):
        done = subprocess.run(
            [sys.executable, "-c", "from django.conf import settings; settings.configure(USE_TZ=True)\n" + SAME],
            env={"PYTHONHASHSEED": seed, "LANG": language, "TZ": zone, "PATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said.add(done.stdout)
    assert len(said) == 1
