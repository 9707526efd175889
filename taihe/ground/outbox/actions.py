"""The only writers of the queue: actions enqueue, the worker settles, operators retry or discard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction

from .. import clock
from ..action import action, current_frame, record
from ..actor import Actor
from ..errors import BadInput, Missing
from .models import OutboxMessage, Status
from .registry import Registration, recurring_jobs, registration

LEASE = timedelta(minutes=5)


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    dedupe: str | None = None,
    not_before: datetime | None = None,
    priority: int = 5,
) -> OutboxMessage | None:
    """Promise an effect in the running action's own transaction.

    `dedupe` names the effect: while one of that name waits, a second is not added (None is
    returned).  Raises NotRecorded outside an action.
    """
    frame = current_frame()
    known = registration(kind)
    if known is None:
        raise RuntimeError(f"outbox kind {kind} is not registered")
    now = clock.now()
    row = OutboxMessage(
        queue=known.queue,
        kind=kind,
        payload=payload or {},
        dedupe=dedupe,
        priority=priority,
        not_before=not_before or now,
        cause=frame.event,
        created_at=now,
    )
    while not (dedupe and _hold_waiting(dedupe)):
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            if not dedupe:
                raise
            continue  # another act promised the same at this very moment: look again
        return row
    return None


def _hold_waiting(dedupe: str) -> bool:
    """Whether a message of this name waits; it is held until this act commits.

    So the worker cannot carry it out on the state before the act: it either ran before, and a new
    message is added, or it runs afterwards and sees what the act changed.
    """
    rows = OutboxMessage.objects.select_for_update().filter(dedupe=dedupe, status=Status.WAITING)
    return rows.values_list("pk", flat=True).first() is not None


def enqueue_many(kind: str, payloads: Sequence[dict[str, Any]], *, priority: int = 5) -> None:
    """Promise many effects of one kind at once, all due now.  Raises NotRecorded outside an action."""
    frame, known, now = current_frame(), registration(kind), clock.now()
    if known is None:
        raise RuntimeError(f"outbox kind {kind} is not registered")
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            queue=known.queue,
            kind=kind,
            payload=payload,
            priority=priority,
            not_before=now,
            cause=frame.event,
            created_at=now,
        )
        for payload in payloads
    )


def ensure_recurring(queue: str) -> None:
    """When a queue's worker starts: free what a dead worker held, and see that every recurring job waits."""
    current_frame()
    now = clock.now()
    OutboxMessage.objects.filter(queue=queue, status=Status.WAITING, leased_until__isnull=False).update(
        leased_until=None, not_before=now
    )
    for job in recurring_jobs(queue):
        row = OutboxMessage.objects.filter(dedupe=f"recurring:{job.kind}", status=Status.WAITING).first()
        if row is None:
            OutboxMessage.objects.create(
                queue=queue,
                kind=job.kind,
                dedupe=f"recurring:{job.kind}",
                every_seconds=job.every_seconds,
                not_before=now,
                created_at=now,
                priority=1,
            )
        elif row.every_seconds != job.every_seconds or row.queue != queue:
            row.every_seconds, row.queue = job.every_seconds, queue
            row.save(update_fields=["every_seconds", "queue"])


def take_due(queue: str, limit: int) -> list[OutboxMessage]:
    """Lock the messages that are due; other workers skip them (PostgreSQL) or wait (SQLite)."""
    now = clock.now()
    rows = OutboxMessage.objects.filter(queue=queue, status=Status.WAITING, not_before__lte=now)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    return list(rows.order_by("priority", "not_before", "pk")[:limit])


def lease(row: OutboxMessage) -> None:
    """Reserve a message for a handler that runs outside the transaction."""
    row.leased_until = row.not_before = clock.now() + LEASE
    if not row.every_seconds:
        row.dedupe = None  # it may already have read the state: whatever changes from now on needs a new message
    row.save(update_fields=["leased_until", "not_before", "dedupe"])


def settle_done(row: OutboxMessage) -> None:
    """Mark a message as carried out; a recurring one is set for its next time."""
    row.attempts, row.last_error, row.leased_until = 0, "", None
    if row.every_seconds:
        row.not_before = clock.now() + timedelta(seconds=row.every_seconds)
    else:
        row.status, row.finished_at = Status.DONE, clock.now()
    row.save(update_fields=["attempts", "last_error", "leased_until", "not_before", "status", "finished_at"])


def settle_many_done(rows: Sequence[OutboxMessage]) -> None:
    """Mark messages as carried out in one stroke and forget what they carried: it lives elsewhere now."""
    current_frame()
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(
        status=Status.DONE, finished_at=clock.now(), attempts=0, last_error="", payload={}
    )


def postpone(rows: Sequence[OutboxMessage], until: datetime) -> None:
    """Let messages wait without counting it as a failed try."""
    current_frame()
    OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).update(not_before=until)


def settle_failed(row: OutboxMessage, known: Registration | None, error: str) -> None:
    """Count a failed try: set a later time, or put the message on the shelf when patience is used up."""
    row.attempts += 1
    row.last_error, row.leased_until = error[:2000], None
    if known is None or (not row.every_seconds and row.attempts >= known.max_attempts):
        row.status = Status.SHELVED
    else:
        row.not_before = clock.now() + timedelta(seconds=known.pause(row.attempts))
    row.save(update_fields=["attempts", "last_error", "leased_until", "not_before", "status"])


def _shelved(pk: int) -> OutboxMessage:
    row = OutboxMessage.objects.select_for_update().filter(pk=pk, status=Status.SHELVED).first()
    if row is None:
        raise Missing(what="这条搁置的任务")
    return row


@action("outbox.retry")
def retry_shelved(actor: Actor, pk: int) -> OutboxMessage:
    """Take a message off the shelf and let the worker try again from the start."""
    row = _shelved(pk)
    row.status, row.attempts, row.not_before = Status.WAITING, 0, clock.now()
    with transaction.atomic():
        row.save(update_fields=["status", "attempts", "not_before"])
    record(row, detail={"kind": row.kind, "error": row.last_error[:200]})
    return row


@action("outbox.discard")
def discard_shelved(actor: Actor, pk: int, reason: str) -> OutboxMessage:
    """Give up a message for good; the reason stays with it.  Raises BadInput without a reason."""
    if len(reason.strip()) < 4:
        raise BadInput(what="请写明作废原因（不少于4个字）。")
    row = _shelved(pk)
    row.status, row.reason, row.finished_at = Status.DISCARDED, reason.strip()[:200], clock.now()
    row.save(update_fields=["status", "reason", "finished_at"])
    record(row, detail={"kind": row.kind, "reason": row.reason})
    return row


def purge_finished(keep: timedelta) -> int:
    """Remove messages carried out longer ago than `keep`; their acts stay in the audit record."""
    current_frame()
    removed, _ = OutboxMessage.objects.filter(status=Status.DONE, finished_at__lt=clock.now() - keep).delete()
    return removed
