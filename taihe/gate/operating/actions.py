"""The operator's acts upon the passage."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing

from .. import errors, spool
from ..actions import lane_state, let_in
from ..envelope import open_envelope, place_of, seal
from ..inspection import inspect
from ..letters import GENESIS, LANES
from ..models import Alarm, InLetter, LaneState, OutLetter, Quarantined
from ..reasons import require_reason
from ..setup import GateSetup, gate_setup
from ..watch.actions import clear_alarm

RELEASABLE = {one.code for one in (errors.Expired, errors.HeldAttachment)}


# A new epoch -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Resynced:
    """What a resync did: the new epoch, letters sealed anew, and letters that could not be (already forgotten)."""

    epoch: int
    letters: int
    gone: int


@action("gate.resync")
def resync(actor: Actor, reason: str) -> Resynced:
    """Begin a new epoch for everything this zone sends: numbers start at 1, and what is open is sealed anew.

    The letters keep their ids, so that one which had arrived in the old epoch is acknowledged and not
    carried out twice.  To be done after this zone was restored from a backup, or the other was and asks for
    what this one no longer keeps.  Raises NeedsReason.
    """
    why = require_reason(reason)
    setup = gate_setup()
    states = [lane_state("out", lane) for lane in LANES]
    # the moment itself: no earlier epoch can have had that number, even one that a backup does not know
    epoch = max(int(clock.now().timestamp()), *(max(one.epoch, one.heard_epoch) + 1 for one in states))
    sealed = sum(_seal_anew(setup, state, epoch) for state in states)
    gone = OutLetter.objects.filter(status=OutLetter.Status.GONE).count()
    record(("gate.epoch", str(epoch), setup.direction), detail={"reason": why, "letters": sealed, "gone": gone})
    transaction.on_commit(lambda: _clear_spool(setup, epoch))
    return Resynced(epoch, sealed, gone)


def _open_letters(lane: str) -> list[OutLetter]:
    """Letters the other zone may not have: unacknowledged ones; in one-way lanes all that are kept and in time."""
    status = OutLetter.Status
    wanted = Q(status=status.SENT) | Q(status=status.ONE_WAY, expires_at__gt=clock.now())
    return list(OutLetter.objects.filter(wanted, lane=lane).exclude(envelope=b"").order_by("epoch", "sequence"))


def _seal_anew(setup: GateSetup, state: LaneState, epoch: int) -> int:
    letters = _open_letters(state.lane)
    state.epoch, state.sequence, state.digest, state.held = epoch, 0, GENESIS, LaneState.Held.NO
    for one in letters:
        old = open_envelope(setup.ring, None, bytes(one.envelope))
        place = {"epoch": epoch, "sequence": state.sequence + 1, "previous": state.digest}
        one.envelope, one.digest = seal(setup.ring, old.header.model_copy(update=place), old.content, sm2=setup.sm2)
        one.epoch, one.sequence = epoch, state.sequence + 1
        one.spooled, one.next_at = 0, clock.now()
        state.sequence, state.digest = one.sequence, one.digest
    fields = ["envelope", "digest", "epoch", "sequence", "spooled", "next_at"]
    OutLetter.objects.bulk_update(letters, fields, batch_size=200)
    state.save(update_fields=["epoch", "sequence", "digest", "held"])
    clear_alarm(Alarm.Kind.RESTORED, state.lane)
    return len(letters)


def _clear_spool(setup: GateSetup, epoch: int) -> None:
    """Letters of ended epochs are taken out of the outgoing folder, if it lies on this machine."""
    if setup.out.exists():
        claims = [(file, place_of(file.name)) for file in setup.out.glob(f"*{spool.LETTER}")]
        spool.remove(file for file, claim in claims if claim and claim[1].epoch < epoch)


# Quarantine ------------------------------------------------------------------------------------


def _quarantined(pk: int) -> Quarantined:
    row = Quarantined.objects.select_for_update().filter(pk=pk, closed_at=None).first()
    if row is None:
        raise Missing(what="这条未关闭的隔离记录")
    return row


def _close(row: Quarantined, actor: Actor, reason: str, *, released: bool) -> None:
    row.closed_at, row.closed_by, row.reason, row.released = clock.now(), str(actor)[:120], reason, released
    row.save(update_fields=["closed_at", "closed_by", "reason", "released"])
    if not Quarantined.objects.filter(code=row.code, closed_at=None).exists():
        clear_alarm(Alarm.Kind.QUARANTINE, row.code)
    setup, digest = gate_setup(), row.digest
    if not released:
        transaction.on_commit(lambda: spool.remove([setup.quarantine / f"{digest}{spool.LETTER}"]))


@action("gate.close_quarantined")
def close_quarantined(actor: Actor, pk: int, reason: str) -> Quarantined:
    """A person has dealt with what was stopped; its file is thrown away.  Raises NeedsReason, Missing."""
    why, row = require_reason(reason), _quarantined(pk)
    _close(row, actor, why, released=False)
    record(row, detail={"code": row.code, "digest": row.digest, "reason": why})
    return row


@action("gate.release_quarantined")
def release_quarantined(actor: Actor, pk: int, reason: str) -> InLetter:
    """Let a stopped letter in after all: an expired one, or one whose attachments a person has looked at.

    Every other rule is checked again.  Raises NeedsReason, Missing, NotReleasable, LetterStopped.
    """
    why, row, setup = require_reason(reason), _quarantined(pk), gate_setup()
    file = setup.quarantine / f"{row.digest}{spool.LETTER}"
    if row.code not in RELEASABLE or not row.consumed or not file.exists():
        raise errors.NotReleasable(code=row.code)
    envelope = open_envelope(setup.ring, setup.peer, file.read_bytes(), sm2=setup.sm2)
    letter, content = inspect(setup, envelope)
    files = [one.sha256 for one in content.enclosures]
    for sha256 in files:
        if not setup.held_files.exists(sha256) and not setup.received_files.exists(sha256):
            raise errors.NotReleasable(code=row.code)
        if setup.held_files.exists(sha256):
            with setup.held_files.open(sha256) as looked_at:
                setup.received_files.put(looked_at)
    stored = let_in(envelope, personal=letter.PERSONAL, files=files)
    _close(row, actor, why, released=True)
    record(row, detail={"code": row.code, "digest": row.digest, "reason": why, "letter": stored.letter_id})
    transaction.on_commit(lambda: spool.remove([file]))
    return stored
