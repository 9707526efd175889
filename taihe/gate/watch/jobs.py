"""What the worker does by the clock for the passage: heartbeats, and a look at what stands still."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from taihe.ground import clock
from taihe.ground.action import current_frame
from taihe.ground.audit.queries import chain_head
from taihe.ground.outbox.registry import handler, recurring
from taihe.ground.rules import rule

from ..letters.base import known_versions
from ..letters.gate import Heartbeat, TroubleNote
from ..models import Alarm, LaneState, OutLetter
from ..posting import post
from ..queries import newest_peer_head, oldest_waiting, open_alarms, own_counts, peer_heard_at
from ..setup import gate_setup
from ..titles import lane_title
from .actions import clear_alarm, raise_alarm

MOST_ALARMS = 50
# So many heartbeats may be on their way at once.
PILE_UP = 3


@recurring("gate.heartbeat", every_seconds=gate_setup().heartbeat_seconds)
def send_heartbeat() -> None:
    """Tell the other zone that this one lives, what is wrong here, and the head of its audit chain.

    While earlier ones stay unacknowledged no more are added: they would only pile up before a silent zone.
    """
    patience = timedelta(seconds=PILE_UP * gate_setup().heartbeat_seconds)
    oldest = oldest_waiting(Heartbeat.KIND)
    if oldest is not None and clock.now() - oldest > patience:
        return
    head, peer, counts = chain_head(), newest_peer_head(), own_counts()
    alarms = open_alarms()[:MOST_ALARMS]
    post(
        Heartbeat(
            at=clock.now(),
            waiting=counts["waiting"],
            shelved=counts["shelved"],
            quarantined=counts["quarantined"],
            alarms=tuple(
                TroubleNote(kind=one["kind"], sentence=one["sentence"], since=one["raised_at"]) for one in alarms
            ),
            knows=known_versions(),
            audit_number=head["number"],
            audit_head=head["head"],
            peer_audit_number=peer["number"],
            peer_audit_head=peer["head"],
        )
    )


@handler("gate.tell")
def tell_at_once(_payload: dict[str, Any]) -> None:
    """An alarm was raised: the other zone hears of it before the next heartbeat is due."""
    send_heartbeat()


@recurring("gate.watch", every_seconds=15)
def watch() -> None:
    """Look for what stands still: gaps, jumps, silence, letters that nobody acknowledges."""
    current_frame()
    watch_gaps()
    watch_peer()
    watch_unacknowledged()


def watch_gaps() -> None:
    """Alarms for lanes that wait for a missing letter too long, or have jumped too far."""
    patience, jump = timedelta(minutes=rule("gate.gap_minutes")), rule("gate.jump_letters")
    for state in LaneState.objects.filter(direction="in"):
        gap = bool(state.gap_since)
        since = f"{clock.local(state.gap_since):%H:%M}" if state.gap_since else ""
        missing = f"{lane_title(state.lane)}缺第 {state.sequence + 1} 号"
        if state.gap_next == state.sequence + 1:
            missing += "的附件"
        if gap and state.gap_since and clock.now() - state.gap_since > patience:
            raise_alarm(Alarm.Kind.GAP, state.lane, f"{missing}，自 {since} 起等待补发。")
        far = gap and state.gap_next - state.sequence > jump
        if far:
            raise_alarm(
                Alarm.Kind.JUMP,
                state.lane,
                f"{missing}，而对方已发到第 {state.gap_next} 号，请核对对方区是否丢失信件。",
            )
        else:
            clear_alarm(Alarm.Kind.JUMP, state.lane)


def watch_peer() -> None:
    """An alarm when the other zone was not heard for several heartbeats; a zone never heard is not missed."""
    heard = peer_heard_at()
    allowed = timedelta(seconds=gate_setup().heartbeat_seconds * rule("gate.silent_heartbeats"))
    if heard and clock.now() - heard > allowed:
        raise_alarm(Alarm.Kind.SILENT, "", f"对方区自 {clock.local(heard):%m-%d %H:%M:%S} 起没有心跳。")


def watch_unacknowledged() -> None:
    """An alarm per lane whose oldest letter has not been acknowledged for too long."""
    limit = clock.now() - timedelta(minutes=rule("gate.unacked_minutes"))
    for state in LaneState.objects.filter(direction="out"):
        open_letters = OutLetter.objects.filter(lane=state.lane, status=OutLetter.Status.SENT)
        oldest = open_letters.order_by("epoch", "sequence").values_list("created_at", flat=True).first()
        if oldest and oldest < limit:
            raise_alarm(
                Alarm.Kind.UNACKNOWLEDGED,
                state.lane,
                f"{lane_title(state.lane)}自 {clock.local(oldest):%m-%d %H:%M} 起有信件未获对方确认。",
            )
        else:
            clear_alarm(Alarm.Kind.UNACKNOWLEDGED, state.lane)
