"""One decision on many: what will be done is listed first, each is carried out on its own, and the rest stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError, Missing

from .. import actions, queries
from ..forms import BatchForm
from ..models import WorkItem
from ..queries.joint import Chosen, approvable, batch_outcomes, readable, urgeable
from .common import carry_out

MOST = 50


@dataclass(frozen=True)
class Doing:
    """One kind of joint decision."""

    title: str
    button: str
    back: str
    back_title: str
    fields: tuple[str, ...]
    effect: str
    choose: Callable[[Actor, Sequence[tuple[int, int]]], Chosen]
    act: Callable[[Actor, WorkItem, int, BatchForm], object]


def _approve(actor: Actor, item: WorkItem, version: int, form: BatchForm) -> object:
    key = next(key for key, _ in queries.outcomes(item) if key in batch_outcomes(item))
    return actions.complete(actor, item.pk, version, outcome=key, opinion=form.cleaned_data["opinion"])


KINDS = {
    "approve": Doing(
        "批量同意", "确认同意", "workflow:todo", "待办事项", ("opinion",),
        "以下事项逐件以同一意见办理，每件都有自己的记录。", approvable, _approve,
    ),
    "read": Doing(
        "批量阅知", "确认阅知", "workflow:circulated", "传阅件", (),
        "以下传阅件记为已阅。", readable, lambda actor, item, version, form: actions.mark_read(actor, item.pk),
    ),
    "urge": Doing(
        "批量催办", "确认催办", "workflow:mine", "我发起的", ("note",),
        "以下环节的办理人会收到催办提醒；对同一人每天的催办次数有上限。", urgeable,
        lambda actor, item, version, form: actions.urge(actor, item.pk, note=form.cleaned_data["note"]),
    ),
}  # fmt: skip


def batch(request: HttpRequest, what: str) -> HttpResponse:
    """批量办理."""
    actor = access.actor_of(request)
    doing = KINDS.get(what)
    if doing is None:
        raise Missing(what="该批量办理方式")
    back = reverse(doing.back)
    given = request.POST if request.method == "POST" else request.GET
    picks = [pair for pair in map(_pair, given.getlist("pick")[:MOST]) if pair]
    chosen = doing.choose(actor, picks)
    if not picks:
        messages.warning(request, "请先勾选要办理的事项。")
        return HttpResponseRedirect(back)
    values = [f"{pk}:{version}" for pk, version in picks]
    initial = {"pick": values, "opinion": "同意。"}
    form = BatchForm(
        request.POST or None,
        request=request,
        initial=initial,
        picks=values,
        only=doing.fields,
        page=_page(what, values),
    )
    failed: list[str] = []
    sent = carry_out(request, form, lambda who: _each(who, doing, chosen, form, failed), to=lambda _: back)
    if sent:
        _tell(request, doing, len(chosen.items) - len(failed), failed)
        return sent
    known = {"doing": doing, "chosen": chosen, "form": form, "back": back, "fields": " ".join(doing.fields)}
    return render(request, "inner_workflow/batch.html", known)


def _page(what: str, values: Sequence[str]) -> str:
    return f"{reverse('workflow:batch', args=[what])}?{'&'.join(f'pick={one}' for one in values)}"


def _pair(text: str) -> tuple[int, int] | None:
    pk, _, version = text.partition(":")
    return (int(pk), int(version)) if pk.isdecimal() and version.isdecimal() and len(text) < 30 else None


def _each(actor: Actor, doing: Doing, chosen: Chosen, form: BatchForm, failed: list[str]) -> int:
    """Every item in a savepoint of its own: one that is refused keeps none of the others back."""
    failed.clear()
    for item, version in chosen.items:
        try:
            doing.act(actor, item, version, form)
        except CountyError as refusal:
            failed.append(f"“{item.title}”没有办理：{refusal.sentences()[0]}")
    return len(chosen.items) - len(failed)


def _tell(request: HttpRequest, doing: Doing, number: int, failed: Sequence[str]) -> None:
    if number:
        messages.success(request, f"{doing.title} {number} 件，已办理。")
    for one in failed:
        messages.warning(request, one)
