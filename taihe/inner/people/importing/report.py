"""What the person who uploaded a file reads: each row, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from .tables import FORMULA

D = TypeVar("D")
_DATE = re.compile(r"^(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?$")
_COMPACT_DATE = re.compile(r"^(\d{4})(\d{2})(\d{2})$")


@dataclass(frozen=True)
class Issue:
    """One fault: the row's number, the column's title, the value as it stands, and a sentence."""

    row: int
    column: str
    value: str
    sentence: str


@dataclass
class Line:
    """One row of the file with its faults."""

    row: int
    values: Mapping[str, str]
    titles: Mapping[str, str]
    issues: list[Issue] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.issues

    def say(self, column: str, sentence: str) -> None:
        """Note a fault of one column; a column with a fault is not examined further."""
        value = self.values.get(column, "")
        shown = "（公式）" if value == FORMULA else value[:60]
        self.issues.append(Issue(self.row, self.titles.get(column, column), shown, sentence))

    def faulty(self, column: str) -> bool:
        """Whether this column already has a fault."""
        return any(one.column == self.titles.get(column, column) for one in self.issues)

    def get(self, column: str) -> str:
        """The value, empty for a formula (which is a fault of its own)."""
        value = self.values.get(column, "")
        return "" if value == FORMULA else value

    def refuse_formulas(self) -> None:
        """Every formula cell is a fault."""
        for column, value in self.values.items():
            if value == FORMULA:
                self.say(column, "单元格是公式，请粘贴为数值后再上传。")

    def text(self, column: str, most: int, *, needed: bool = True) -> str:
        """A value within its length."""
        value = self.get(column)
        if not value and needed and not self.faulty(column):
            self.say(column, "不能为空。")
        if len(value) > most:
            self.say(column, f"最多 {most} 个字，现有 {len(value)} 个。")
        return value

    def day(self, column: str) -> date | None:
        """A date in any of the usual spellings, None when empty."""
        value = self.get(column)
        if not value:
            return None
        found = _COMPACT_DATE.match(value) or _DATE.match(value)
        try:
            if found:
                return date(*(int(part) for part in found.groups()))
        except ValueError:
            pass
        self.say(column, "不是有效的日期，请写成 2024-01-01 的形式。")
        return None

    def number(self, column: str, most: int) -> int:
        """A whole number from 0, 0 when empty."""
        value = self.get(column)
        if not value:
            return 0
        if not (value.isascii() and value.isdigit()) or int(value[:10]) > most:
            self.say(column, f"请填 0 至 {most} 的整数。")
            return 0
        return int(value)

    def choice(self, column: str, labels: Mapping[str, str], *, needed: bool = True) -> str:
        """One of the keys, written as key or as Chinese title."""
        value = self.get(column)
        if value in labels:
            return value
        for key, title in labels.items():
            if value == title:
                return key
        if value or needed:
            self.say(column, f"应为下列之一：{'、'.join(labels.values())}。" if value else "不能为空。")
        return ""


@dataclass
class Report(Generic[D]):
    """All rows of a file; `drafts` are what would be loaded, complete only when `ok`."""

    lines: list[Line]
    drafts: list[D]
    digest: str
    file_name: str

    @property
    def ok(self) -> bool:
        return all(line.ok for line in self.lines)

    @property
    def issues(self) -> list[Issue]:
        """Every fault, in the order of rows."""
        return [issue for line in self.lines for issue in line.issues]

    @property
    def bad_rows(self) -> list[int]:
        """Numbers of the rows with a fault."""
        return [line.row for line in self.lines if not line.ok]
