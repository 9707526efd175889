"""Audit entries as files: JSON lines for machines and offline checks, tables for people."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from taihe.ground import clock
from taihe.ground.digests import canonical
from taihe.ground.rules import rule
from taihe.ground.ui.tables import XLSX, cell_value, workbook

from . import titles

COLUMNS = {
    "id": "行号", "at": "时间", "person_name": "操作人", "on_behalf_of": "代", "post_name": "岗位",
    "organ_name": "单位", "action": "操作", "outcome": "结果",
    "subject_title": "对象", "subject_type": "对象类型", "subject_id": "对象编号",
    "address": "地址", "session": "会话", "event": "操作编号", "parent": "上一操作", "before": "改动前摘要",
    "after": "改动后摘要", "detail": "说明", "batch": "封存批次", "position": "批内位置", "hash": "记录摘要",
}  # fmt: skip
TYPES = {"jsonl": "application/x-ndjson", "xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


@dataclass(frozen=True)
class File:
    """A made file and how many entries it holds."""

    data: bytes
    rows: int
    kind: str


def most_rows() -> int:
    """How many entries one export may hold."""
    return int(rule("security.audit_export_max_rows"))


def make(kind: str, rows: Iterable[dict[str, Any]]) -> File:
    """Entries as ``jsonl``, ``xlsx`` or ``csv``; text that could run as a formula is defused in tables."""
    listed = list(rows)
    if kind == "jsonl":
        return File(b"".join(canonical(row) + b"\n" for row in listed), len(listed), kind)
    lines = [list(COLUMNS.values()), *([_value(key, row[key]) for key in COLUMNS] for row in listed)]
    if kind == "xlsx":
        return File(workbook(lines, "审计记录"), len(listed), kind)
    out = io.StringIO()
    csv.writer(out).writerows([[cell_value(value) for value in line] for line in lines])
    return File(b"\xef\xbb\xbf" + out.getvalue().encode(), len(listed), kind)


def _value(key: str, value: Any) -> Any:
    if key == "at":
        return clock.local(value).strftime("%Y-%m-%d %H:%M:%S.%f")
    if key == "action":
        return f"{titles.action_title(value)}（{value}）"
    if key == "outcome":
        return titles.OUTCOMES.get(value, value)
    return canonical(value).decode() if key == "detail" else value


def download(file: File, digest: str) -> HttpResponse:
    """The file as a download that no cache keeps, with its digest in a header."""
    answer = HttpResponse(file.data, content_type=TYPES[file.kind])
    name = quote(f"审计记录_{clock.local():%Y%m%d%H%M}.{file.kind}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-SHA256"] = digest
    return answer
