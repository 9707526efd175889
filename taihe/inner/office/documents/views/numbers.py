"""发文登记簿: every number of a series and year, what is missing or out of order, reserving and voiding."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from taihe.ground import access as asking
from taihe.ground.errors import CountyError, NotAllowed
from taihe.ground.registers.states import Status
from taihe.ground.ui.tables import export, wants_export
from taihe.inner.people.permissions import may
from taihe.inner.people.views.common import FormPage, answer_form

from ..actions import numbering
from ..forms_flow import ReserveForm, VoidForm
from ..models import Series
from ..queries import numbers as reading
from ..rights import NUMBERS, READ
from ..tables_flow import NumberTable

PER_PAGE = 50
CRUMBS = [("公文", "/documents/"), ("发文登记簿", "/documents/numbers/")]


class NumberFilter(forms.Form):
    """What the register is looked through by."""

    series = forms.ChoiceField(label="代字", required=False)
    year = forms.ChoiceField(label="年份", required=False)
    status = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *Status.choices])
    q = forms.CharField(
        label="查找", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "编号、标题"}),
    )  # fmt: skip


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """The register of one series and year."""
    actor = asking.actor_of(request)
    if not (may(actor, NUMBERS) or may(actor, READ)):
        raise NotAllowed(what="查看发文登记簿")
    all_series = list(reading.series_for(actor))
    series = _chosen(request, all_series, actor.organ)
    if series is None:
        return render(request, "office_documents/flow/numbers.html", {"series": None})
    years = reading.years_of(series)
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else next(iter(years))
    initial = {**request.GET.dict(), "series": str(series.pk), "year": str(year)}
    form = NumberFilter(initial, auto_id="filter_%s")
    form.fields["series"].choices = [(str(one.pk), f"{one.code}（{one.title}）") for one in all_series]  # type: ignore[attr-defined]
    form.fields["year"].choices = [(str(one), f"{one}年") for one in years]  # type: ignore[attr-defined]
    whole = reading.rows(series, year)
    words, status = request.GET.get("q", "").strip()[:60], request.GET.get("status", "")
    found = reading.narrowed(whole, words=words, status=status)
    manages = reading.manages(actor, series)
    if wants_export(request):
        return export(NumberTable(reading.lines(actor, found, names_too=True)), f"发文登记簿_{series.code}_{year}")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    known: dict[str, Any] = {
        "series": series,
        "year": year,
        "form": form,
        "table": NumberTable(reading.lines(actor, page.object_list), manages=manages),
        "page_obj": page,
        "review": reading.looked_through(whole, years[year]),
        "manages": manages,
        "nav_key": "documents.numbers",
    }
    return render(request, "office_documents/flow/numbers.html", known)


def _chosen(request: HttpRequest, found: list[Series], organ: str) -> Series | None:
    """The series asked for, else one of the asker's own organ, else the first."""
    asked = request.GET.get("series", "")
    named = [one for one in found if str(one.pk) == asked]
    own = [one for one in found if one.organ.code == organ]
    return next(iter((*named, *own, *found)), None)


def reserve(request: HttpRequest, pk: int) -> HttpResponse:
    """预留编号."""
    actor = asking.actor_of(request)
    series = reading.one_series(actor, pk)
    if not reading.manages(actor, series):
        raise NotAllowed(what="预留编号")
    back = f"{reverse('documents:numbers')}?series={series.pk}"
    page = FormPage(
        "预留编号", "预留", back, [*CRUMBS, (series.code, back)],
        effects=["按顺序取下一个号，留给写明的用途；到期未用的自动作废。"],
    )  # fmt: skip
    form = ReserveForm(request.POST or None, request=request)
    return answer_form(
        request, page, form,
        lambda who: numbering.reserve(
            who, pk, purpose=form.cleaned_data["purpose"], until=form.cleaned_data["until"]
        ),
        to=lambda _: back, done="已预留。",
    )  # fmt: skip


def void(request: HttpRequest, pk: int) -> HttpResponse:
    """作废 of a reserved number."""
    actor = asking.actor_of(request)
    entry, series = reading.entry_of(actor, pk)
    back = f"{reverse('documents:numbers')}?series={series.pk}&year={entry.year}"
    page = FormPage(
        f"作废 {entry.text}", "作废", back, [*CRUMBS, (series.code, back)],
        effects=[f"{entry.text} 作废，不再使用；原因和批准人记入登记簿。"], danger=True,
    )  # fmt: skip
    form = VoidForm(request.POST or None, request=request)
    try:
        return answer_form(
            request, page, form,
            lambda who: numbering.void(
                who, pk, reason=form.cleaned_data["reason"], approved_by=form.cleaned_data["approved_by"]
            ),
            to=lambda _: back, done="编号已作废。",
        )  # fmt: skip
    except CountyError as refusal:
        if refusal.http_status not in (409, 422):
            raise
        form.add_error(None, "".join(refusal.sentences()))
        return render(request, page.template, {"page": page, "form": form})
