"""The only writers of the gate's lanes and letters (what watches over them has actions of its own in `watch`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q

from taihe.ground import clock
from taihe.ground.action import current_frame
from taihe.ground.outbox.actions import enqueue_many
from taihe.ground.rules import rule

from . import errors
from .enclosures import part_names
from .envelope import Carried, Envelope, Header, Place, file_name, seal
from .letters import GENESIS, LANES, Lane, letter_class
from .letters.gate import Heartbeat
from .models import Alarm, InLetter, LaneState, OutLetter, Quarantined
from .posting import Posted
from .setup import GateSetup, gate_setup
from .sweeping import forget_received
from .titles import lane_title
from .watch.actions import clear_alarm, raise_alarm

# The pause before a letter is sent again doubles up to this many times the first one.
LONGEST_PAUSE = 8


def lane_state(direction: str, lane: str) -> LaneState:
    """The state of a lane, locked for the running unit of work."""
    current_frame()
    state = LaneState.objects.select_for_update().filter(direction=direction, lane=lane).first()
    return state or LaneState.objects.create(direction=direction, lane=lane, digest=GENESIS)


# Sending ---------------------------------------------------------------------------------------


def _sealed(setup: GateSetup, state: LaneState, posted: Posted, cause: str) -> OutLetter:
    """One letter, numbered, chained and signed; the lane moves on in memory."""
    shape = letter_class(posted.kind, posted.version)
    if shape is None:
        raise RuntimeError(f"letter {posted.kind} v{posted.version} is not on the whitelist")
    now = clock.now()
    header = Header(
        letter_id=posted.letter_id,
        sender=setup.zone,
        receiver=setup.peer,
        epoch=state.epoch,
        lane=shape.LANE,
        sequence=state.sequence + 1,
        previous=state.digest,
        kind=posted.kind,
        version=posted.version,
        sent_at=now,
        expires_at=now + shape.EXPIRES,
        attachments=posted.attachments,
    )
    data, own = seal(setup.ring, header, posted.content, sm2=setup.sm2)
    state.sequence, state.digest, state.moved_at = header.sequence, own, now
    return OutLetter(
        letter_id=posted.letter_id,
        lane=header.lane,
        epoch=header.epoch,
        sequence=header.sequence,
        kind=posted.kind,
        version=posted.version,
        digest=own,
        envelope=data,
        personal=shape.PERSONAL,
        attachments=[one.model_dump() for one in posted.attachments],
        enclosed=len(posted.attachments),
        cause=cause,
        created_at=now,
        expires_at=header.expires_at,
        next_at=now,
        status=OutLetter.Status.SENT if setup.acknowledged else OutLetter.Status.ONE_WAY,
    )


def seal_letters(letters: Sequence[tuple[Posted, str]]) -> list[OutLetter]:
    """Number, chain and sign posted letters, each with the event that caused it (gate process)."""
    current_frame()
    setup, states, rows = gate_setup(), dict[str, LaneState](), []
    for posted, cause in letters:
        state = states.get(posted.lane) or states.setdefault(posted.lane, lane_state("out", posted.lane))
        rows.append(_sealed(setup, state, posted, cause))
    for state in states.values():
        state.save(update_fields=["sequence", "digest", "moved_at"])
    return OutLetter.objects.bulk_create(rows)


def mark_spooled(setup: GateSetup, letters: Iterable[OutLetter]) -> None:
    """The files of these letters are durable in the outgoing folder; say when each is due again.

    Acknowledged lanes send again with growing pauses until a receipt comes; one-way lanes repeat a
    few times, and then personal envelopes go.
    """
    current_frame()
    now = clock.now()
    repeats, pause = rule("gate.repeat_times"), timedelta(minutes=rule("gate.repeat_minutes"))
    ordered = sorted(letters, key=lambda one: one.spooled)
    for before, group in groupby(ordered, key=lambda one: one.spooled):
        batch = list(group)
        # the digest also names the epoch: a letter sealed anew meanwhile keeps its own due time
        rows = OutLetter.objects.filter(pk__in=[one.pk for one in batch], digest__in=[one.digest for one in batch])
        written = {"spooled": F("spooled") + 1, "spooled_at": now}
        longer = timedelta(seconds=setup.resend_seconds * min(2**before, LONGEST_PAUSE))
        rows.filter(status=OutLetter.Status.SENT).update(next_at=now + longer, **written)
        last = before + 1 >= repeats
        one_way = rows.filter(status=OutLetter.Status.ONE_WAY)
        if last:
            one_way.filter(personal=True).update(envelope=b"")
        one_way.update(next_at=None if last else now + pause, **written)


@dataclass(frozen=True)
class Settled:
    """What a receipt settled: letters, spool files that need lie there no longer, personal attachments to forget."""

    letters: int = 0
    files: tuple[str, ...] = ()
    forget: tuple[str, ...] = ()


def settle_receipt(lane: Lane, upto: Place, digest: str, at: datetime, refused: dict[int, str]) -> Settled:
    """The other zone has everything of a lane up to a place; `refused` maps its quarantined numbers to codes.

    A receipt that does not fit what was sent settles nothing: the lane is held and an alarm asks for a
    new epoch.
    """
    state = lane_state("out", lane)
    own, acked = Place(state.epoch, state.sequence), Place(state.acked_epoch, state.acked_sequence)
    newer = state.receipt_at is None or at > state.receipt_at
    settled = Settled()
    if upto > own or (upto.epoch == own.epoch and _differs(lane, upto, digest)):
        _hold(state, LaneState.Held.PEER_AHEAD)
    elif upto < acked:
        if newer:
            _reopen(state, upto)
    elif upto.epoch == own.epoch and upto > acked:
        settled = _settle(lane, upto, refused)
        state.acked_epoch, state.acked_sequence = upto
    if newer:
        state.receipt_at = at
    state.heard_epoch = max(state.heard_epoch, upto.epoch)
    state.save(update_fields=["acked_epoch", "acked_sequence", "heard_epoch", "receipt_at", "held"])
    return settled


def _differs(lane: Lane, place: Place, digest: str) -> bool:
    known = OutLetter.objects.filter(lane=lane, epoch=place.epoch, sequence=place.sequence)
    mine = known.values_list("digest", flat=True).first()
    return mine is not None and mine != digest


def _hold(state: LaneState, why: LaneState.Held) -> None:
    state.held = why
    raise_alarm(
        Alarm.Kind.RESTORED,
        state.lane,
        f"{lane_title(state.lane)}已停发：{why.label}。请核对两区是否恢复过备份，确认后提升世代。",
    )


def _settle(lane: Lane, upto: Place, refused: dict[int, str]) -> Settled:
    now, status = clock.now(), OutLetter.Status
    rows = OutLetter.objects.filter(lane=lane, epoch=upto.epoch, sequence__lte=upto.sequence, status=status.SENT)
    found = list(rows.defer("envelope"))
    for one in found:
        code = refused.get(one.sequence)
        if code:
            rows.filter(pk=one.pk).update(status=status.REFUSED, refusal=code, acked_at=now, next_at=None)
            raise_alarm(Alarm.Kind.REFUSED, code, f"对方隔离了本区发出的信（{one.kind}，{code}）。")
    rows.update(status=status.ACKED, acked_at=now, next_at=None)
    personal = [one for one in found if one.personal]
    OutLetter.objects.filter(pk__in=[one.pk for one in personal]).update(envelope=b"", attachments=[])
    return Settled(
        len(found),
        tuple(name for one in found for name in _spool_files(one)),
        tuple(note["sha256"] for one in personal for note in one.attachments),
    )


def _spool_files(row: OutLetter) -> list[str]:
    parts = [name for note in row.attachments for name in part_names(Carried.model_validate(note))]
    return [file_name(row.lane, row.epoch, row.sequence), *parts]


def _reopen(state: LaneState, upto: Place) -> None:
    """The other zone has gone back to an earlier place: what it forgot is sent again, as far as it is kept."""
    status = OutLetter.Status
    later = Q(epoch=upto.epoch, sequence__gt=upto.sequence) | Q(epoch__gt=upto.epoch)
    forgotten = OutLetter.objects.filter(later, lane=state.lane, status__in=[status.ACKED, status.REFUSED])
    gone = forgotten.filter(envelope=b"").update(status=status.GONE)
    forgotten.exclude(envelope=b"").update(
        status=status.SENT, acked_at=None, refusal="", spooled=0, next_at=clock.now()
    )
    if gone or upto.epoch != state.epoch:
        _hold(state, LaneState.Held.PEER_BEHIND)
    state.acked_epoch, state.acked_sequence = upto


# Receiving -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verdict:
    """What is to become of one file: taken in, or stopped for a reason.

    `files` are the digests of its attachments in the received store.  `consumes`: its place in the chain
    is right, so that a stopped letter takes its number with it.
    """

    file: str
    digest: str
    envelope: Envelope | None = None
    stopped: errors.LetterStopped | None = None
    personal: bool = False
    files: tuple[str, ...] = ()

    @property
    def consumes(self) -> bool:
        return self.envelope is not None and (self.stopped is None or self.stopped.consumes)


def take_in(lane: Lane, base: tuple[int, int, str], verdicts: Sequence[Verdict]) -> bool:
    """T1: store verified letters in the order of their lane, advance it, queue their handling.

    `base` is the epoch, number and digest on which the verdicts were reached; returns False, having
    done nothing, when the lane has moved since.
    """
    state = lane_state("in", lane)
    if (state.epoch, state.sequence, state.digest) != base:
        return False
    ids = [one.envelope.header.letter_id for one in verdicts if one.envelope]
    known = set(InLetter.objects.filter(letter_id__in=ids, again=False).values_list("letter_id", flat=True))
    rows = []
    for one in verdicts:
        if one.stopped is not None:
            quarantine(one)
        elif one.envelope is not None:
            rows.append(_received(one.envelope, one, again=one.envelope.header.letter_id in known))
            known.add(one.envelope.header.letter_id)
        if one.consumes and one.envelope is not None:
            header = one.envelope.header
            state.epoch, state.sequence, state.digest = header.epoch, header.sequence, one.envelope.digest
    stored = InLetter.objects.bulk_create(rows)
    fresh = [{"letter": row.pk} for row in stored if not row.again]
    enqueue_many("gate.deliver", fresh, priority=LANES.index(lane))
    state.gap_since, state.moved_at = None, clock.now()
    state.save(update_fields=["epoch", "sequence", "digest", "gap_since", "moved_at"])
    return True


def _received(envelope: Envelope, verdict: Verdict, *, again: bool) -> InLetter:
    header, now = envelope.header, clock.now()
    return InLetter(
        letter_id=header.letter_id,
        again=again,
        lane=header.lane,
        epoch=header.epoch,
        sequence=header.sequence,
        kind=header.kind,
        version=header.version,
        digest=envelope.digest,
        content=None if again else envelope.content,
        personal=verdict.personal,
        attachments=[] if again else list(verdict.files),
        enclosed=0 if again else len(verdict.files),
        sent_at=header.sent_at,
        received_at=now,
        handled_at=now if again else None,
    )


def let_in(envelope: Envelope, *, personal: bool, files: Sequence[str]) -> InLetter:
    """Store a letter that was stopped, and had its number, and that a person has released."""
    current_frame()
    known = InLetter.objects.filter(letter_id=envelope.header.letter_id, again=False).exists()
    verdict = Verdict("", envelope.digest, envelope, personal=personal, files=tuple(files))
    row = _received(envelope, verdict, again=known)
    row.save(force_insert=True)
    if not known:
        enqueue_many("gate.deliver", [{"letter": row.pk}], priority=LANES.index(envelope.header.lane))
    return row


def quarantine(verdict: Verdict) -> Quarantined:
    """Record what was stopped; the very same thing again is counted on the open record."""
    current_frame()
    stopped, header, now = verdict.stopped, verdict.envelope.header if verdict.envelope else None, clock.now()
    if stopped is None:
        raise RuntimeError("nothing was stopped")
    row, made = Quarantined.objects.get_or_create(
        digest=verdict.digest,
        code=stopped.code,
        closed_at=None,
        defaults={
            "file": verdict.file[:160],
            "letter_id": header.letter_id if header else "",
            "lane": header.lane if header else "",
            "epoch": header.epoch if header else None,
            "sequence": header.sequence if header else None,
            "kind": header.kind if header else "",
            "sentence": stopped.sentence()[:600],
            "files": list(verdict.files) if stopped.releasable else [],
            "consumed": verdict.consumes,
            "at": now,
            "last_at": now,
        },
    )
    if not made:
        row.times, row.last_at = row.times + 1, now
        row.save(update_fields=["times", "last_at"])
    raise_alarm(Alarm.Kind.QUARANTINE, stopped.code, f"有信件被隔离：{stopped.sentences()[0]}")
    return row


def note_gap(lane: Lane, next_waiting: int) -> None:
    """A letter is missing before the lowest one that waits; 0 when none is missing."""
    state = lane_state("in", lane)
    state.gap_since = (state.gap_since or clock.now()) if next_waiting else None
    state.gap_next = next_waiting
    state.save(update_fields=["gap_since", "gap_next"])
    if not next_waiting:
        clear_alarm(Alarm.Kind.GAP, lane)


def mark_handled(row: InLetter) -> None:
    """T2: the letter's effect is in this transaction; its files and what it says of persons go at once."""
    current_frame()
    files: list[str] = row.attachments
    row.handled_at, row.attachments = clock.now(), []
    if row.personal:
        row.content = None
    row.save(update_fields=["handled_at", "content", "attachments"])
    if files:
        transaction.on_commit(lambda: forget_received(gate_setup(), files))


# Forgetting ------------------------------------------------------------------------------------


def purge_kept() -> None:
    """What was kept for a receiver restored from a backup, and what received letters said, goes after `keep_days`."""
    current_frame()
    limit = clock.now() - timedelta(days=rule("gate.keep_days"))
    settled = OutLetter.objects.filter(next_at=None, created_at__lt=limit).exclude(envelope=b"")
    settled.update(envelope=b"", attachments=[])
    InLetter.objects.filter(handled_at__lt=limit, content__isnull=False).update(content=None)


def purge_records() -> None:
    """Letters settled longer ago than `keep_record_days` are forgotten; their acts stay in the audit record."""
    current_frame()
    now = clock.now()
    limit, soon = (now - timedelta(days=rule(key)) for key in ("gate.keep_record_days", "gate.keep_days"))
    for kinds, before in ((Q(), limit), (Q(kind=Heartbeat.KIND), soon)):  # heartbeats are many, and say nothing later
        OutLetter.objects.filter(kinds, next_at=None, created_at__lt=before).delete()
        InLetter.objects.filter(kinds, handled_at__lt=before, received_at__lt=before).delete()
    Quarantined.objects.filter(closed_at__lt=limit).delete()
    Alarm.objects.filter(closed_at__lt=limit).delete()
