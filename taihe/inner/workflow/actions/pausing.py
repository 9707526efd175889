"""Suspending a flow so that the working-day clock stops, resuming it, cancelling it."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.workdays.queries import calendar
from taihe.inner.people.permissions import may, require

from ..deadlines import pause, set_deadlines
from ..errors import FlowClosed
from ..models import ProcessInstance, Status, Verb, WorkItem
from ..models.item import PENDING
from ..permissions import MANAGE
from ..registry import subject
from ..seats import seat_of
from .closing import void
from .rows import keep, lock_instance, log, require_running, words

INSTANCE = ProcessInstance.Status


def steers(actor: Actor, instance: ProcessInstance) -> bool:
    """Whether the actor may suspend or cancel: the starter from the desk it was started at, or a flow manager."""
    if may(actor, MANAGE, instance.organ):
        return True
    seat = seat_of(actor)
    return (
        seat is not None
        and instance.starter_post_id == seat.post_id
        and instance.starter_id in (seat.officer_id, seat.person_id)
    )


def _locked(actor: Actor, pk: int, version: int | None) -> ProcessInstance:
    instance = lock_instance(pk, version)
    if not steers(actor, instance):
        require(actor, MANAGE, instance.organ)
    return instance


@action("workflow.suspend")
def suspend(actor: Actor, pk: int, version: int, *, reason: str) -> ProcessInstance:
    """Stop the flow and its clock: by the starter or a flow manager.  Raises NotAllowed, FlowClosed, StaleVersion."""
    instance = _locked(actor, pk, version)
    require_running(instance, "暂停")
    why = words(reason, "暂停原因", least=2, most=200)
    hold(actor, instance, why)
    record(instance, after={"status": instance.status}, detail={"reason": why})
    return instance


def hold(actor: Actor, instance: ProcessInstance, why: str) -> None:
    """Suspend a locked, running instance with a line in its log."""
    instance.status, instance.suspended_at, instance.suspended_reason = INSTANCE.SUSPENDED, clock.now(), why[:200]
    keep(instance, "status", "suspended_at", "suspended_reason")
    WorkItem.objects.filter(instance=instance, status__in=PENDING).update(paused=True)
    log(actor, instance, Verb.SUSPEND, text=why)


@action("workflow.resume")
def resume(actor: Actor, pk: int, version: int) -> ProcessInstance:
    """Go on; deadlines move by the working days that passed.  Raises NotAllowed, FlowClosed, StaleVersion."""
    instance = _locked(actor, pk, version)
    if instance.status != INSTANCE.SUSPENDED or instance.suspended_at is None:
        raise FlowClosed(title=instance.title, status=instance.get_status_display(), verb="恢复")
    span = pause(instance.suspended_at, clock.now())
    if span:
        instance.pauses = [*instance.pauses, list(span)]
    instance.status, instance.suspended_at, instance.suspended_reason = INSTANCE.RUNNING, None, ""
    keep(instance, "status", "suspended_at", "suspended_reason", "pauses")
    moved = _move_deadlines(instance) if span else 0
    WorkItem.objects.filter(instance=instance, status__in=PENDING).update(paused=False)
    log(actor, instance, Verb.RESUME, text=f"{moved} 项待办的期限顺延" if moved else "")
    record(instance, after={"status": instance.status}, detail={"pause": span, "moved": moved})
    return instance


def _move_deadlines(instance: ProcessInstance) -> int:
    """Count the open items again without the days of the pauses."""
    rows = list(WorkItem.objects.filter(instance=instance, status=Status.OPEN, limit_days__isnull=False))
    set_deadlines(calendar(), rows, law=subject(instance.kind).legal_clock, pauses=instance.pauses)
    WorkItem.objects.bulk_update(rows, ["due_at", "due_pending", "precedence"])
    return len(rows)


@action("workflow.cancel")
def cancel(actor: Actor, pk: int, version: int | None = None, *, reason: str) -> ProcessInstance:
    """End the flow without a result (撤销): by the starter or a flow manager, if the module agrees.

    A module that cancels its own matter passes no version.  Raises NotAllowed, FlowClosed, StaleVersion.
    """
    instance = _locked(actor, pk, version)
    if not instance.is_open:
        raise FlowClosed(title=instance.title, status=instance.get_status_display(), verb="撤销")
    matter = subject(instance.kind)
    matter.guard_cancel(actor, instance)
    why = words(reason, "撤销原因", least=2, most=500)
    ended = void(WorkItem.objects.filter(instance=instance, status__in=PENDING))
    instance.status, instance.closed_at, instance.suspended_at = INSTANCE.CANCELLED, clock.now(), None
    keep(instance, "status", "closed_at", "suspended_at")
    log(actor, instance, Verb.CANCEL, text=why, data={"ended": ended})
    matter.cancelled(actor, instance, why)
    record(instance, after={"status": instance.status}, detail={"reason": why, "ended": ended})
    return instance
