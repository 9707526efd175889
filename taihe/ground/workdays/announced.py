"""One year's announcement as rows: from the `holidays` library or from a table, and the checks it must pass.

The library knows the announced calendars up to its own date; for later years it knows the festivals
but silently no make-up days, so what it says of them is an estimate only.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from taihe.ground.errors import BadInput
from taihe.ground.rules import rule

LIBRARY = "holidays 程序库推算"
MAKE_UP = "调休上班"
# The library's own bounds; outside them only weekends are known.
_FIRST, _LAST = 1950, 2099
_SATURDAY = 5
_WORDS = {"班": True, "上班": True, "1": True, "休": False, "休息": False, "放假": False, "0": False}
_MAX_ROWS = 200
_MAX_UNPACKED = 8 * 1024 * 1024


@dataclass(frozen=True)
class NamedDay:
    """A day an announcement names: off, or worked although it is a weekend day."""

    date: date
    is_work: bool
    name: str = ""


@lru_cache(maxsize=32)
def from_library(year: int) -> tuple[NamedDay, ...]:
    """What the library knows of a year, by date; nothing outside its range."""
    if not _FIRST <= year <= _LAST:
        return ()
    import holidays

    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    off = [NamedDay(day, False, name) for day, name in china.items()]
    worked = [NamedDay(day, True, MAKE_UP) for day in china.weekend_workdays if day.year == year]
    return tuple(sorted((*off, *worked), key=lambda one: one.date))


def is_weekend(day: date) -> bool:
    """Saturday or Sunday."""
    return day.weekday() >= _SATURDAY


def problems_of(year: int, rows: Sequence[NamedDay]) -> list[str]:
    """What is wrong with a year's announcement, as sentences; empty when it may be confirmed.

    The balance: days off from Monday to Friday, less weekend days worked, must equal the statutory
    days off of the year (《全国年节及纪念日放假办法》), since holidays falling on a weekend are made up.
    """
    found = [f"{day:%Y-%m-%d}重复出现。" for day, times in Counter(one.date for one in rows).items() if times > 1]
    for one in rows:
        # A make-up day for New Year may lie in the last days of the year before (2005, 2006, 2011).
        before = one.is_work and one.date.year == year - 1 and one.date.month == 12
        if one.date.year != year and not before:
            found.append(f"{one.date:%Y-%m-%d}不在{year}年内。")
        if one.is_work and not is_weekend(one.date):
            found.append(f"{one.date:%Y-%m-%d}本来就是工作日，不应列为调休上班。")
    off = sum(not one.is_work and not is_weekend(one.date) for one in rows)
    worked = sum(one.is_work for one in rows)
    statutory = rule("workdays.statutory_days", date(year, 1, 1))
    if off - worked != statutory:
        found.append(
            f"调休不平衡：周一至周五放假{off}天，周末上班{worked}天，"
            f"相差{off - worked}天，全年法定放假应为{statutory}天。"
        )
    return found


def read_rows(file: BinaryIO, filename: str) -> list[NamedDay]:
    """Rows of a CSV (UTF-8 or GB 18030) or XLSX table with the columns 日期, 上班/休息, 名称.

    The first line is the heading.  Raises BadInput naming every line that cannot be read.
    """
    table = _xlsx(file) if filename.lower().endswith(".xlsx") else _csv(file)
    rows, faults = [], []
    for number, cells in enumerate(table, 1):
        if number == 1 or not any(str(cell or "").strip() for cell in cells):
            continue
        if number > _MAX_ROWS:
            raise BadInput(what=f"表格超过{_MAX_ROWS}行，不像一年的放假安排。")
        try:
            rows.append(_row(cells))
        except (ValueError, KeyError, IndexError):
            faults.append(number)
    if faults:
        numbers = "、".join(str(number) for number in faults)
        raise BadInput(what=f"第{numbers}行读不出日期或“班/休”，每行应为：2026-10-10，班，调休上班。")
    return rows


def _row(cells: Sequence[object]) -> NamedDay:
    first = cells[0]
    if isinstance(first, datetime):
        day = first.date()
    elif isinstance(first, date):
        day = first
    else:
        year, month, number = str(first).strip().replace("/", "-").replace(".", "-").split("-")
        day = date(int(year), int(month), int(number))
    name = str(cells[2] or "").strip() if len(cells) > 2 else ""
    return NamedDay(day, _WORDS[str(cells[1]).strip()], name[:60])


def _csv(file: BinaryIO) -> Iterable[Sequence[object]]:
    data = file.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            raise BadInput(what="文件不是 UTF-8 或 GB 18030 编码的表格。") from None
    try:
        return list(csv.reader(io.StringIO(text), strict=True))
    except csv.Error:
        raise BadInput(what="文件不是可读的 CSV 表格。") from None


def _xlsx(file: BinaryIO) -> Iterable[Sequence[object]]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        if sum(one.file_size for one in ZipFile(file).infolist()) > _MAX_UNPACKED:
            raise BadInput(what="表格展开后过大，不像一年的放假安排。")
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=True)
        return list(book.worksheets[0].iter_rows(max_row=_MAX_ROWS + 2, values_only=True))
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError, IndexError):
        raise BadInput(what="文件不是可读的 XLSX 表格。") from None
