"""Readers of the queue, for the operator's shelf."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from ..errors import Missing
from .models import OutboxMessage, Status


def shelved() -> QuerySet[OutboxMessage]:
    """Messages whose patience is used up, oldest first."""
    return OutboxMessage.objects.filter(status=Status.SHELVED).order_by("id")


def discarded() -> QuerySet[OutboxMessage]:
    """Messages a person gave up, newest first."""
    return OutboxMessage.objects.filter(status=Status.DISCARDED).order_by("-id")


def shelf_message(pk: int) -> OutboxMessage:
    """One message that is or was on the shelf.  Raises Missing."""
    row = OutboxMessage.objects.filter(pk=pk).exclude(status=Status.DONE).first()
    if row is None:
        raise Missing(what="这条搁置的任务")
    return row


def waiting_by_queue() -> dict[str, int]:
    """How many messages wait, by queue."""
    rows = OutboxMessage.objects.filter(status=Status.WAITING, every_seconds=None).order_by()
    return {row["queue"]: row["count"] for row in rows.values("queue").annotate(count=Count("id"))}
