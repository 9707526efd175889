"""The forms of the calendar: the announcement as a table, the go-ahead, and one day set right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.db import models

from taihe.ground.errors import BadInput, StaleVersion
from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.rules import rule

from . import queries
from .announced import NamedDay, problems_of, read_rows
from .models import WorkYear

_SALT = "taihe.workdays.announced"


def pack(year: int, rows: list[NamedDay]) -> str:
    """A year's rows as the page carries them from the check to the go-ahead: signed, so that nothing changes."""
    said = [[one.date.isoformat(), one.is_work, one.name] for one in rows]
    return signing.dumps([year, said], salt=_SALT, compress=True)


def unpack(text: str) -> tuple[int, list[NamedDay]]:
    """The year and its rows back.  Raises signing.BadSignature for anything this system did not pack."""
    year, said = signing.loads(text, salt=_SALT)
    return year, [NamedDay(date.fromisoformat(day), is_work, name) for day, is_work, name in said]


def _source(label: str) -> forms.CharField:
    hint = "通知的名称和文号，不少于 4 个字，随日历保存。"
    return forms.CharField(label=label, min_length=4, max_length=200, help_text=hint)


class _OfYear(SafeFormMixin, forms.Form):
    """A form on one year's row, which may not be there yet (version 0)."""

    row: WorkYear

    def show_conflict(self, refusal: StaleVersion, current: models.Model | Mapping[str, Any] | None = None) -> None:
        """Another person has changed the year meanwhile."""
        self.row = queries.year_or_blank(self.row.year)
        super().show_conflict(refusal, current or self.standing())

    def standing(self) -> models.Model | Mapping[str, Any]:
        """What now stands in place of what was typed."""
        return self.row


class UploadForm(_OfYear):
    """The table to be checked, and the notice it was taken from."""

    form_title = "确认工作日历"
    source = _source("放假通知")
    file = forms.FileField(label="放假安排表", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size = rule("workdays.import_kb")
        self.fields["file"].help_text = f"CSV 或 .xlsx，不超过 {size} KB。请勿上传涉密文件。"

    def clean_file(self) -> list[NamedDay]:
        """The rows of the table."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > rule("workdays.import_kb") * 1024:
            raise forms.ValidationError("文件过大，不像一年的放假安排。")
        try:
            rows = read_rows(file.file, file.name or "")  # type: ignore[arg-type]
        except BadInput as refusal:
            raise forms.ValidationError(refusal.sentences()[0]) from refusal
        if not rows:
            raise forms.ValidationError("表格中没有一天。")
        return rows


class ConfirmForm(_OfYear):
    """The go-ahead for a checked table; an announcement that does not balance needs a reason."""

    form_title = "确认工作日历"
    never_parked = ("packed",)
    packed = forms.CharField(widget=forms.HiddenInput)
    source = _source("放假通知")
    exception = forms.CharField(
        label="例外原因",
        required=False,
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="核对有问题而通知原文确实如此的，写明原因后按例外确认；不少于 4 个字。",
    )

    def clean_packed(self) -> list[NamedDay]:
        """The rows that were checked."""
        try:
            year, rows = unpack(self.cleaned_data["packed"])
        except signing.BadSignature as bad:
            raise forms.ValidationError("核对过的内容不完整，请重新上传文件。") from bad
        if year != self.row.year:
            raise forms.ValidationError("核对过的是另一年份的安排，请重新上传文件。")
        return rows

    def clean(self) -> dict[str, Any]:
        """Whether the rows balance, or a reason stands beside them."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        unfit = "packed" in given and problems_of(self.row.year, given["packed"])
        if unfit and not given.get("exception") and "exception" not in self.errors:
            self.add_error("exception", "核对有问题，须写明原因才能按例外确认。")
        return given


class DayForm(_OfYear):
    """One day set right."""

    form_title = "更正一天"
    day = forms.DateField(label="日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    is_work = forms.TypedChoiceField(
        label="改为",
        choices=[("1", "上班"), ("0", "休息")],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label="名称", required=False, max_length=60, help_text="如 国庆节、调休上班；可以不填。")
    source = _source("依据")

    def clean_day(self) -> date:
        """A day of the year shown."""
        day: date = self.cleaned_data["day"]
        if day.year != self.row.year:
            raise forms.ValidationError(f"只能更正{self.row.year}年的日期。")
        return day

    def standing(self) -> Mapping[str, Any]:
        """What is now written of the day."""
        day = self.cleaned_data.get("day")
        written = queries.find_day(day) if day else None
        if written is None:
            return {"version": self.row.version}
        told = {"is_work": "1" if written.is_work else "0", "name": written.name, "source": written.source}
        return {"version": self.row.version, **told}
