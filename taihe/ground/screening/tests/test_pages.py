"""Pages: what is seen and what is not are read apart, and every finding points into the page's own source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.screening import mask, screen
from taihe.ground.screening.streams import page

MOBILE = "19900000000"  # 演示


def places(source):
    return [(one.evidence, one.hidden) for one in screen(source, html=True).findings]


@pytest.mark.parametrize(
    "inside",
    [
        "测<b>试</b>词",
        "测<!-- 注释 -->试词",
        '测<span style="display: none">无关</span>试词',
        "测<i hidden>无关<b>字</b></i>试词",
        "测<script>var a = 1;</script>试词",
        "测&#8203;试&#x8BCD;",
        "测&zwnj;试词",
        "测\n试词",
        "测&nbsp;试词",
    ],
)
def test_markup_does_not_split_a_word(inside):
    source = f"<p>通知：{inside}。</p>"
    verdict = screen(source, html=True)
    assert [(one.level, one.hidden) for one in verdict.findings] == [("block", False)]
    assert source[verdict.findings[0].start : verdict.findings[0].end] == inside


@pytest.mark.parametrize("between", ["</p><p>", "<br>", "</td><td>", "<li>", "</div><div>"])
def test_words_are_not_read_across_lines(between):
    assert places(f"<div>测{between}试词</div>") == []


@pytest.mark.parametrize(
    "source",
    [
        "<!-- 测试词 -->",
        '<div style="DISPLAY:NONE">测试词</div>',
        "<p hidden>测试词</p>",
        '<img alt="测试词">',
        '<img alt="测&#35797;词">',
        '<input type="hidden" value="测试词">',
        "<script>alert('测试词')</script>",
        "<style>/* 测试词 */</style>",
        "<![CDATA[测试词]]>",
        "<![abc[测试词",
        "<?php 测试词 ?>",
        '<a title="测试词"',
    ],
)
def test_what_is_not_seen_goes_out_unread_by_nobody(source):
    found = screen(f"<p>通知</p>{source}", html=True).findings
    assert [one.level for one in found] == ["block"]


def test_numbers_are_masked_without_touching_the_markup():
    source = f'<p>电话<b>199</b>0000&#48;000，<a href="tel:{MOBILE}" title="{MOBILE}">拨打</a></p>'
    masked = mask(source, screen(source, html=True, purpose="citizen"))
    assert masked == "<p>电话<b>199</b>*****" + '*00，<a href="tel:199******00" title="199******00">拨打</a></p>'
    assert screen(masked, html=True, purpose="citizen").level == "pass"


_PIECES = st.sampled_from(
    [
        "测试词",
        "测",
        "试词",
        MOBILE,
        "<p>",
        "</p>",
        "<b",
        ">",
        "<!--",
        "-->",
        "<!",
        "<![",
        "]]>",
        "</",
        "&",
        "&#",
        "&#48;",
        "&amp",
        ";",
        "\n",
        '"',
        "'",
        " a=",
        "<script>",
        "</script>",
        "<div hidden>",
        "</div>",
        "<?",
        "x",
        "<br/>",
        "<title>",
        "<svg/",
    ]
)


@given(st.lists(_PIECES, max_size=30).map("".join))
def test_any_source_is_read_and_placed(source):
    """However broken a page is: no crash, every piece stands where it says, and none is left out."""
    for stream in page(source):
        for at, shown in enumerate(stream.text):
            start, end = stream.span(at, at + 1)
            assert 0 <= start <= end <= len(source)
            written = source[start:end]
            assert written in ("", shown) or written == "\n" or written.startswith("&")
    taken = {at for stream in page(source) for start, end, _plain in stream._places for at in range(start, end)}
    assert taken == set(range(len(source)))
    verdict = screen(source, html=True)
    assert all(0 <= one.start < one.end <= len(source) for one in verdict.findings)


@given(st.lists(_PIECES, max_size=12).map("".join), st.lists(_PIECES, max_size=12).map("".join))
def test_a_word_cannot_be_lost_in_a_page(before, after):
    source = f"{before}演示违规词{after}"
    assert any("演示违规词" in source[one.start : one.end] for one in screen(source, html=True).findings)
