"""The two spreadsheets of an import: the empty one to fill in, and the report with its bad cells coloured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import BytesIO
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


def report_book(columns: Mapping[str, tuple[str, ...]], table: Table, report: Report[Any]) -> bytes:
    """Every row of the file as it was, bad cells coloured, with what is wrong in the last column.

    The added columns are unknown to the import, so the corrected sheet may be uploaded as it is.
    """
    keys = [key for key in columns if key in table.columns]
    titles = {key: columns[key][0].lstrip("*") for key in keys}
    book = Workbook(write_only=True)
    sheet = book.create_sheet("核对结果")
    _head(sheet, ["原行号", *titles.values(), "核对结果", "问题"])
    for line in report.lines:
        faulty = {one.column for one in line.issues}
        row: list[Any] = [line.row]
        for key in keys:
            value = line.values.get(key, "")
            cell = WriteOnlyCell(sheet, "（公式）" if value == FORMULA else cell_value(value))
            if titles[key] in faulty:
                cell.fill = _BAD
            row.append(cell)
        problem = "；".join(f"{one.column}：{one.sentence}" for one in line.issues)
        sheet.append([*row, "合格" if line.ok else "有问题", cell_value(problem)])
    return _saved(book)
