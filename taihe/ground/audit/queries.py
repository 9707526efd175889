"""Readers of the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from .. import clock
from .models import AuditBatch, AuditEntry, AuditSealed

# Entries whose commit took longer than this after their row number was drawn are found by the full sweep only.
SETTLED = timedelta(hours=1)


def _settled_row() -> int:
    """A row number below which everything that will ever commit has committed and was sealed."""
    old = AuditBatch.objects.filter(sealed_at__lt=clock.now() - SETTLED).order_by("-number").first()
    if old is None:
        return 0
    first = AuditSealed.objects.filter(batch=old.number).order_by("entry").first()
    return first.entry if first else 0


def unsealed(limit: int, *, sweep: bool = False) -> list[AuditEntry]:
    """Entries not yet in the chain, oldest row first; `sweep` looks through the whole table."""
    rows: QuerySet[AuditEntry] = AuditEntry.objects.all()
    if not sweep:
        rows = rows.filter(pk__gt=_settled_row())
    placed = AuditSealed.objects.filter(entry=OuterRef("pk"))
    return list(rows.filter(~Exists(placed)).order_by("pk")[:limit])


def chain_head() -> dict[str, Any]:
    """Number and digest of the newest link, as the heartbeat carries it to the other zone."""
    last = AuditBatch.objects.order_by("-number").first()
    return {"number": last.number, "head": last.head} if last else {"number": 0, "head": ""}


def head_of(number: int) -> str | None:
    """The digest of one link, or None when the chain does not reach it (a cut-off tail)."""
    return AuditBatch.objects.filter(number=number).values_list("head", flat=True).first()
