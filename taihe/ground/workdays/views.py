"""工作日历: every officer may look; who holds `calendar.confirm` confirms a year or sets a day right."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header

from taihe.ground import access, clock
from taihe.ground.errors import Missing
from taihe.ground.files.errors import FileTooLarge
from taihe.ground.files.upload import examine
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.scanning import FileHeld, FileRefused, SecretMarkFound
from taihe.ground.ui import parts
from taihe.ground.ui.tables import XLSX, workbook

from . import actions, glance, queries
from .announced import LIBRARY, NamedDay, problems_of
from .forms import ConfirmForm, DayForm, UploadForm, pack
from .models import WorkYear

CHANGE, CHANGE_TITLE = "calendar.confirm", "确认工作日历"
STEPS = ("上传安排表", "核对", "确认")
_FIRST, _LAST = 2000, 2099


def _of(year: int) -> WorkYear:
    if not _FIRST <= year <= _LAST:
        raise Missing(what=f"{year}年工作日历")
    return queries.year_or_blank(year)


def _to_change(request: HttpRequest, year: int) -> WorkYear:
    access.require(request, CHANGE, CHANGE_TITLE)
    return _of(year)


def now(request: HttpRequest) -> HttpResponse:
    """The menu's way in: this year."""
    access.actor_of(request)
    return year(request, clock.today().year)


def year(request: HttpRequest, year: int) -> HttpResponse:
    """One year at a glance."""
    access.actor_of(request)
    row, today = _of(year), clock.today()
    special = queries.specials(row)
    known = {
        "row": row,
        "tabs": _tabs(year, today.year),
        "glance": glance.drawn(year, special, today),
        "weekdays": glance.WEEKDAYS,
        "facts": _facts(row),
        "sources": sorted({one.source for one in special} - {row.source, LIBRARY}),
        "may_change": access.may(request, CHANGE),
    }
    return render(request, "ground_workdays/year.html", known)


def _tabs(shown: int, this_year: int) -> list[parts.Tab]:
    years = sorted({*queries.states(), this_year, this_year + 1, shown})
    return [parts.Tab(f"{one}年", reverse("workdays:year", args=[one]), None, one == shown) for one in years]


def _facts(row: WorkYear) -> list[parts.Detail]:
    if not row.confirmed:
        return []
    return [
        parts.Detail("依据", row.source, wide=True),
        parts.Detail("确认人", row.confirmed_by),
        parts.Detail("确认时间", row.confirmed_at),
    ]


def table(request: HttpRequest, year: int) -> HttpResponse:
    """The year's special days as a spreadsheet: to fill in for a new year, or to keep."""
    access.actor_of(request)
    rows = [(one.date.isoformat(), "班" if one.is_work else "休", one.name) for one in queries.specials(_of(year))]
    answer = HttpResponse(workbook([("日期", "上班/休息", "名称"), *rows], f"{year}年"), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{year}年放假安排.xlsx")
    return answer


# -- confirming a year ----------------------------------------------------------------------------


def _steps(at: int) -> list[parts.Step]:
    return [
        parts.Step(title, "done" if place < at else "current" if place == at else "todo")
        for place, title in enumerate(STEPS)
    ]


def upload(request: HttpRequest, year: int) -> HttpResponse:
    """The table in, its check out; nothing is changed."""
    row = _to_change(request, year)
    form = UploadForm(request.POST or None, request.FILES or None, request=request, row=row)
    if request.method == "POST" and _examined(request, form) and form.is_valid():
        rows = form.cleaned_data["file"]
        first = {"packed": pack(year, rows), "source": form.cleaned_data["source"]}
        page = reverse("workdays:upload", args=[year])
        return _checked(request, row, rows, ConfirmForm(request=request, row=row, page=page, initial=first))
    return render(request, "ground_workdays/upload.html", {"row": row, "form": form, "steps": _steps(0)})


def _examined(request: HttpRequest, form: UploadForm) -> bool:
    """Look at the file before anything reads it; a refusal stands at its field."""
    if not (file := request.FILES.get("file")):
        return True
    try:
        examine(access.actor_of(request), file, "workdays.import")
    except (FileTooLarge, FileRefused, FileHeld, SecretMarkFound) as refusal:
        form.files = form.files.copy()
        form.files.clear()
        form.full_clean()
        form.errors.pop("file", None)
        form.add_error("file", "".join(refusal.sentences()))
        return False
    return True


def _checked(request: HttpRequest, row: WorkYear, rows: list[NamedDay], form: ConfirmForm) -> HttpResponse:
    problems = problems_of(row.year, rows)
    changes = glance.changes(row.year, queries.specials(row), rows)
    known: dict[str, Any] = {
        "row": row,
        "form": form,
        "steps": _steps(1),
        "report": _report(row.year, rows, problems, len(changes)),
        "problems": problems,
        "changes": changes,
    }
    return render(request, "ground_workdays/check.html", known)


def _report(year: int, rows: list[NamedDay], problems: list[str], changes: int) -> parts.Report:
    if problems:
        sentence = f"共 {len(rows)} 天，有 {len(problems)} 处需要核对，日历没有改动。"
    else:
        sentence = f"共 {len(rows)} 天，调休平衡，核对无误，尚未生效。确认后生效。"
    worked = sum(one.is_work for one in rows)
    totals = [
        parts.ReportTotal("放假", len(rows) - worked),
        parts.ReportTotal("调休上班", worked),
        parts.ReportTotal("与现有日历不同", changes, "info" if changes else "plain"),
        parts.ReportTotal("需要核对", len(problems), "danger" if problems else "ok"),
    ]
    return parts.Report(sentence, committed=not problems, totals=totals)


def confirm(request: HttpRequest, year: int) -> HttpResponse:
    """The go-ahead for what was checked."""
    row = _to_change(request, year)
    if request.method != "POST":
        return redirect("workdays:upload", year)
    page = reverse("workdays:upload", args=[year])
    form = ConfirmForm(request.POST, request=request, row=row, page=page)
    answer = submit_once(
        request,
        form,
        lambda actor: actions.confirm_year(
            actor,
            year,
            form.cleaned_data["packed"],
            form.cleaned_data["source"],
            exception=form.cleaned_data["exception"],
            version=form.posted_version,
        ),
        to=lambda _: reverse("workdays:year", args=[year]),
        done=f"{year}年工作日历已确认，各类期限正在按新日历重新计算。",
    )
    if answer is not None:
        return answer
    if "packed" in form.cleaned_data:
        return _checked(request, form.row, form.cleaned_data["packed"], form)
    fresh = UploadForm(request=request, row=row, initial={"source": request.POST.get("source", "")})
    faults = [message for messages in form.errors.values() for message in messages]
    known = {"row": row, "form": fresh, "steps": _steps(0), "faults": faults}
    return render(request, "ground_workdays/upload.html", known)


# -- one day --------------------------------------------------------------------------------------


def day(request: HttpRequest, year: int) -> HttpResponse:
    """One day set right, as a later notice orders."""
    row = _to_change(request, year)
    form = DayForm(request.POST or None, request=request, row=row, initial=_written(request))
    answer = submit_once(
        request,
        form,
        lambda actor: actions.set_day(actor, **_wanted(form), version=form.posted_version),
        to=lambda _: reverse("workdays:year", args=[year]),
        done="已更正，各类期限正在按新日历重新计算。",
    )
    return answer or render(request, "ground_workdays/day.html", {"row": row, "form": form})


def _wanted(form: DayForm) -> dict[str, Any]:
    return dict(form.cleaned_data)


def _written(request: HttpRequest) -> dict[str, Any]:
    """What is written of the day named in the address."""
    try:
        asked = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return {}
    written = queries.find_day(asked)
    known = {"is_work": "1" if written.is_work else "0", "name": written.name} if written else {}
    return {"day": asked, **known}
