"""Reading pages and marking words: pure text in, pure text out."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground import clock
from taihe.outer.portal.searching.limits import network_of
from taihe.outer.portal.searching.marking import LENGTH, excerpt, marked, sought_words
from taihe.outer.portal.searching.reading import findable, read_navigation, read_page

from .site import TOP, article, column

TEXT = st.text(alphabet="小麦管理 ,.abcABC①\n", max_size=400)


def test_an_article_read_back():
    page = read_page(article("“<b>&”", "<h2>一</h2><p>正文<br>续</p><script>1</script>", place="/sn/jishu/").encode())
    assert page is not None
    assert (page.title, page.column, page.source) == ("“<b>&”", "农技服务", "县农业农村局")
    assert page.sections == ("/sn/", "/sn/jishu/")
    assert page.published == datetime(2026, 11, 20, 21, 37, tzinfo=clock.COUNTY_ZONE)
    assert "正文 续" in page.text
    assert "页脚" not in page.text


def test_a_column_read_back():
    page = read_page(column("/sn/").encode())
    assert page is not None
    assert (page.title, page.text, page.published) == ("三农服务", "田间管理和病虫防治 农时 提示", None)


@pytest.mark.parametrize("data", ["", " ", "<html>", "<!doctype html><title>首页</title>", "不是网页"])
def test_other_pages_are_none(data):
    assert read_page(data.encode()) is None


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reading(data):
    assert read_page(data) is None


def test_a_date_that_is_none_is_left_out():
    page = read_page(article("题", "文", day="2026-13-40 99:99").encode())
    assert page is not None
    assert page.published is None


def test_the_navigation_read_back():
    assert [(one.path, one.title) for one in read_navigation(TOP.encode())] == [("/sn/", "三农服务")]


@pytest.mark.parametrize(
    ("path", "is_page"),
    [
        ("/content/12.html", True),
        ("/xz/lixing/bddt/", True),
        ("/", False),
        ("/content/", True),
        ("/t/content/12.html", False),
        ("/t/zw/", False),
        ("/zw/p3.html", False),
        ("/zw/rss.xml", False),
        ("/sitemap/", False),
        ("/content/../x.html", False),
        ("~shell/top.html", False),
        ("/files/0123456789abcdef/表.docx", False),
    ],
)
def test_what_may_be_found(path, is_page):
    assert findable(path) is is_page


@given(TEXT, TEXT)
def test_marking_loses_and_adds_nothing(text, typed):
    words = sought_words(typed)
    pieces = marked(text, words)
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text.lower() in {word.lower() for word in words} for piece in pieces if piece.sought)


@given(TEXT, TEXT)
def test_an_excerpt_is_a_stretch_of_the_text(text, typed):
    shown = "".join(piece.text for piece in excerpt(text, sought_words(typed)))
    assert shown.strip("…") in text
    assert len(shown) <= LENGTH + 2


def test_the_excerpt_shows_what_was_sought():
    text = "前言" * 100 + "关于播后镇压的说明" + "后记" * 100
    pieces = excerpt(text, sought_words("播后镇压"))
    assert any(piece.sought and piece.text == "播后镇压" for piece in pieces)
    assert pieces[0].text == pieces[-1].text == "…"


def test_single_characters_are_marked_only_alone():
    assert "的" not in sought_words("小麦的管理")
    assert sought_words("的") == ["的"]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_by_what_a_visitor_is_counted(address, counted):
    assert network_of(address) == counted
