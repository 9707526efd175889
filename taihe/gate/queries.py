"""Readers of the gate's state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.models import Status as OutboxStatus

from .models import LaneState, OutLetter, PeerHead, PeerState, Quarantined


def newest_peer_head() -> dict[str, Any]:
    """The newest link of the other zone's audit chain kept here."""
    row = PeerHead.objects.order_by("-number").first()
    return {"number": row.number, "head": row.head} if row else {"number": 0, "head": ""}


def own_counts() -> dict[str, int]:
    """What waits at this half: unacknowledged letters, shelved messages, open quarantine."""
    return {
        "waiting": OutLetter.objects.filter(status=OutLetter.Status.SENT).count(),
        "shelved": OutboxMessage.objects.filter(status=OutboxStatus.SHELVED).count(),
        "quarantined": Quarantined.objects.filter(closed_at=None).count(),
    }


def gate_status() -> dict[str, Any]:
    """What an operator looks at: lanes, counts, and when the other zone was last heard."""
    peer = PeerState.objects.first()
    return {
        "lanes": list(LaneState.objects.order_by("direction", "lane").values("direction", "lane", "epoch", "sequence")),
        "counts": own_counts(),
        "peer_heard_at": peer.heard_at if peer else None,
        "peer": peer.status if peer else {},
    }


def kept_heads() -> dict[int, str]:
    """Every head of the other zone's audit chain kept here, by link number."""
    return dict(PeerHead.objects.order_by("number").values_list("number", "head"))


def peer_heard_at() -> datetime | None:
    """When the other zone was last heard, on this zone's clock; None when it never was."""
    return PeerState.objects.values_list("heard_at", flat=True).first()
