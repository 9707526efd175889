"""What somebody may see, and which buttons a page may offer; the actions check again."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.ground.rules import rule
from taihe.inner.people import permissions

from ..actions.pausing import steers
from ..models import Kind, Origin, ProcessInstance, Recorded, Status, WorkItem
from ..permissions import MANAGE, RECORD_FOR
from ..registry import subject, subjects
from ..seats import Seat, desk_of, on_desk

Status_ = ProcessInstance.Status


def may_view(actor: Actor, instance: ProcessInstance) -> bool:
    """Whether the actor may see the flow: whoever has or had a part in it, a flow manager, or whom the module lets."""
    if actor.kind == "system" or permissions.may(actor, MANAGE, instance.organ):
        return True
    seat = desk_of(actor)
    if seat is not None and seat.covers(instance.kind) and _has_part(seat, instance):
        return True
    if _records_for(actor, instance):
        return True
    matter = subjects().get(instance.kind)
    return matter is not None and matter.may_view(actor, instance)


def _has_part(seat: Seat, instance: ProcessInstance) -> bool:
    if instance.starter_id in (seat.officer_id, seat.person_id):
        return True
    known: dict[Seat, bool] = instance.__dict__.setdefault("_parts", {})  # a page asks twice
    if seat not in known:
        rows = WorkItem.objects.filter(instance=instance)
        known[seat] = rows.filter(on_desk(seat)).exists() or rows.filter(done_by=seat.person_id).exists()
    return known[seat]


def _records_for(actor: Actor, instance: ProcessInstance) -> bool:
    """Secretaries see what lies, or lay, with the leaders they record for."""
    paths = permissions.scopes_of(actor, RECORD_FOR)
    if not paths:
        return False
    rows = WorkItem.objects.filter(
        permissions.within(paths, "post__organ__"), instance=instance, post__rank__in=rule("workflow.record_for_ranks")
    )
    return rows.exists()


def may(actor: Actor, item: WorkItem) -> frozenset[str]:
    """Which actions the page may offer: names of the functions in `actions`."""
    instance, seat = item.instance, desk_of(actor)
    running = instance.status == Status_.RUNNING
    found: set[str] = set()
    if seat is not None and seat.covers(instance.kind) and seat.holds(item):
        found |= _own(item, running)
    if seat is not None and _is_my_opinion(seat, item):
        found.add("confirm_recorded")
    if running and item.status == Status.OPEN:
        found |= _others(actor, seat, item)
    if running and item.status in (Status.OPEN, Status.WAITING) and seat is not None and _sent(seat, item):
        if item.kind == Kind.CC or item.is_added or subject(instance.kind).opener_may_drop:
            found.add("drop_signer")
    return frozenset(found)


def _own(item: WorkItem, running: bool) -> set[str]:
    """What one may do with an item on the own desk."""
    if item.kind == Kind.CC:
        return {"mark_read", "circulate"}
    if not running:
        return {"circulate"}
    if item.status == Status.DONE and not item.recorded:
        return {"withdraw", "circulate"}
    if item.status != Status.OPEN:
        return {"circulate"}
    found = {"complete", "transfer", "circulate"}
    if item.officer_id is None:
        found.add("claim")
    if item.claimed_at is not None:
        found.add("release_claim")
    if item.origin != Origin.REWORK:
        found.add("add_signers")
        if not item.is_added:
            found.add("send_back")
    return found


def _sent(seat: Seat, item: WorkItem) -> bool:
    return item.sender_post_id == seat.post_id and item.sender_id in (seat.officer_id, seat.person_id)


def _is_my_opinion(seat: Seat, item: WorkItem) -> bool:
    return item.recorded == Recorded.PENDING and not seat.stands_in and item.done_by_id == seat.person_id


def _others(actor: Actor, seat: Seat | None, item: WorkItem) -> set[str]:
    """What one may do with an open item on another's desk."""
    from ..actions.circulating import may_urge

    found = {"urge"} if may_urge(actor, seat, item) else set()
    if permissions.may(actor, MANAGE, item.instance.organ):
        found.add("reassign")
    own = actor.kind == "officer" and item.officer_id == int(actor.person_id)
    if item.kind == Kind.DO and not own and item.post.rank in rule("workflow.record_for_ranks"):
        allowed = subject(item.instance.kind).recordable(item.instance, item.node)
        if allowed and permissions.may(actor, RECORD_FOR, item.post.organ):
            found.add("record_for")
    return found


def may_instance(actor: Actor, instance: ProcessInstance) -> frozenset[str]:
    """suspend, resume, cancel, withdraw_start, circulate: which the flow's page may offer."""
    found: set[str] = set()
    if instance.is_open and steers(actor, instance):
        found |= {"cancel", "suspend" if instance.status == Status_.RUNNING else "resume"}
    seat = desk_of(actor)
    if seat is None:
        return frozenset(found)
    if instance.status == Status_.RUNNING and instance.starter_id in (seat.person_id, seat.officer_id):
        touched = WorkItem.objects.filter(instance=instance).exclude(status__in=[Status.OPEN, Status.WAITING])
        read = WorkItem.objects.filter(instance=instance, read_at__isnull=False)
        if not touched.exists() and not read.exists():
            found.add("withdraw_start")
    if instance.status != Status_.CANCELLED and _has_part(seat, instance):
        found.add("circulate")
    return frozenset(found)
