"""How numbers are written, and formats that would give one number twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.errors import BadInput
from taihe.ground.registers.numbering import DOCUMENT, check_format, written

RX_NUM = re.compile(r"[\u4e00-\u9fff]{2,12}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号")


@given(st.integers(1, 99999), st.integers(1900, 2099))
def test_a_document_number_has_the_standards_form(number, year):
    text = written(check_format(DOCUMENT, yearly=True), series="太政办", year=year, number=number)
    assert RX_NUM.fullmatch(text)
    assert text == f"太政办〔{year}〕{number}号"


@pytest.mark.parametrize(
    "format, yearly, text",
    [
        ("第{number}号", False, "第7号"),
        ("{series}-{year}-{number:04d}", True, "收-2026-0007"),
        ("{{{series}}}{number}", False, "{收}7"),
    ],
)
def test_other_registers_write_as_they_like(format, yearly, text):
    assert written(check_format(format, yearly=yearly), series="收", year=2026, number=7) == text


@pytest.mark.parametrize(
    "format, yearly",
    [
        ("{series}{number}", True),  # the year is missing: 1号 again every January
        ("{series}〔{year}〕", True),
        ("", False),
        ("{number.__class__}", False),
        ("{number!r}", False),
        ("{0}{number}", False),
        ("{number}{number}", False),
        ("{number:>1000000}", False),
        ("{number:09d}", False),
        ("{year:04d}{number}", False),
        ("{number", False),
        ("{number:{year}}", False),
        ("{title}{number}", False),
    ],
)
def test_a_format_that_would_repeat_or_leak_is_refused(format, yearly):
    with pytest.raises(BadInput):
        check_format(format, yearly=yearly)


@given(st.text("{}:!.0189dseriyaunmb 号〔〕", max_size=40), st.booleans())
def test_an_accepted_format_tells_numbers_apart(format, yearly):
    try:
        check_format(format, yearly=yearly)
    except BadInput:
        return
    texts = {
        written(format, series="甲", year=year, number=number)
        for number in (1, 12, 10000)
        for year in ((2026, 2027) if yearly else (0,))
    }
    assert len(texts) == (6 if yearly else 3)
