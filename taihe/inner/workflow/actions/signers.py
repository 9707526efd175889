"""Changing who signs: 加签, 减签, 转办, 改派.  Places that are there are never removed by those who come later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput
from taihe.inner.people.permissions import require

from ..errors import AlreadySigner, CannotDrop
from ..models import Kind, Origin, Status, Verb, WorkItem
from ..models.item import PENDING
from ..permissions import MANAGE
from ..places import Place, places
from ..registry import Signer, subject
from ..seats import Seat, seat_of
from .circulating import pass_on
from .closing import is_base, pending, settle, void
from .handling import SETTLED, sign
from .opening import bring, make_item, names
from .rows import At, at_desk, keep, lock_item, log, require_running, words

Where = Literal["before", "after", "with"]
_ORIGIN = {"before": Origin.BEFORE, "after": Origin.AFTER, "with": Origin.WITH}
_WORD = {"before": "前加签", "after": "后加签", "with": "并加签"}


@action("workflow.add_signers")
def add_signers(
    actor: Actor, pk: int, version: int, *, signers: Sequence[Signer], where: Where, reason: str = ""
) -> list[WorkItem]:
    """Have others sign before, after or beside the actor's item (加签).

    Before: the actor's item waits for them; after: they come once the actor has signed; with: at once.  The
    node closes when all have signed.  Raises AlreadySigner, BadSigner, BadInput, NotYourItem, ItemClosed.
    """
    at = at_desk(actor, pk, version, "加签")
    if at.item.origin == Origin.REWORK:
        raise BadInput(what="退回修改的事项不能加签，请修改后送回。")
    found = chosen(at, signers)
    item, before = at.item, snapshot(at.item)
    made = bring(
        actor,
        at.kind,
        [
            make_item(
                actor, at.instance, at.kind, place, url=item.url, task_id=item.task_id, node=item.node,
                node_title=item.node_title, round=item.round, order=item.order, origin=_ORIGIN[where], parent=item,
                limit_days=item.limit_days, status=Status.WAITING if where == "after" else Status.OPEN,
            )
            for place in found
        ],
    )  # fmt: skip
    if where == "before":
        item.status, item.precedence = Status.WAITING, None
    keep(item, "status", "precedence")
    why = words(reason, "加签说明", most=500)
    log(actor, at.instance, Verb.ADD, item=item, text=f"{_WORD[where]}{names(made)}" + (f"：{why}" if why else ""))
    record(item, before=before, after=snapshot(item), detail={"where": where, "added": [one.pk for one in made]})
    return made


def chosen(at: At, signers: Sequence[Signer]) -> list[Place]:
    """The signers somebody chose, checked.  Raises BadInput, BadSigner, AlreadySigner, or what the module says."""
    if not signers:
        raise BadInput(what="请选择人员或岗位。")
    found = places(signers, chosen=True)
    here = [(one.post_id, one.officer_id) for one in pending(at)]
    for place in found:
        # A place for any holder of a post is a place for each of them.
        own = (
            {place.officer.pk, None} if place.officer else {officer for post, officer in here if post == place.post.pk}
        )
        if any(post == place.post.pk and officer in own for post, officer in here):
            raise AlreadySigner(who=place.name)
    for signer in signers:
        at.kind.guard_signer(at.actor, at.instance, at.item.node, signer)
    return found


@action("workflow.drop_signer")
def drop_signer(actor: Actor, pk: int, version: int, *, reason: str) -> WorkItem:
    """Take away a place that has not signed, or an unread copy (减签); all results are kept.

    By the one who added it; by whoever opened the node only where the module allows it, and never the
    last one the flow chose.  Raises CannotDrop, StaleVersion, FlowClosed.
    """
    item = lock_item(pk, version)
    require_running(item.instance, "减签")
    seat = require_sender(actor, item)
    at = At(actor, item.instance, item, subject(item.instance.kind), seat)
    _check_drop(at)
    why, before = words(reason, "减签原因", least=2, most=500), snapshot(item)
    void(WorkItem.objects.filter(pk=item.pk))
    item.refresh_from_db()
    item.instance = at.instance
    log(actor, at.instance, Verb.DROP, item=item, text=f"减去{item.holder_name}：{why}")
    if item.kind == Kind.DO:
        settle(at)
    else:
        pass_on(at)
    record(item, before=before, after=snapshot(item), detail={"reason": why})
    return item


def require_sender(actor: Actor, item: WorkItem) -> Seat:
    """The desk the item was sent from.  Raises CannotDrop when it is another's."""
    seat = seat_of(actor)
    own = seat is not None and item.sender_post_id == seat.post_id
    if seat is None or not own or item.sender_id not in (seat.officer_id, seat.person_id):
        raise CannotDrop(who=item.holder_name, why="该办理人不是由您添加的")
    return seat


def _check_drop(at: At) -> None:
    item = at.item
    who = item.holder_name
    if item.status not in PENDING:
        raise CannotDrop(who=who, why=f"其状态为“{item.get_status_display()}”，已有结果应予保留")
    if item.kind == Kind.CC or item.is_added:
        return
    if not is_base(item) or not at.kind.opener_may_drop:
        raise CannotDrop(who=who, why="该办理人由流程确定")
    others = WorkItem.objects.filter(instance=at.instance, task_id=item.task_id, kind=Kind.DO).exclude(pk=item.pk)
    if not any(is_base(one) for one in others.filter(status__in=[*PENDING, Status.DONE])):
        raise CannotDrop(who=who, why="该环节只有这一名办理人")


@action("workflow.transfer")
def transfer(actor: Actor, pk: int, version: int, *, signer: Signer, reason: str) -> WorkItem:
    """Hand the actor's item to another and leave (转办); the original deadline stays.  Returns the new item.

    Raises AlreadySigner, BadSigner, BadInput, NotYourItem, ItemClosed, FlowClosed.
    """
    at = at_desk(actor, pk, version, "转办")
    (place,) = chosen(at, [signer])
    why, before = words(reason, "转办原因", least=2, most=500), snapshot(at.item)
    sign(at.item, at.seat, actor, Status.TRANSFERRED)
    at.item.outcome, at.item.outcome_title, at.item.opinion = "transfer", "转办", why
    keep(at.item, *SETTLED)
    new = hand_over(at, place)
    log(actor, at.instance, Verb.TRANSFER, item=at.item, text=f"转{place.name}：{why}", data={"to": new.pk})
    record(at.item, before=before, after=snapshot(at.item), detail={"to": new.pk, "reason": why})
    return new


@action("workflow.reassign")
def reassign(actor: Actor, pk: int, version: int, *, signer: Signer, reason: str) -> WorkItem:
    """A flow manager gives anybody's pending item to another (改派), such as one whose post nobody holds.

    Raises NotAllowed without workflow.manage over the matter's organ, AlreadySigner, BadSigner, ItemClosed.
    """
    item = lock_item(pk, version)
    require(actor, MANAGE, item.instance.organ)
    require_running(item.instance, "改派")
    if item.status != Status.OPEN:
        raise BadInput(what="只有待办状态的事项可以改派。")
    nobody = Seat(item.post_id, item.officer_id or 0, 0)
    at = At(actor, item.instance, item, subject(item.instance.kind), nobody)
    (place,) = chosen(at, [signer])
    why, before = words(reason, "改派原因", least=2, most=500), snapshot(item)
    void(WorkItem.objects.filter(pk=item.pk))
    new = hand_over(at, place)
    text = f"由{item.holder_name}改派{place.name}：{why}"
    log(actor, at.instance, Verb.REASSIGN, item=item, text=text, data={"to": new.pk})
    record(item, before=before, after=snapshot(new), detail={"to": new.pk, "reason": why})
    return new


def hand_over(at: At, place: Place) -> WorkItem:
    """A new item in the old one's place: same visit, order and deadline; whatever hung on the old one follows."""
    old = at.item
    keeps = not is_base(old)
    new = make_item(
        at.actor, at.instance, at.kind, place, url=old.url, kind=old.kind, task_id=old.task_id, node=old.node,
        node_title=old.node_title, round=old.round, order=old.order, limit_days=old.limit_days, due_at=old.due_at,
        due_pending=old.due_pending, origin=old.origin if keeps else Origin.TRANSFERRED,
        parent=old.parent if keeps else old, mandatory=old.mandatory, status=Status.OPEN,
    )  # fmt: skip
    (new,) = bring(at.actor, at.kind, [new])
    below = WorkItem.objects.filter(parent=old, status__in=PENDING).exclude(pk=new.pk)
    below.update(parent=new)
    return new
