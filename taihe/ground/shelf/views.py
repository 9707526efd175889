"""搁置任务: looked at, tried again, or given up."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django_tables2 import RequestConfig

from taihe.ground import access
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.outbox import actions, queries
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.ui import parts

from .forms import DiscardForm, RetryForm
from .tables import ShelfTable

SEE = ("outbox.view", "查看搁置任务")
ACT = ("outbox.operate", "处置搁置任务")
PER_PAGE = 20


def listing(request: HttpRequest) -> HttpResponse:
    """What the queue could not carry out."""
    access.require(request, *SEE)
    given_up = request.GET.get("tab") == "discarded"
    table = ShelfTable(queries.discarded() if given_up else queries.shelved(), exclude=() if given_up else ("reason",))
    RequestConfig(request, paginate={"per_page": PER_PAGE, "paginator_class": Paginator}).configure(table)
    tabs = [
        parts.Tab("搁置", "?tab=shelved", queries.shelved().count(), not given_up),
        parts.Tab("已作废", "?tab=discarded", None, given_up),
    ]
    waiting = sum(queries.waiting_by_queue().values())
    return render(request, "ground_shelf/list.html", {"table": table, "tabs": tabs, "waiting": waiting})


def _facts(row: OutboxMessage) -> list[parts.Detail]:
    facts = [
        parts.Detail("任务", row.kind),
        parts.Detail("编号", row.pk),
        parts.Detail("产生时间", row.created_at),
        parts.Detail("执行次数", row.attempts),
        parts.Detail("最近一次失败", row.last_error or "—", wide=True),
    ]
    if row.reason:
        facts.append(parts.Detail("作废原因", row.reason, wide=True))
    return facts


def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message; what it carries is not shown, since it may be personal."""
    access.require(request, *SEE)
    row = queries.shelf_message(pk)
    shelved = row.status == Status.SHELVED
    known = {"row": row, "facts": _facts(row), "may_act": shelved and access.may(request, ACT[0])}
    return render(request, "ground_shelf/message.html", known)


def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the worker try again from the start."""
    access.require(request, *ACT)
    row, back = queries.shelf_message(pk), reverse("shelf:list")
    form = RetryForm(request.POST or None, request=request)
    answer = submit_once(
        request, form, lambda actor: actions.retry_shelved(actor, pk), to=lambda _: back, done="已重新排队执行。"
    )
    known = {"row": row, "form": form, "facts": _facts(row), "title": "重试", "danger": False}
    return answer or render(request, "ground_shelf/decide.html", known)


def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a message up for good."""
    access.require(request, *ACT)
    row, back = queries.shelf_message(pk), reverse("shelf:list")
    form = DiscardForm(request.POST or None, request=request)
    answer = submit_once(
        request,
        form,
        lambda actor: actions.discard_shelved(actor, pk, form.cleaned_data["reason"]),
        to=lambda _: back,
        done="任务已作废。",
    )
    known = {"row": row, "form": form, "facts": _facts(row), "title": "作废", "danger": True}
    return answer or render(request, "ground_shelf/decide.html", known)
