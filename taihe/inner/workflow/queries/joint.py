"""Which of the ticked rows a joint decision can be carried out on, and why not on the others (fixed queries)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from taihe.ground.actor import Actor
from taihe.ground.rules import rule
from taihe.inner.people import permissions
from taihe.inner.people.models import Post

from ..models import Kind, ProcessInstance, Status, WorkItem
from ..permissions import MANAGE, RECORD_FOR
from ..registry import subject
from ..seats import desk_of, on_desk


def offered(actor: Actor, instance: ProcessInstance, items: Sequence[WorkItem]) -> dict[int, set[str]]:
    """urge, record_for, drop_signer, reassign for a flow's pending items: what `may` says, without a query for each."""
    seat, manages = desk_of(actor), permissions.may(actor, MANAGE, instance.organ)
    if instance.status != ProcessInstance.Status.RUNNING:
        return {}
    me = (seat.officer_id, seat.person_id) if seat else ()
    part = seat is not None and (
        manages or instance.starter_id in me or any(one.status == Status.DONE and seat.holds(one) for one in items)
    )
    found: dict[int, set[str]] = {}
    recordable = _recordable(actor, instance, items)
    pending = Counter(one.node for one in items if one.is_pending and one.kind == Kind.DO)
    for item in (one for one in items if one.is_pending):
        verbs = {"reassign"} if manages and item.status == Status.OPEN else set()
        if item.pk in recordable:
            verbs.add("record_for")
        if seat and item.status == Status.OPEN and not seat.holds(item) and (part or item.sender_id in me):
            verbs.add("urge")
        sent = seat is not None and item.sender_post_id == seat.post_id and item.sender_id in me
        if sent and pending[item.node] > 1 and (item.is_added or subject(instance.kind).opener_may_drop):
            verbs.add("drop_signer")
        found[item.pk] = verbs
    return found


def _recordable(actor: Actor, instance: ProcessInstance, items: Sequence[WorkItem]) -> set[int]:
    """The open items of other leaders whose opinion the actor may enter (秘书代录)."""
    paths = permissions.scopes_of(actor, RECORD_FOR)
    others = [
        one
        for one in items
        if one.status == Status.OPEN
        and one.kind == Kind.DO
        and str(one.officer_id) != actor.person_id
        and subject(instance.kind).recordable(instance, one.node)
    ]
    if not paths or not others or actor.kind != "officer":
        return set()
    posts = Post.objects.filter(
        permissions.within(paths, "organ__"),
        pk__in={one.post_id for one in others},
        rank__in=rule("workflow.record_for_ranks"),
    ).values_list("pk", flat=True)
    may_be = set(posts)
    return {one.pk for one in others if one.post_id in may_be}


Picks = Sequence[tuple[int, int]]


@dataclass
class Chosen:
    """Items with the version that was seen, and those left out with a sentence."""

    items: list[tuple[WorkItem, int]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def batch_outcomes(item: WorkItem) -> tuple[str, ...]:
    """Outcomes of the item's kind that may be given jointly."""
    return subject(item.instance.kind).batch_outcomes


def _mine(actor: Actor, picks: Picks, kind: Kind) -> tuple[list[WorkItem], dict[int, int]]:
    seat, versions = desk_of(actor), dict(picks)
    if seat is None:
        return [], versions
    rows = WorkItem.objects.filter(on_desk(seat), pk__in=versions, kind=kind).select_related("instance__definition")
    return [one for one in rows.order_by("precedence", "pk") if seat.covers(one.instance.kind)], versions


def approvable(actor: Actor, picks: Picks) -> Chosen:
    """Open items on the actor's desk whose kind allows 批量同意 at their node."""
    from . import form_of, outcomes

    rows, versions = _mine(actor, picks, Kind.DO)
    chosen = Chosen()
    for one in rows:
        allowed = [key for key, _ in outcomes(one) if key in batch_outcomes(one)]
        if one.status != Status.OPEN or one.paused:
            chosen.left.append((one.title, f"当前状态为“{one.get_status_display()}”"))
        elif not allowed or form_of(one):
            chosen.left.append((one.title, f"“{one.node_title}”环节须逐件办理"))
        else:
            chosen.items.append((one, versions[one.pk]))
    return chosen


def readable(actor: Actor, picks: Picks) -> Chosen:
    """Unread 传阅 copies on the actor's desk."""
    rows, versions = _mine(actor, picks, Kind.CC)
    return Chosen([(one, versions[one.pk]) for one in rows if one.status == Status.OPEN])


def urgeable(actor: Actor, picks: Picks) -> Chosen:
    """Open items of the ticked matters that the actor has started; a matter without any is left out."""
    versions, starter = dict(picks), int(actor.person_id) if actor.person_id.isdigit() else None
    rows = WorkItem.objects.filter(
        instance__in=versions, instance__starter_id=starter, kind=Kind.DO, status=Status.OPEN, paused=False
    ).select_related("instance")
    return Chosen([(one, one.version) for one in rows.order_by("instance_id", "order", "pk")])
