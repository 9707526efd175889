"""The only writers of the gate's tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, current_frame, record
from taihe.ground.actor import Actor
from taihe.ground.outbox.actions import enqueue

from .envelope import Envelope, Header, seal
from .errors import LetterStopped
from .letters import GENESIS, LANES, Lane, letter_class
from .letters.gate import Heartbeat, Probe
from .models import InLetter, LaneState, OutLetter, PeerHead, PeerState, ProbeRun, Quarantined
from .posting import post
from .setup import gate_setup


def _lane_state(direction: str, lane: str) -> LaneState:
    state = LaneState.objects.select_for_update().filter(direction=direction, lane=lane).first()
    return state or LaneState.objects.create(direction=direction, lane=lane, digest=GENESIS)


def seal_letter(kind: str, version: int, body: Any) -> OutLetter:
    """Number, chain and sign one letter (gate process, inside its unit of work)."""
    setup, frame = gate_setup(), current_frame()
    shape = letter_class(kind, version)
    if shape is None:
        raise RuntimeError(f"letter {kind} v{version} is not on the whitelist")
    state = _lane_state("out", shape.LANE)
    now = clock.now()
    header = Header(
        sender=setup.zone,
        receiver=setup.peer,
        epoch=state.epoch,
        lane=shape.LANE,
        sequence=state.sequence + 1,
        previous=state.digest,
        kind=kind,
        version=version,
        sent_at=now,
        expires_at=now + shape.EXPIRES,
    )
    data, own = seal(setup.ring, header, body, sm2=setup.sm2)
    state.sequence, state.digest = header.sequence, own
    state.save(update_fields=["sequence", "digest"])
    return OutLetter.objects.create(
        lane=header.lane,
        epoch=header.epoch,
        sequence=header.sequence,
        kind=kind,
        version=version,
        digest=own,
        envelope=data,
        cause=frame.parent,
        created_at=now,
    )


def mark_spooled(letters: Iterable[OutLetter]) -> None:
    """The files of these letters are durable in the outgoing folder."""
    current_frame()
    OutLetter.objects.filter(pk__in=[one.pk for one in letters]).update(spooled_at=clock.now())


def mark_acknowledged(lane: Lane, epoch: int, upto: int, refused: dict[int, str]) -> int:
    """The other zone has everything of a lane up to a number; returns how many letters were settled."""
    current_frame()
    now = clock.now()
    open_letters = OutLetter.objects.filter(lane=lane, epoch=epoch, sequence__lte=upto, status=OutLetter.Status.SENT)
    for sequence, code in refused.items():
        open_letters.filter(sequence=sequence).update(
            status=OutLetter.Status.REFUSED, refusal=code, acked_at=now, envelope=b""
        )
    return open_letters.update(status=OutLetter.Status.ACKED, acked_at=now, envelope=b"")


def lane_in(lane: Lane) -> LaneState:
    """The receiving state of a lane, locked for the running unit of work."""
    current_frame()
    return _lane_state("in", lane)


def accept(state: LaneState, envelope: Envelope) -> InLetter:
    """T1: store a verified letter, advance the lane and queue its handling."""
    header = envelope.header
    _advance(state, envelope)
    row = InLetter.objects.create(
        lane=header.lane,
        epoch=header.epoch,
        sequence=header.sequence,
        kind=header.kind,
        version=header.version,
        digest=envelope.digest,
        body=envelope.body,
        attachments=[one.model_dump() for one in header.attachments],
        sent_at=header.sent_at,
        received_at=clock.now(),
    )
    enqueue("gate.deliver", {"letter": row.pk}, priority=LANES.index(header.lane))
    return row


def _advance(state: LaneState, envelope: Envelope) -> None:
    state.sequence, state.digest = envelope.header.sequence, envelope.digest
    state.save(update_fields=["epoch", "sequence", "digest"])


def quarantine(
    file: str, digest: str, stopped: LetterStopped, state: LaneState | None, envelope: Envelope | None
) -> Quarantined | None:
    """Record what was stopped; a letter whose place in the chain is right takes its number with it.

    Returns None when this very incident is on record already.
    """
    current_frame()
    header = envelope.header if envelope else None
    consumed = stopped.consumes and state is not None and envelope is not None
    if consumed and state is not None and envelope is not None:
        _advance(state, envelope)
    row, made = Quarantined.objects.get_or_create(
        digest=digest,
        code=stopped.code,
        defaults={
            "file": file[:120],
            "lane": header.lane if header else "",
            "epoch": header.epoch if header else None,
            "sequence": header.sequence if header else None,
            "kind": header.kind if header else "",
            "sentence": stopped.sentence()[:300],
            "consumed": consumed,
            "at": clock.now(),
        },
    )
    return row if made else None


def mark_handled(row: InLetter) -> None:
    """T2: the letter's effect is in this transaction."""
    current_frame()
    row.handled_at = clock.now()
    row.save(update_fields=["handled_at", "body"])


def note_heartbeat(letter: Heartbeat) -> None:
    """Keep the other zone's state and the head of its audit chain."""
    current_frame()
    PeerState.objects.update_or_create(
        pk=1, defaults={"heard_at": clock.now(), "sent_at": letter.at, "status": letter.model_dump(mode="json")}
    )
    if letter.audit_number:
        PeerHead.objects.get_or_create(
            number=letter.audit_number, defaults={"head": letter.audit_head, "at": clock.now()}
        )


@action("gate.probe")
def send_probe(actor: Actor, number: int, text: str = "通路测试") -> ProbeRun:
    """Send a probe across; its answer shows the time a crossing takes both ways."""
    row = ProbeRun.objects.create(outgoing=True, number=number, lane=Probe.LANE, at=clock.now())
    post(Probe(number=number, text=text))
    record(row)
    return row


def note_probe(number: int, lane: str) -> None:
    """A probe of the other zone has arrived."""
    current_frame()
    ProbeRun.objects.create(outgoing=False, number=number, lane=lane, at=clock.now())


def note_answer(number: int, arrived_at: datetime) -> None:
    """The other zone has answered a probe of ours."""
    current_frame()
    ProbeRun.objects.filter(outgoing=True, number=number).update(answered_at=clock.now())
