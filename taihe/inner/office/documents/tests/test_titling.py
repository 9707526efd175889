"""Titles break where the sense breaks (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ..titling import MOST, SHORT_NAME, title_lines, width

WORDS = some.sampled_from(
    "太和县 人民政府 办公室 关于 印发 转发 做好 农田 建设 和 管护 工作 的 通知 "
    "《工作规则》 《太和县数字化办公试点实施方案》 "
    "2026年 2026—2027年度 1200万元 （试行） 、 太政办〔2026〕7号 GDP A".split()
)


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于做好值班工作的通知", ["关于做好值班工作的通知"]),
        (
            "太和县人民政府办公室关于进一步做好高标准农田建设和管护工作的通知",
            ["太和县人民政府办公室关于进一步", "做好高标准农田建设和管护工作的通知"],
        ),
        (
            "太和县人民政府关于印发太和县2026年国民经济和社会发展计划的通知",
            ["太和县人民政府关于印发太和县", "2026年国民经济和社会发展计划的通知"],
        ),
        (
            "太和县人民政府关于同意设立太和县城关镇示范社区及调整马集镇部分村（居）民委员会管辖范围的批复",
            ["太和县人民政府关于同意设立太和县", "城关镇示范社区及调整马集镇部分", "村（居）民委员会管辖范围的批复"],
        ),
    ],
)
def test_real_titles(title, lines):
    assert list(title_lines(title)) == lines


@given(some.lists(WORDS, min_size=1, max_size=24).map("".join))
def test_nothing_is_lost_nothing_too_wide_and_numbers_and_short_names_stay_whole(title):
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(0 < width(line) <= MOST for line in lines)
    ends = {sum(len(line) for line in lines[:n]) for n in range(1, len(lines))}
    whole = [*re.finditer(rf"\d+(?:—\d+)?(?:年度|年|万元|号)?|《[^《》]{{1,{SHORT_NAME}}}》", title)]
    for found in whole:
        if width(found.group()) <= MOST / 2:
            inside = set(range(found.start() + 1, found.end())) & ends
            assert not {one for one in inside if title[one - 1].isdigit() and title[one].isdigit()}, lines
            assert not inside or not found.group().startswith("《"), lines
    assert not [line for line in lines[1:] if line[0] in "》）〕、，"]


@given(some.text(max_size=200))
def test_any_text_at_all(title):
    assert "".join(title_lines(title)) == title
