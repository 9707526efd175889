"""An announcement is checked before it counts: rows, balance, and tables as people make them."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from taihe.ground.errors import BadInput
from taihe.ground.workdays.announced import NamedDay, from_library, problems_of, read_rows

MAKE_UP_DAYS = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_announced_years_are_balanced_and_have_their_make_up_days(year):
    rows = from_library(year)
    assert problems_of(year, rows) == []
    assert [f"{one.date:%m-%d}" for one in rows if one.is_work] == MAKE_UP_DAYS[year]


def test_years_beyond_the_library_are_empty():
    assert from_library(1900) == from_library(2150) == ()


def changed(*more: NamedDay, without: str = "") -> list[str]:
    return problems_of(2026, [*(one for one in from_library(2026) if f"{one.date:%m-%d}" != without), *more])


@pytest.mark.parametrize(
    "problems, word",
    [
        (changed(without="10-10"), "周一至周五放假19天，周末上班5天，相差14天，全年法定放假应为13天"),
        (changed(without="10-01"), "相差12天"),
        (changed(NamedDay(date(2026, 10, 10), True)), "2026-10-10重复"),
        (changed(NamedDay(date(2025, 3, 1), True)), "2025-03-01不在2026年内"),
        (changed(NamedDay(date(2026, 3, 2), True)), "2026-03-02本来就是工作日"),
    ],
)
def test_a_wrong_announcement_is_told_by_its_day(problems, word):
    assert word in "".join(problems)


def test_a_make_up_day_may_lie_at_the_end_of_the_year_before():
    moved = [one for one in from_library(2026) if one.date != date(2026, 1, 4)]
    assert problems_of(2026, [*moved, NamedDay(date(2025, 12, 28), True)]) == []


TABLE = "日期,班休,名称\n2026-10-10,班,调休上班\n2026/10/1,休,国庆节\n\n2026.1.1,放假,\n"
ROWS = [
    NamedDay(date(2026, 10, 10), True, "调休上班"),
    NamedDay(date(2026, 10, 1), False, "国庆节"),
    NamedDay(date(2026, 1, 1), False, ""),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_table(encoding):
    assert read_rows(io.BytesIO(TABLE.encode(encoding)), "2026.csv") == ROWS


def test_an_xlsx_table():
    book, file = Workbook(), io.BytesIO()
    for row in (
        ("日期", "班休", "名称"),
        (date(2026, 10, 10), "班", "调休上班"),
        ("2026-10-1", "休", "国庆节"),
        ("2026-01-01", "休"),
    ):
        book.active.append(row)
    book.save(file)
    file.seek(0)
    assert read_rows(file, "放假.XLSX") == ROWS


@pytest.mark.parametrize(
    "data, name, word",
    [
        ("日期,班休\n2026-13-01,班\n2026-01-02,也许\n今天,休\n2026-01-03\n".encode(), "a.csv", "第2、3、4、5行"),
        (b"\xff\xfe\xff\xff", "a.csv", "编码"),
        (b"not a book", "a.xlsx", "XLSX"),
        (b"PK\3\4 broken", "a.xlsx", "XLSX"),
        (b"h\n" + b"2026-01-01,\xe4\xbc\x91\n" * 300, "a.csv", "超过"),
        (b'h\n"open', "a.csv", "CSV"),
    ],
)
def test_a_table_that_cannot_be_read_is_told(data, name, word):
    with pytest.raises(BadInput, match=word):
        read_rows(io.BytesIO(data), name)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)), st.sampled_from(["a.csv", "a.xlsx"]))
def test_whatever_is_sent_is_read_or_refused_in_words(data, name):
    try:
        assert isinstance(read_rows(io.BytesIO(data), name), list)
    except BadInput as told:
        assert told.sentence()
