"""批量导入: upload, read the report row by row, then load the whole file or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError
from taihe.ground.files.errors import FileTooLarge
from taihe.ground.files.upload import examine
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.scanning import FileHeld, FileRefused, SecretMarkFound
from taihe.ground.ui import parts

from .. import actions, permissions
from ..errors import ImportRefused, UnreadableFile
from ..forms.imports import PackedForm, UploadForm, pack
from ..importing import (
    OFFICER_COLUMNS,
    ORGAN_COLUMNS,
    Line,
    Report,
    Table,
    check_officers,
    check_organs,
    read_table,
)
from ..importing.books import report_book, report_csv, template_book
from ..models import OrganKind, OrganSystem
from .downloads import download

IMPORT = "people.import"
SHOWN_ROWS = 100
_DONE_SALT = "taihe.people.imported"


@dataclass(frozen=True)
class Kind:
    """One sort of file: what it holds, how it is checked, and what loads it."""

    key: str
    title: str
    unit: str
    columns: Mapping[str, tuple[str, ...]]
    check: Callable[[Table, tuple[str, ...]], Report[Any]]
    load: Callable[[Actor, Table], Report[Any]]
    listing: str
    notes: Mapping[str, str]


KINDS = {
    "organs": Kind(
        "organs",
        "机构",
        "个机构",
        ORGAN_COLUMNS,
        check_organs,
        actions.import_organs,
        "people:organs",
        {
            "code": "设立后不再改动，不能与已有机构相同",
            "kind": "、".join(OrganKind.labels),
            "system": "不填则同上级机构；可填：" + "、".join(OrganSystem.labels),
            "parent": "已有机构的代码，或本文件中另一行的代码",
            "valid_from": "如 2026-01-01，不填为今天",
        },
    ),
    "officers": Kind(
        "officers",
        "人员",
        "项任职",
        OFFICER_COLUMNS,
        check_officers,
        actions.import_officers,
        "people:contacts",
        {
            "sign_in": "小写字母开头，3 至 40 个小写字母、数字、点、横线或下划线；一人多岗写多行，登录名相同",
            "organ": "已有机构的代码",
            "post": "该机构已有岗位的名称",
            "main": "是 或 否，一人同时只有一个主岗",
            "appointed_from": "如 2026-01-01，不填为今天",
        },
    ),
}
STEPS = ("上传文件", "核对每一行", "导入完成")


def _kind(what: str) -> Kind:
    if what not in KINDS:
        raise Http404
    return KINDS[what]


def _steps(now: int) -> list[parts.Step]:
    states = ["done" if place < now else "current" if place == now else "todo" for place in range(len(STEPS))]
    return [parts.Step(title, state) for title, state in zip(STEPS, states, strict=True)]  # type: ignore[arg-type]


def _may(request: HttpRequest) -> Actor:
    return access.require(request, IMPORT, permissions.permission_title(IMPORT))


def start(request: HttpRequest) -> HttpResponse:
    """The menu's way in."""
    return redirect("people:import", "organs")


def upload(request: HttpRequest, what: str) -> HttpResponse:
    """The file in, its report out; nothing is stored."""
    actor, kind = _may(request), _kind(what)
    if done := request.GET.get("done"):
        return _finished(request, kind, done)
    form = UploadForm(request.POST or None, request.FILES or None, request=request)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            examine(actor, file, "people.import")
            table = read_table(file.read(), file.name, kind.columns)
        except (UnreadableFile, FileTooLarge, FileRefused, FileHeld, SecretMarkFound) as refusal:
            form.add_error("file", "".join(refusal.sentences()))
        else:
            return _reported(request, kind, table, kind.check(table, permissions.scopes_of(actor, IMPORT)))
    known = {"kind": kind, "kinds": _tabs(kind), "form": form, "steps": _steps(0), "columns": _columns(kind)}
    return render(request, "inner_people/import.html", known)


def _tabs(kind: Kind) -> list[parts.Tab]:
    return [
        parts.Tab(f"导入{one.title}", reverse("people:import", args=[one.key]), None, one is kind)
        for one in KINDS.values()
    ]


def _columns(kind: Kind) -> list[tuple[str, bool, str]]:
    """Title, whether it must stand, and what to write."""
    return [
        (named[0].lstrip("*"), named[0].startswith("*"), kind.notes.get(key, "")) for key, named in kind.columns.items()
    ]


def _reported(
    request: HttpRequest, kind: Kind, table: Table, report: Report[Any], status: int = 200, refusal: str = ""
) -> HttpResponse:
    bad = [line for line in report.lines if not line.ok]
    keys = [key for key in kind.columns if key in table.columns]
    known = {
        "kind": kind,
        "kinds": _tabs(kind),
        "steps": _steps(1),
        "table": table,
        "report": _summary(kind, report, len(bad)),
        "ok": report.ok,
        "refusal": refusal,
        "titles": [kind.columns[key][0].lstrip("*") for key in keys],
        "rows": [(line.row, _cells(line, kind, keys)) for line in bad[:SHOWN_ROWS]],
        "hidden": max(len(bad) - SHOWN_ROWS, 0),
        "sample": [
            (line.row, [(kind.columns[key][0].lstrip("*"), line.values.get(key, "")) for key in keys])
            for line in report.lines[:10]
        ],
        "upload": UploadForm(request=request),
        "form": PackedForm(request=request, initial={"packed": pack(table)}),
    }
    return render(request, "inner_people/import_report.html", known, status=status)


def _summary(kind: Kind, report: Report[Any], bad: int) -> parts.Report:
    total = len(report.lines)
    if report.ok:
        sentence = f"{report.file_name}：共 {total} 行，全部合格，尚未导入。确认后一次导入。"
    else:
        sentence = f"{report.file_name}：有 {bad} 行不合要求，没有导入任何一行。改正后请重新上传整个文件。"
    totals = [
        parts.ReportTotal("共", total, "plain"),
        parts.ReportTotal("合格", total - bad, "ok"),
        parts.ReportTotal("有问题", bad, "danger" if bad else "plain"),
        parts.ReportTotal("问题处数", len(report.issues), "danger" if bad else "plain"),
    ]
    return parts.Report(sentence, committed=report.ok, totals=totals)


def _cells(line: Line, kind: Kind, keys: list[str]) -> list[tuple[str, str, str]]:
    """Title, value and fault of each cell of a row."""
    cells = []
    for key in keys:
        title = kind.columns[key][0].lstrip("*")
        said = [one for one in line.issues if one.column == title]
        value = said[0].value if said else line.values.get(key, "")
        cells.append((title, value, " ".join(one.sentence for one in said)))
    return cells


def load(request: HttpRequest, what: str) -> HttpResponse:
    """The go-ahead: the whole file, checked again under lock."""
    actor, kind = _may(request), _kind(what)
    form = PackedForm(request.POST or None, request=request)
    try:
        answer = submit_once(
            request,
            form,
            lambda who: kind.load(who, form.cleaned_data["packed"]),
            to=lambda report: f"{reverse('people:import', args=[what])}?{urlencode({'done': _receipt(report)})}",
            actor=actor,
        )
    except ImportRefused as refusal:
        table = form.cleaned_data["packed"]
        return _reported(request, kind, table, refusal.report, refusal.http_status, "".join(refusal.sentences()))
    if answer is not None:
        return answer
    fresh = UploadForm(request=request)
    known = {"kind": kind, "kinds": _tabs(kind), "form": fresh, "steps": _steps(0), "columns": _columns(kind)}
    known["faults"] = [message for messages in form.errors.values() for message in messages]
    return render(request, "inner_people/import.html", known, status=422 if request.method == "POST" else 200)


def _receipt(report: Report[Any]) -> str:
    return signing.dumps([report.file_name, len(report.lines)], salt=_DONE_SALT)


def _finished(request: HttpRequest, kind: Kind, done: str) -> HttpResponse:
    try:
        file_name, count = signing.loads(done, salt=_DONE_SALT)
    except signing.BadSignature as bad:
        raise Http404 from bad
    report = parts.Report(f"{file_name}：已导入 {count} {kind.unit}。", committed=True)
    known = {"kind": kind, "kinds": _tabs(kind), "steps": _steps(3), "report": report}
    return render(request, "inner_people/import_done.html", known)


def report_file(request: HttpRequest, what: str) -> HttpResponse:
    """The report of a checked file, to be corrected in and uploaded again: a coloured spreadsheet, or CSV."""
    actor, kind = _may(request), _kind(what)
    form = PackedForm(request.POST or None, request=request)
    if not form.is_bound or "packed" in form.errors:
        raise NothingChecked
    table: Table = form.cleaned_data["packed"]
    report = kind.check(table, permissions.scopes_of(actor, IMPORT))
    title = f"{kind.title}导入核对结果"
    if request.POST.get("as") == "csv":
        return download(report_csv(kind.columns, table, report), title, "csv")
    return download(report_book(kind.columns, table, report), title)


class NothingChecked(CountyError):
    """The report was asked for without the checked file."""

    code = "people.nothing_checked"
    http_status = 422
    happened = "没有核对过的文件内容，不能生成逐行报告。"
    next_step = "请重新上传文件，核对后再下载。"


def template(request: HttpRequest, what: str) -> HttpResponse:
    """An empty spreadsheet with the columns, and a sheet that explains them."""
    _may(request)
    kind = _kind(what)
    return download(template_book(kind.title, _columns(kind)), f"{kind.title}导入模板")
