"""Audit entries as files: JSON lines for machines and offline checks, tables for people."""

from __future__ import annotations

import csv
import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

from django.http import FileResponse

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
    """A made file, how many entries it holds, and its SHA-256."""

    data: IO[bytes]
    rows: int
    kind: str
    digest: str


def most_rows() -> int:
    """How many entries one export may hold."""
    return int(rule("security.audit_export_max_rows"))


def make(kind: str, rows: Iterable[dict[str, Any]]) -> File:
    """Entries as ``jsonl``, ``xlsx`` or ``csv``, one at a time and without being whole in memory.

    Text that could run as a formula is defused in tables.
    """
    out: IO[bytes] = tempfile.TemporaryFile()
    count = _WRITERS[kind](out, rows)
    out.seek(0)
    digest = hashlib.file_digest(out, "sha256").hexdigest()  # type: ignore[arg-type]  # a file is read alike
    out.seek(0)
    return File(out, count, kind, digest)


def _jsonl(out: IO[bytes], rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    for row in rows:
        out.write(canonical(row) + b"\n")
        count += 1
    return count


def _lines(rows: Iterable[dict[str, Any]]) -> Iterator[list[Any]]:
    yield list(COLUMNS.values())
    for row in rows:
        yield [_value(key, row[key]) for key in COLUMNS]


def _xlsx(out: IO[bytes], rows: Iterable[dict[str, Any]]) -> int:
    counted = _Counted(_lines(rows))
    out.write(workbook(counted, "审计记录"))
    return counted.seen - 1


def _csv(out: IO[bytes], rows: Iterable[dict[str, Any]]) -> int:
    counted = _Counted(_lines(rows))
    text = io.TextIOWrapper(out, "utf-8-sig", newline="")
    csv.writer(text).writerows([cell_value(value) for value in line] for line in counted)
    text.flush()
    text.detach()
    return counted.seen - 1


class _Counted:
    """An iterable that remembers how many it gave."""

    def __init__(self, lines: Iterable[list[Any]]) -> None:
        self.lines, self.seen = lines, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for line in self.lines:
            self.seen += 1
            yield line


_WRITERS = {"jsonl": _jsonl, "xlsx": _xlsx, "csv": _csv}


def _value(key: str, value: Any) -> Any:
    if key == "at":
        return clock.local(value).strftime("%Y-%m-%d %H:%M:%S.%f")
    if key == "action":
        return f"{titles.action_title(value)}（{value}）"
    if key == "outcome":
        return titles.OUTCOMES.get(value, value)
    return canonical(value).decode() if key == "detail" else value


def download(file: File) -> FileResponse:
    """The file as a download that no cache keeps, with its digest in a header."""
    answer = FileResponse(file.data, content_type=TYPES[file.kind])
    name = quote(f"审计记录_{clock.local():%Y%m%d%H%M}.{file.kind}")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer["Cache-Control"] = "no-store"
    answer["X-Content-SHA256"] = file.digest
    return answer
