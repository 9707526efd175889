"""Readers of the gate's state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, QuerySet, Subquery, Value

from taihe.ground.errors import Missing
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.models import Status as OutboxStatus

from .letters import LANES
from .models import Alarm, InLetter, LaneState, OutLetter, PeerHead, PeerState, ProbeRun, Quarantined
from .setup import gate_setup


def newest_peer_head() -> dict[str, Any]:
    """The newest link of the other zone's audit chain kept here."""
    row = PeerHead.objects.order_by("-number").first()
    return {"number": row.number, "head": row.head} if row else {"number": 0, "head": ""}


def kept_heads() -> dict[int, str]:
    """Every head of the other zone's audit chain kept here, by link number."""
    return dict(PeerHead.objects.order_by("number").values_list("number", "head"))


def peer_heard_at() -> datetime | None:
    """When the other zone was last heard, on this zone's clock; None when it never was."""
    return PeerState.objects.values_list("heard_at", flat=True).first()


def peer_versions() -> dict[str, int] | None:
    """The newest version of each kind the other zone can read, as it last told; None when it never did."""
    told = PeerState.objects.values_list("status", flat=True).first()
    return dict(told["knows"]) if told and "knows" in told else None


def peer_reads(kind: str, version: int) -> bool:
    """Whether the other zone can read a version of a kind; a zone never heard is taken to be up to date."""
    known = peer_versions()
    return known is None or known.get(kind, 0) >= version


def oldest_waiting(kind: str) -> datetime | None:
    """Since when the oldest unacknowledged letter of a kind waits; None when none does."""
    waiting = OutLetter.objects.filter(kind=kind, status=OutLetter.Status.SENT)
    return waiting.order_by("created_at").values_list("created_at", flat=True).first()


def _counted(rows: QuerySet[Any], what: str) -> Any:
    return rows.order_by().values(what=Value(what)).annotate(count=Count("id"))


def own_counts() -> dict[str, int]:
    """What waits at this half: unacknowledged letters, letters lost for good, shelved messages, open quarantine."""
    status = OutLetter.Status
    found = _counted(OutLetter.objects.filter(status=status.SENT), "waiting").union(
        _counted(OutLetter.objects.filter(status=status.GONE), "gone"),
        _counted(OutboxMessage.objects.filter(status=OutboxStatus.SHELVED), "shelved"),
        _counted(open_quarantine(), "quarantined"),
    )
    counts = {"waiting": 0, "gone": 0, "shelved": 0, "quarantined": 0}
    return counts | {one["what"]: one["count"] for one in found}


def open_alarms() -> list[dict[str, Any]]:
    """Alarms nobody has closed, oldest first."""
    rows = Alarm.objects.filter(closed_at=None).order_by("raised_at")
    return [dict(one) for one in rows.values("kind", "subject", "sentence", "raised_at", "last_at", "times")]


def files_to_send(*, waiting_only: bool = False) -> set[str]:
    """Digests of attachments that letters not yet forgotten travel with; `waiting_only`: not yet acknowledged."""
    letters = OutLetter.objects.filter(enclosed__gt=0).exclude(envelope=b"")
    if waiting_only:
        letters = letters.filter(next_at__isnull=False)
    needed = {note["sha256"] for notes in letters.values_list("attachments", flat=True) for note in notes}
    posted = OutboxMessage.objects.filter(kind="gate.seal").exclude(status=OutboxStatus.DONE)
    return needed | {note["sha256"] for one in posted.iterator() for note in one.payload.get("attachments", ())}


def files_to_handle() -> set[str]:
    """Digests of received attachments whose letters are not yet carried out."""
    letters = InLetter.objects.filter(handled_at=None, enclosed__gt=0)
    return {sha256 for files in letters.values_list("attachments", flat=True) for sha256 in files}


def files_held() -> set[str]:
    """Digests of attachments that a person may still let in."""
    rows = Quarantined.objects.filter(closed_at=None).exclude(files=[])
    return {sha256 for files in rows.values_list("files", flat=True) for sha256 in files}


def _lane_out(state: LaneState) -> dict[str, Any]:
    return {
        "lane": state.lane,
        "epoch": state.epoch,
        "sequence": state.sequence,
        "acked": state.acked_sequence if state.acked_epoch == state.epoch else 0,
        "waiting": getattr(state, "waiting", None) or 0,
        "oldest_at": getattr(state, "oldest", None),
        "moved_at": state.moved_at,
        "held": state.held,
        "held_text": state.get_held_display() if state.held else "",
    }


def _lane_in(state: LaneState) -> dict[str, Any]:
    return {
        "lane": state.lane,
        "epoch": state.epoch,
        "sequence": state.sequence,
        "gap_since": state.gap_since,
        "gap_next": state.gap_next,
        "moved_at": state.moved_at,
    }


def alarms(*, closed: bool) -> QuerySet[Alarm]:
    """Closed alarms newest first, or open ones oldest first."""
    rows = Alarm.objects.filter(closed_at__isnull=not closed)
    return rows.order_by("-closed_at", "-id") if closed else rows.order_by("raised_at", "id")


def alarm(pk: int) -> Alarm:
    """One alarm.  Raises Missing."""
    row = Alarm.objects.filter(pk=pk).first()
    if row is None:
        raise Missing(what="这条告警")
    return row


def _lanes() -> list[LaneState]:
    """Every lane with its unacknowledged letters: how many, and since when the oldest waits."""
    sent = OutLetter.objects.filter(status=OutLetter.Status.SENT, lane=OuterRef("lane")).order_by().values("lane")
    states = LaneState.objects.annotate(
        waiting=Subquery(sent.annotate(found=Count("id")).values("found")),
        oldest=Subquery(sent.annotate(found=Min("created_at")).values("found")),
    )
    return sorted(states, key=lambda one: LANES.index(one.lane))


def lanes_out() -> list[dict[str, Any]]:
    """The lanes this zone sends in."""
    return [_lane_out(one) for one in _lanes() if one.direction == "out"]


def gate_status() -> dict[str, Any]:
    """What an operator looks at: lanes both ways, counts, alarms, and when the other zone was last heard.

    `as_of` is the moment of the last thing heard from the other zone: 「状态截至 09:31」.
    """
    states, peer, setup = _lanes(), PeerState.objects.first(), gate_setup()
    return {
        "zone": setup.zone,
        "peer_zone": setup.peer,
        "acknowledged": setup.acknowledged,
        "out": [_lane_out(one) for one in states if one.direction == "out"],
        "in": [_lane_in(one) for one in states if one.direction == "in"],
        "counts": own_counts(),
        "alarms": open_alarms(),
        "as_of": peer.heard_at if peer else None,
        "peer": peer.status if peer else {},
    }


def open_quarantine() -> QuerySet[Quarantined]:
    """What was stopped and nobody has dealt with yet, oldest first."""
    return Quarantined.objects.filter(closed_at=None).order_by("id")


def closed_quarantine() -> QuerySet[Quarantined]:
    """What was stopped and dealt with, newest first."""
    return Quarantined.objects.filter(closed_at__isnull=False).order_by("-id")


def quarantined(pk: int) -> Quarantined:
    """One record of something stopped.  Raises Missing."""
    row = Quarantined.objects.filter(pk=pk).first()
    if row is None:
        raise Missing(what="这条隔离记录")
    return row


def troubled_letters() -> QuerySet[OutLetter]:
    """Letters of this zone that the other refused or lost for good, newest first, without their envelopes."""
    trouble = OutLetter.objects.filter(status__in=[OutLetter.Status.REFUSED, OutLetter.Status.GONE])
    return trouble.defer("envelope").order_by("-id")


def recent_probes(count: int = 5) -> list[ProbeRun]:
    """The last probes sent from here, newest first."""
    return list(ProbeRun.objects.filter(outgoing=True).order_by("-id")[:count])


def probe_run(pk: int) -> ProbeRun:
    """One probe, as it stands now.  Raises Missing."""
    row = ProbeRun.objects.filter(pk=pk).first()
    if row is None:
        raise Missing(what="这次通路测试")
    return row
