"""The two spreadsheets of an import: the empty one to fill in, and the report with its bad cells coloured."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from taihe.ground.ui.tables import cell_value

from .report import Report
from .tables import FORMULA, Table

_BAD = PatternFill("solid", start_color="F9C9CB")
_HEAD = PatternFill("solid", start_color="EAF2FC")
_BOLD = Font(bold=True)


def _saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _head(sheet: Any, titles: Iterable[str]) -> None:
    cells = []
    for title in titles:
        cell = WriteOnlyCell(sheet, title)
        cell.fill, cell.font = _HEAD, _BOLD
        cells.append(cell)
    sheet.append(cells)


def template_book(title: str, columns: Iterable[tuple[str, bool, str]]) -> bytes:
    """An empty sheet with one column for each title, and a second sheet that says what belongs there."""
    listed = list(columns)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for place in range(len(listed)):
        sheet.column_dimensions[chr(ord("A") + place)].width = 18
    _head(sheet, [("*" if needed else "") + name for name, needed, _ in listed])
    notes = book.create_sheet("填写说明")
    notes.column_dimensions["C"].width = 80
    _head(notes, ["列", "是否必填", "说明"])
    for name, needed, note in listed:
        notes.append([name, "必填" if needed else "可不填", note])
    return _saved(book)


def _rows(
    columns: Mapping[str, tuple[str, ...]], table: Table, report: Report[Any]
) -> Iterator[list[tuple[Any, bool]]]:
    """Titles, then every row as it was with what is wrong in its last column; each cell with whether it is bad.

    The added columns are unknown to the import, so the corrected file may be uploaded as it is.
    """
    titles = {key: named[0].lstrip("*") for key, named in columns.items() if key in table.columns}
    yield [(title, False) for title in ("原行号", *titles.values(), "核对结果", "问题")]
    for line in report.lines:
        faulty = {one.column for one in line.issues}
        row: list[tuple[Any, bool]] = [(line.row, False)]
        for key, title in titles.items():
            value = line.values.get(key, "")
            row.append(("（公式）" if value == FORMULA else cell_value(value), title in faulty))
        problem = "；".join(f"{one.column}：{one.sentence}" for one in line.issues)
        yield [*row, ("合格" if line.ok else "有问题", False), (cell_value(problem), False)]


def report_book(columns: Mapping[str, tuple[str, ...]], table: Table, report: Report[Any]) -> bytes:
    """The report as a spreadsheet, bad cells coloured."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("核对结果")
    titles, *rows = _rows(columns, table, report)
    _head(sheet, [title for title, _ in titles])
    for row in rows:
        cells = []
        for value, bad in row:
            cell = WriteOnlyCell(sheet, value)
            if bad:
                cell.fill = _BAD
            cells.append(cell)
        sheet.append(cells)
    return _saved(book)


def report_csv(columns: Mapping[str, tuple[str, ...]], table: Table, report: Report[Any]) -> bytes:
    """The report as CSV that spreadsheets open as UTF-8; the last column names the bad cells."""
    out = StringIO()
    csv.writer(out).writerows([value for value, _ in row] for row in _rows(columns, table, report))
    return b"\xef\xbb\xbf" + out.getvalue().encode()
