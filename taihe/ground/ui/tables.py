"""Lists as officials read them: dense rows on the desk, cards on the phone, one export for the spreadsheet.

A module writes::

    class DocumentTable(GovTable):
        title = TitleColumn(linkify=True, verbose_name="标题")
        due_at = DueColumn(verbose_name="办理时限")
        class Meta(GovTable.Meta):
            fields = ("urgency", "title", "due_at")

On the phone the title stands first and the other cells follow in one line; a table without a title
column becomes a card of label and value (``attrs = PAIRS``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import quote

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from openpyxl import Workbook

from taihe.ground import clock

from . import marks

EXPORT_PARAM = "_export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = {"class": "gv-table gv-lines"}
PAIRS = {"class": "gv-table gv-cards"}


class TitleColumn(tables.Column):
    """The column that names the record; first and full width on the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "gv-title"}})
        super().__init__(*args, **kwargs)


class StatusColumn(tables.Column):
    """A state in a tag; `tones` maps the word to info, ok, warn, danger or plain."""

    def __init__(self, *args: Any, tones: dict[str, str] | None = None, **kwargs: Any) -> None:
        self.tones = tones or {}
        super().__init__(*args, **kwargs)

    def render(self, value: object) -> SafeString:
        """The tag."""
        return marks.status(str(value), self.tones.get(str(value), "info"))

    def value(self, value: object) -> str:
        """The bare word, for export."""
        return str(value)


class UrgencyColumn(tables.Column):
    """缓急."""

    def render(self, value: object) -> SafeString:
        """The tag."""
        return marks.urgency(str(value))

    def value(self, value: object) -> str:
        """The bare word, for export."""
        return str(value)


class MomentColumn(tables.Column):
    """A moment or date on the county's clock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "gv-when"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> SafeString:
        """Short form, the whole in the hover text."""
        return marks.moment(value)

    def value(self, value: Any) -> Any:
        """County wall-clock time without zone, which is what spreadsheets hold."""
        return clock.local(value).replace(tzinfo=None) if isinstance(value, datetime) else value


class DueColumn(MomentColumn):
    """A time limit in words, red when overdue; `soon` days before it turns amber."""

    def __init__(self, *args: Any, soon: int = 1, **kwargs: Any) -> None:
        self.soon = soon
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> SafeString:
        """The label."""
        return marks.due(value, soon=self.soon)


class NumberColumn(tables.Column):
    """A figure, set right so that digits line up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", {"td": {"class": "gv-num"}, "th": {"class": "gv-num"}})
        super().__init__(*args, **kwargs)


class PickColumn(tables.CheckBoxColumn):
    """A box to tick rows for a joint decision.

    `form` is the id of the form the boxes belong to; `named` is where the row keeps the name that the box is
    called by.  The chosen values arrive as ``pick``.
    """

    def __init__(self, *args: Any, form: str = "", named: str = "title", **kwargs: Any) -> None:
        self.form, self.named = form, named
        kwargs.setdefault("attrs", {"td": {"class": "gv-pick-cell"}, "th": {"class": "gv-pick-cell"}})
        super().__init__(*args, orderable=False, exclude_from_export=True, **kwargs)

    @property
    def header(self) -> SafeString:
        """Box that ticks the whole page; drawn hidden, shown by the script."""
        return format_html('<input type="checkbox" data-gv-all="{}" aria-label="选择本页全部" hidden>', "pick")

    def render(self, value: Any, bound_column: Any, record: Any) -> SafeString:
        """The box of one row."""
        owner = format_html(' form="{}"', self.form) if self.form else ""
        name = tables.A(self.named).resolve(record, quiet=True) or value
        return format_html('<input type="checkbox" name="pick" value="{}" aria-label="选择 {}"{}>', value, name, owner)


class GovTable(tables.Table):
    """The county's list.  Set `gov_caption` for screen readers, `gov_export` True to offer a spreadsheet."""

    gov_caption = ""
    gov_empty_hint = ""
    gov_export: str | bool = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.gov_export:
            self.gov_export = EXPORT_PARAM

    class Meta:
        template_name = "gov/table.html"
        attrs = LINES
        empty_text = "没有符合条件的记录"


def wants_export(request: HttpRequest) -> bool:
    """Whether the asker pressed 导出."""
    return request.GET.get(EXPORT_PARAM) == "xlsx"


def cell_value(value: Any) -> Any:
    """A value as a spreadsheet may hold it: never a formula that somebody else wrote."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value if isinstance(value, int | float | datetime) or value is None else str(value)


def workbook(rows: Iterable[Iterable[Any]], title: str) -> bytes:
    """Rows as one .xlsx sheet; text that could run as a formula is defused."""
    book = Workbook(write_only=True)
    page = book.create_sheet(title[:31])
    for row in rows:
        page.append([cell_value(value) for value in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def export(table: tables.Table, title: str) -> HttpResponse:
    """The whole table (all pages, as sorted and filtered) as a spreadsheet to download."""
    answer = HttpResponse(workbook(table.as_values(), title), content_type=XLSX)
    name = quote(f"{title}_{clock.today():%Y%m%d}.xlsx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer
