"""One item on one's desk: the sheet, what was said, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor

from .. import actions, drawing, queries
from ..forms import COMMON, CONFIRMED, PHRASE, DecideForm, RemarkForm, decide_form
from ..models import Kind, Origin, ProcessInstance, Status, WorkItem
from ..registry import subject
from .common import carry_out

# What the page offers beside the outcomes: verb, word, icon; in this order.
OFFERED = (
    ("send_back", "退回", "arrow-back-up"),
    ("transfer", "转办", "arrow-forward-up"),
    ("add_signers", "加签", "user-plus"),
    ("circulate", "传阅", "send"),
    ("urge", "催办", "bell-ringing"),
    ("withdraw", "撤回", "arrow-back-up"),
    ("release_claim", "退回签领", "lock-open"),
    ("record_for", "代录意见", "writing"),
    ("confirm_recorded", "确认代录", "check"),
    ("reassign", "改派", "switch-horizontal"),
)
ADDRESSES = {
    "send_back": "back", "transfer": "transfer", "add_signers": "add", "urge": "urge", "withdraw": "withdraw",
    "release_claim": "release", "record_for": "record", "confirm_recorded": "confirm", "reassign": "reassign",
    "claim": "claim",
}  # fmt: skip
# The outcomes that say yes; only these are drawn as the first button.
YES = frozenset(
    {"approve", "agree", "pass", "accept", "issue", "sign", "resubmit", "submit", "done", "read", "amended"}
)


@dataclass(frozen=True)
class Button:
    """One outcome as a button."""

    key: str
    title: str
    first: bool
    danger: bool


@dataclass(frozen=True)
class Way:
    """One further thing that may be done, on a page of its own."""

    title: str
    url: str
    icon: str


def item_url(item: WorkItem) -> str:
    """Address of an item's page."""
    return reverse("workflow:item", args=[item.pk])


def matter(actor: Actor, instance: ProcessInstance, *, body: bool = True) -> dict[str, Any]:
    """What every page of a matter shows, whoever asks: sheet, stepper, history, picture, files.

    A module's own page leaves the `body` out, which it draws itself.
    """
    kind, lines, items = subject(instance.kind), queries.timeline(instance), queries.items_of(instance)
    skipped = kind.skips(instance)
    found = [one for one in queries.stepper(instance, items, lines) if one.items or one.node not in skipped]
    return {
        "instance": instance,
        "kind": kind,
        "steps": drawing.steps(found),
        "cells": drawing.cells(found, kind.by_rank),
        "items": items,
        "readers": drawing.readers(items),
        "records": drawing.records(lines),
        "whole": drawing.records(lines, whole=True),
        "picture": queries.picture(instance, found),
        "summary": kind.summary(instance, actor),
        "body": kind.body(instance, actor) if body else None,
        "files": list(kind.files(instance, actor)),
    }


def ways(item: WorkItem, verbs: frozenset[str]) -> list[Way]:
    """Links to what else may be done."""
    offered = [(verb, title, icon) for verb, title, icon in OFFERED if verb in verbs]
    return [Way(title, way_url(item, verb), icon) for verb, title, icon in offered]


def way_url(item: WorkItem, verb: str) -> str:
    """Address of one verb's page."""
    if verb == "circulate":
        return reverse("workflow:circulate", args=[item.instance_id])
    return reverse(f"workflow:{ADDRESSES[verb]}", args=[item.pk])


def make_form(request: HttpRequest, item: WorkItem, data: Any = None) -> DecideForm:
    """The decision's form for one item; where the opinion is always wanted, every outcome wants words."""
    node = queries.node_of(item)
    offered = queries.outcomes(item)
    words = node.opinion if node else "optional"
    wordy = [key for key, _ in offered] if words == "required" else (node.explain if node else ())
    form = decide_form(subject(item.instance.kind).form(queries.form_of(item)))(
        data, request=request, row=item, page=item_url(item), offered=offered, wordy=wordy
    )
    if hasattr(form, "fill"):
        form.fill(item)
    form.put_phrase()
    return form


def _buttons(item: WorkItem) -> list[Button]:
    node = queries.node_of(item)
    veto = node.veto if node else frozenset()
    offered = queries.outcomes(item)
    yes = next((key for key, _ in offered if key in YES), offered[0][0] if offered else "")
    return [Button(key, title, key == yes, key in veto) for key, title in offered]


def item(request: HttpRequest, pk: int) -> HttpResponse:
    """办理页."""
    actor = access.actor_of(request)
    found = queries.get_item(actor, pk)
    verbs = queries.may(actor, found)
    if not found.read_at and found.status == Status.OPEN and {"complete", "claim"} & verbs:
        actions.mark_read(actor, pk)
        found = queries.get_item(actor, pk)
    form = make_form(request, found) if "complete" in verbs and not _desk(found) else None
    return draw(request, actor, found, verbs, form)


def _desk(found: WorkItem) -> tuple[str, str] | None:
    """The module's own page for this item; what was sent back for correction is answered here."""
    if found.kind != Kind.DO or found.origin == Origin.REWORK:
        return None
    return subject(found.instance.kind).desk(found)


def draw(
    request: HttpRequest,
    actor: Actor,
    found: WorkItem,
    verbs: frozenset[str],
    form: DecideForm | None,
    remark: RemarkForm | None = None,
) -> HttpResponse:
    """The item's page, with the decision's form when it is the asker's to decide."""
    to_read = "mark_read" in verbs and found.status == Status.OPEN
    if to_read and remark is None:
        remark = RemarkForm(request=request, row=found)
    known = matter(actor, found.instance) | {
        "item": found,
        "form": form,
        "remark": remark if to_read else None,
        "buttons": _buttons(found) if form else [],
        "phrases": phrases(actor) if form or to_read else [],
        "may_claim": "claim" in verbs,
        "desk": _desk(found) if "complete" in verbs else None,
        "may_confirm": "confirm_recorded" in verbs,
        "ways": ways(found, verbs),
        "nav_key": "workflow.circulated" if found.kind == Kind.CC else _nav_key(found),
    }
    return render(request, "inner_workflow/item.html", known)


def _nav_key(found: WorkItem) -> str:
    return "workflow.todo" if found.is_pending else "workflow.done"


def phrases(actor: Actor) -> list[str]:
    """One's own phrases first, then those everybody has."""
    own = [one.text for one in queries.phrases(actor)]
    return list(dict.fromkeys([*own, *COMMON]))


def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision: first what it says is shown once more, then it is carried out."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("workflow:item", args=[pk]))
    actor = access.actor_of(request)
    found = queries.get_item(actor, pk)
    form = make_form(request, found, request.POST)
    if CONFIRMED in request.POST:
        done = f"“{found.title}”已办理：{form.offered.get(form.outcome, '')}。"
        sent = carry_out(
            request,
            form,
            lambda who: actions.complete(who, pk, form.posted_version or 0, **form.given()),
            to=lambda _: reverse("workflow:todo"),
            done=done,
        )
        if sent:
            return sent
    elif not form.is_valid():
        if PHRASE in request.POST and form.outcome:
            return _confirm(request, actor, found, form)
        return draw(request, actor, found, queries.may(actor, found), form)
    return _confirm(request, actor, found, form)


def _confirm(request: HttpRequest, actor: Actor, found: WorkItem, form: DecideForm) -> HttpResponse:
    """What will be said, once more, and still to be changed."""
    node = queries.node_of(found)
    known = {
        "item": found,
        "form": form,
        "outcome": form.offered.get(form.outcome, ""),
        "danger": form.outcome not in YES or (node is not None and form.outcome in node.veto),
        "phrases": phrases(actor),
        "extra": " ".join(form.extra),
    }
    return render(request, "inner_workflow/decide.html", known)


def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """阅知 of a 传阅 copy, with words if the reader has any."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("workflow:item", args=[pk]))
    actor = access.actor_of(request)
    found = queries.get_item(actor, pk)
    form = RemarkForm(request.POST, request=request, row=found, page=item_url(found))
    sent = carry_out(
        request,
        form,
        lambda who: actions.mark_read(who, pk, opinion=form.cleaned_data["opinion"]),
        to=lambda _: reverse("workflow:circulated"),
        done=f"“{found.title}”已阅知。",
    )
    form.put_phrase()
    return sent or draw(request, actor, found, queries.may(actor, found), None, form)
