"""Handling an item: claim it, or give outcome and opinion; the last one moves the matter on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput

from ..errors import OpinionRequired, ReadersWait, UnknownOutcome
from ..models import Kind, Origin, Status, Verb, WorkItem
from ..models.item import PENDING
from ..registry import Signer
from ..seats import Seat
from .closing import settle, veto
from .opening import names
from .rows import At, at_desk, keep, log, require_free_place, words

RESUBMIT = ("resubmit", "改后送回")
SETTLED = (
    "status", "precedence", "outcome", "outcome_title", "opinion", "data", "done_by", "done_by_name", "principal",
    "done_at", "officer", "officer_name", "read_at", "read_by_name", "recorded", "recorded_by", "recorded_by_name",
    "recorded_photo", "paused",
)  # fmt: skip


@action("workflow.complete")
def complete(
    actor: Actor, pk: int, version: int, *, outcome: str, opinion: str = "", fields: Mapping[str, Any] | None = None
) -> WorkItem:
    """Give outcome and opinion; the matter moves on with the node's last open place, or at once by a veto.

    `fields` are what the node's own form holds, kept with the item.  Raises NotYourItem, ItemClosed,
    SignersWait, FlowClosed, UnknownOutcome, OpinionRequired, ReadersWait, StaleVersion, NoSigner, and
    whatever the module's guard raises.
    """
    at = at_desk(actor, pk, version, "办理")
    before = snapshot(at.item)
    title = check_outcome(at, outcome, opinion)
    _check_readers(at)
    at.kind.guard(actor, at.item, outcome)
    sign(at.item, at.seat, actor, Status.DONE)
    at.item.data = dict(fields or {})
    decide(at, Verb.COMPLETE, outcome, title, opinion)
    record(at.item, before=before, after=snapshot(at.item), detail={"outcome": outcome, "instance": at.instance.pk})
    return at.item


def check_outcome(at: At, outcome: str, opinion: str) -> str:
    """The outcome's title.  Raises UnknownOutcome, OpinionRequired."""
    if at.item.origin == Origin.REWORK:
        if outcome != RESUBMIT[0]:
            raise UnknownOutcome(node=at.item.node_title)
        return RESUBMIT[1]
    node = at.flow.nodes[at.item.node]
    title = dict(node.outcomes).get(outcome)
    if title is None:
        raise UnknownOutcome(node=node.title)
    if not opinion.strip() and (node.opinion == "required" or outcome in node.explain):
        raise OpinionRequired(outcome=title)
    return title


def _check_readers(at: At) -> None:
    unread = WorkItem.objects.filter(parent=at.item, kind=Kind.CC, mandatory=True, status__in=PENDING)
    waiting = list(unread[:20])
    if waiting:
        raise ReadersWait(who=names(waiting))


def sign(item: WorkItem, seat: Seat, actor: Actor, status: Status) -> None:
    """Write down who settled the item, from which desk (not saved)."""
    now = clock.now()
    item.status, item.precedence, item.paused = status, None, False
    item.done_by_id, item.done_by_name, item.done_at = seat.person_id, str(actor)[:80], now
    if seat.stands_in:
        item.principal_id = seat.officer_id
    if item.officer_id is None:
        item.officer_id = seat.officer_id
        item.officer_name = actor.on_behalf_of or actor.person_name
    if item.read_at is None:
        item.read_at, item.read_by_name = now, str(actor)[:80]


def decide(at: At, verb: Verb, outcome: str, title: str, opinion: str) -> None:
    """Keep the opinion, tell the module, and let the matter go on."""
    item, context = at.item, dict(at.instance.context)
    item.outcome, item.outcome_title, item.opinion = outcome, title, words(opinion, "意见")
    keep(item, *SETTLED)
    log(at.actor, at.instance, verb, item=item, text=item.opinion, data={"outcome": outcome, "title": title})
    at.kind.decided(at.actor, at.instance, item)
    kept = at.instance.version
    if item.origin != Origin.REWORK and outcome in at.flow.nodes[item.node].veto:
        veto(at)
    else:
        settle(at)
    if at.instance.version == kept and at.instance.context != context:
        keep(at.instance, "context")


@action("workflow.claim")
def claim(actor: Actor, pk: int, version: int) -> WorkItem:
    """Take an item that lies with all holders of the post (签领).

    Raises NotYourItem when another holder was faster, ItemClosed, FlowClosed, StaleVersion.
    """
    at = at_desk(actor, pk, version, "签领")
    if at.item.officer_id is not None:
        raise BadInput(what="该待办已由您签领。" if at.item.claimed_at else "该待办已指定由您办理，无须签领。")
    before = snapshot(at.item)
    at.kind.guard_signer(actor, at.instance, at.item.node, Signer(at.seat.post_id, at.seat.officer_id))
    at.item.officer_id, at.item.officer_name = at.seat.officer_id, actor.on_behalf_of or actor.person_name
    at.item.claimed_at = clock.now()
    require_free_place(at.item)
    keep(at.item, "officer", "officer_name", "claimed_at")
    log(actor, at.instance, Verb.CLAIM, item=at.item)
    record(at.item, before=before, after=snapshot(at.item))
    return at.item


@action("workflow.release_claim")
def release_claim(actor: Actor, pk: int, version: int) -> WorkItem:
    """Give a claimed item back to the post.  Raises BadInput for one that was meant for the person."""
    at = at_desk(actor, pk, version, "退签领")
    if at.item.claimed_at is None:
        raise BadInput(what="该待办指定由您办理，不能退回岗位；需要他人办理的，请转办。")
    before = snapshot(at.item)
    release(at.item)
    log(actor, at.instance, Verb.RELEASE, item=at.item)
    record(at.item, before=before, after=snapshot(at.item))
    return at.item


def release(item: WorkItem) -> None:
    """The item is for any holder of the post again, and unread."""
    item.officer, item.officer_name, item.claimed_at = None, "", None
    item.read_at, item.read_by_name = None, ""
    keep(item, "officer", "officer_name", "claimed_at", "read_at", "read_by_name")
