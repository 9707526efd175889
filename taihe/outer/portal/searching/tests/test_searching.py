"""From a release to a visitor's search: found when served, gone when withdrawn, never a word from elsewhere."""

from __future__ import annotations

import shutil

import pytest
from django.urls import reverse
from lxml import html as lxml_html

from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.search.index import Index
from taihe.ground.search.indexer import rebuild
from taihe.ground.search.sources import Document
from taihe.outer.portal.searching import limits
from taihe.outer.portal.searching.finding import LONGEST
from taihe.outer.portal.searching.source import KIND, PUBLIC

from .site import article, column

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found(client):
    """The addresses a visitor finds, in order."""

    def ask(text: str, **given: str) -> list[str]:
        answer = client.get("/search/", {"q": text, **given})
        assert answer.status_code == 200
        return [link.get("href") for link in lxml_html.document_fromstring(answer.text).iterfind(".//ol//h2/a")]

    return ask


def waiting() -> set[str]:
    return {row.payload["key"] for row in OutboxMessage.objects.filter(kind="search.touch", status="waiting")}


def test_articles_and_columns_are_found_and_nothing_else(county, pages, found):
    county.publish(pages)
    assert set(found("小麦")) == {"/content/1.html", "/content/2.html", "/sn/jishu/"}
    assert found("小麦")[0] == "/content/1.html", "the one that bears the word in its title"
    assert found("农技服务")[0] == "/sn/jishu/"
    assert found("县住房和城乡建设局") == ["/content/3.html"], "by its source"
    assert found("页脚里的话") == found("不算在内的栏目正文") == found("列表页") == []


def test_only_pages_that_changed_are_read_again(county, pages):
    county.publish(pages, indexed=False)
    assert waiting() == {"/sn/", "/sn/jishu/", "/content/1.html", "/content/2.html", "/content/3.html"}
    county.settle()
    pages["/content/2.html"] = article("大豆收购价格", "改过的话")
    pages["/content/4.html"] = article("新的一篇", "新的")
    del pages["/content/3.html"]
    county.publish(pages, indexed=False)
    assert waiting() == {"/content/2.html", "/content/3.html", "/content/4.html"}


def test_a_changed_page_is_found_by_its_new_words_only(county, pages, found):
    county.publish(pages)
    pages["/content/1.html"] = article("玉米田间管理", "玉米")
    county.publish(pages)
    assert found("玉米") == ["/content/1.html"]
    assert "/content/1.html" not in found("小麦")


@pytest.mark.parametrize("how", ["at once", "indexed"])
def test_a_withdrawn_page_is_gone(county, pages, found, how):
    county.publish(pages)
    county.withdraw(1, "/content/1.html", indexed=how == "indexed")
    assert "/content/1.html" not in found("小麦")
    assert "/content/2.html" in found("小麦")


@pytest.mark.parametrize("how", ["rolled back", "rebuilt", "index restored"])
def test_nothing_brings_a_withdrawn_page_back(county, pages, found, how, tmp_path):
    county.publish(pages)
    shutil.copytree(tmp_path / "index", tmp_path / "old-index")
    county.withdraw(1, "/content/1.html")
    if how == "rolled back":
        county.publish(pages, buried=("/content/1.html",))
    elif how == "rebuilt":
        rebuild()
        county.settle()
    else:
        county.index = Index(tmp_path / "old-index")
        assert county.index.search("小麦", (PUBLIC,)).total == 3, "the old index still knows it"
    assert set(found("小麦")) == {"/content/2.html", "/sn/jishu/"}
    assert found("播后镇压") == []


def test_the_count_leaves_out_what_is_no_longer_served(county, pages, client):
    county.publish(pages)
    county.withdraw(1, "/content/1.html", indexed=False)
    assert "找到 <b>2</b> 条" in client.get("/search/", {"q": "小麦"}).text


def test_words_come_from_the_verified_release_not_from_the_index(county, pages, client):
    county.publish(pages)
    forged = [
        Document(KIND, "/content/1.html", "伪造的标题", "伪造的话 暗号", "https://evil.example/", (PUBLIC,)),
        Document(KIND, "/content/99.html", "没有的页面 暗号", "暗号", "/content/99.html", (PUBLIC,)),
        Document(KIND, "javascript:alert(1)", "暗号", "暗号", "javascript:alert(1)", (PUBLIC,)),
    ]
    county.index.write(forged, [])
    page = client.get("/search/", {"q": "暗号"}).text
    assert "小麦田间管理" in page
    for word in ("伪造", "evil.example", "99.html", "javascript:"):
        assert word not in page


def test_narrowed_down_and_sorted(county, pages, found):
    county.publish(pages)
    assert set(found("小麦", column="/sn/jishu/")) == {"/content/2.html", "/sn/jishu/"}
    assert set(found("小麦", column="/sn/")) == {"/content/1.html", "/content/2.html", "/sn/jishu/"}
    assert found("停水", time="366") == []
    assert found("停水") == ["/content/3.html"]
    assert found("小麦", sort="date")[:2] == ["/content/2.html", "/content/1.html"]
    assert set(found("小麦", column="/nowhere/")) == set()


def test_choices_nobody_offered_are_left_out(county, pages, found):
    county.publish(pages)
    for given in (
        {"column": "../../etc"},
        {"time": "9999"},
        {"sort": "drop"},
        {"page": "-1"},
        {"page": "１"},
        {"x": "1"},
    ):
        assert len(found("小麦", **given)) == 3


def test_pages_of_results(county, client, found):
    county.publish(
        {"/sn/": column("/sn/")} | {f"/content/{n}.html": article(f"小麦之{n}", "小麦") for n in range(1, 26)}
    )
    pages = [found("小麦", page=str(number)) for number in (1, 2, 3, 4)]
    assert [len(one) for one in pages] == [10, 10, 5, 0]
    assert len({path for page in pages for path in page}) == 25
    first = client.get("/search/", {"q": "小麦", "sort": "date"}).text
    assert 'rel="next"' in first
    assert "sort=date&amp;page=2" in first
    assert 'rel="prev"' not in first
    assert client.get("/search/", {"q": "小麦", "page": "999"}).status_code == 200


HOSTILE = [
    '"', "'", "小麦 AND NOT", "title:小麦", "*", "小麦*", "(((", "\\", "..*+?[](){}^$|", "小麦~9", "+小麦 -大豆",
    "\x00\x01", "\u202e\u2066", "<script>alert(1)</script>", "'; DROP TABLE x;--", "%00", "{{ 7*7 }}",
    "\U0001f600" * 50, "小麦" * 5000, "a" * 10_000, " " * 500, "\ud7ff",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_only_words(county, pages, client, typed):
    county.publish(pages)
    answer = client.get("/search/", {"q": typed})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert len(answer.content) < 40_000


def test_a_long_question_is_cut_and_says_so(county, pages, client):
    county.publish(pages)
    page = client.get("/search/", {"q": "小麦" * 400}).text
    assert f"已按前 {LONGEST} 个字搜索" in page
    assert f'value="{"小麦" * (LONGEST // 2)}"' in page


def test_what_was_sought_is_marked(county, pages, client):
    county.publish(pages)
    page = client.get("/search/", {"q": "播后镇压"}).text
    assert "<mark>播后镇压</mark>" in page
    assert "<mark>小麦</mark>田间管理" in client.get("/search/", {"q": "小麦"}).text


def test_finding_nothing_helps_on(county, pages, client):
    county.publish(pages)
    page = client.get("/search/", {"q": "小麦 停水"}).text
    assert "没有找到" in page
    assert "?q=%E5%B0%8F%E9%BA%A6" in page
    filtered = client.get("/search/", {"q": "停水", "time": "7"}).text
    assert "符合筛选条件" in filtered
    assert "1 条" in filtered
    assert "没有找到" in client.get("/search/", {"q": "完全没有的词"}).text


def test_before_anything_is_asked(county, pages, client, django_assert_max_num_queries):
    county.publish(pages)
    with django_assert_max_num_queries(3):
        page = client.get(reverse("outer_portal:search")).text
    assert "怎样搜得准" in page
    assert "三农服务" in page, "the columns to look through"


def test_the_page_is_light_and_asks_the_database_little(county, pages, client, django_assert_max_num_queries):
    county.publish(pages)
    with django_assert_max_num_queries(3):
        answer = client.get("/search/", {"q": "小麦"})
    assert len(answer.content) < 25_000
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert client.post("/search/", {"q": "小麦"}).status_code == 405
    assert client.head("/search/", {"q": "小麦"}).status_code == 200


def test_a_site_without_a_release_says_when_to_come_again(county, client):
    assert client.get("/search/", {"q": "小麦"}).status_code == 503


def test_one_address_may_not_search_without_end(county, pages, client, monkeypatch):
    county.publish(pages)
    monkeypatch.setattr(limits, "rule", lambda key: {"portal.searches_per_minute": 3}[key])
    monkeypatch.setattr(limits.time, "monotonic", lambda: 60.0)
    answers = [client.get("/search/", {"q": "小麦"}).status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    assert client.get("/search/", {"q": "小麦"}, REMOTE_ADDR="10.0.0.9").status_code == 200
    assert client.get("/search/").status_code == 200, "the form itself may be opened"
    monkeypatch.setattr(limits.time, "monotonic", lambda: 121.0)
    assert client.get("/search/", {"q": "小麦"}).status_code == 200
