"""A CSV or XLSX file as plain rows of text; whatever is no table is refused in words."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from taihe.ground.digests import digest
from taihe.ground.rules import rule

from ..errors import UnreadableFile

# What openpyxl raises on files that only look like workbooks.
_BROKEN = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, EOFError, OSError)
_UNPACKED_FACTOR = 20
FORMULA = "\x00formula"


@dataclass(frozen=True)
class Table:
    """Rows by column key, each with the number a person sees beside it in the spreadsheet."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    digest: str
    file_name: str

    def without(self, column: str, values: set[str]) -> Table:
        """The same table without the rows that have one of these values."""
        left = tuple((number, row) for number, row in self.rows if row.get(column, "") not in values)
        return Table(self.columns, left, self.digest, self.file_name)


def read_table(data: bytes, file_name: str, columns: Mapping[str, tuple[str, ...]]) -> Table:
    """Read a file whose first row names columns, in English keys or any of their Chinese titles.

    Columns nobody knows are left out.  Raises UnreadableFile for what is too large, not a table, or
    without a required column (those whose titles begin with ``*``).
    """
    if len(data) > rule("people.import_max_bytes"):
        raise UnreadableFile(why=f"文件超过 {rule('people.import_max_bytes') // 1024} KB")
    cells = _xlsx_rows(data) if data[:4] == b"PK\x03\x04" else _csv_rows(data)
    numbered = [(number, row) for number, row in enumerate(cells, 1) if any(row)]
    if not numbered:
        raise UnreadableFile(why="文件是空的")
    places = _places(numbered[0][1], columns)
    rows = tuple(
        (number, {key: row[place] if place < len(row) else "" for key, place in places.items()})
        for number, row in numbered[1:]
    )
    if not rows:
        raise UnreadableFile(why="除标题行外没有内容")
    return Table(tuple(places), rows, digest(data), file_name[:120])


def _places(titles: list[str], columns: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    known = {title.lstrip("*"): key for key, named in columns.items() for title in (key, *named)}
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        key = known.get(title.strip().lstrip("*").lower()) or known.get(title.strip().lstrip("*"))
        if key in places:
            raise UnreadableFile(why=f"标题行中“{title}”一列出现两次")
        if key:
            places[key] = place
    missing = [named[0].lstrip("*") for key, named in columns.items() if named[0].startswith("*") and key not in places]
    if missing:
        raise UnreadableFile(why=f"标题行缺少“{'”“'.join(missing)}”")
    return places


def _limited(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    most_rows, most_columns = rule("people.import_max_rows"), rule("people.import_max_columns")
    for number, row in enumerate(rows):
        if number > most_rows:
            raise UnreadableFile(why=f"超过 {most_rows} 行，请分成几个文件")
        while row and not row[-1]:
            row.pop()
        if len(row) > most_columns:
            raise UnreadableFile(why=f"超过 {most_columns} 列")
        yield row


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, else what Chinese spreadsheets save: GB18030."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise UnreadableFile(why="不是 UTF-8 或 GB18030 编码的文本")


def _csv_rows(data: bytes) -> list[list[str]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return list(_limited([_marked(" ".join(cell.split())) for cell in row] for row in reader))
    except csv.Error as bad:
        raise UnreadableFile(why="不是规整的表格，引号或分隔符有误") from bad


def _marked(cell: str) -> str:
    """A formula is never carried on as text: another spreadsheet would run it."""
    return FORMULA if cell.startswith("=") else cell


def _xlsx_rows(data: bytes) -> list[list[str]]:
    most = rule("people.import_max_bytes") * _UNPACKED_FACTOR
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as whole:
            if sum(member.file_size for member in whole.infolist()) > most:
                raise UnreadableFile(why="展开后过大")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            if not book.worksheets:
                raise UnreadableFile(why="没有工作表")
            return list(_limited([_cell(cell) for cell in row] for row in book.worksheets[0].iter_rows()))
        finally:
            book.close()
    except _BROKEN as bad:
        raise UnreadableFile(why="不是完好的 .xlsx 文件") from bad


def _cell(cell: Any) -> str:
    value = cell.value
    if cell.data_type == "f":
        return FORMULA
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _marked(" ".join(str(value).split())) if value is not None else ""
