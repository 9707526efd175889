"""T1: from the incoming folder to the inbox table, in order, once."""

from __future__ import annotations

import hashlib
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.killpoints import killpoint

from . import actions, errors, spool
from .envelope import Envelope
from .inspection import inspect, read_envelope
from .letters import GENESIS, Lane
from .models import InLetter, LaneState
from .receipts import write_receipt
from .setup import GateSetup

log = logging.getLogger(__name__)
ROUND = 200


@dataclass
class Round:
    """What one round has settled: files to take away, lanes to acknowledge."""

    finished: list[Path] = field(default_factory=list)
    stopped: list[Path] = field(default_factory=list)
    lanes: set[Lane] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    accepted: int = 0


def _is_replay(state: LaneState, envelope: Envelope) -> bool:
    """Whether this very letter is in already.  Raises ChangedReplay when the number holds another."""
    header = envelope.header
    if (header.epoch, header.sequence) > (state.epoch, state.sequence):
        return False
    known = InLetter.objects.filter(epoch=header.epoch, lane=header.lane, sequence=header.sequence).first()
    if known is not None and known.digest == envelope.digest:
        return True
    from .models import Quarantined

    if Quarantined.objects.filter(
        epoch=header.epoch, lane=header.lane, sequence=header.sequence, digest=envelope.digest, consumed=True
    ).exists():
        return True
    raise errors.ChangedReplay(sequence=header.sequence)


def _enter(setup: GateSetup, file: Path, size: int, envelope: Envelope, done: Round) -> None:
    header = envelope.header
    state = actions.lane_in(header.lane)
    done.lanes.add(header.lane)
    if _is_replay(state, envelope):
        done.finished.append(file)
        return
    if header.epoch > state.epoch and header.sequence == 1:
        state.epoch, state.sequence, state.digest = header.epoch, 0, GENESIS
    if header.sequence != state.sequence + 1 or header.epoch != state.epoch:
        done.blocked.add(header.lane)  # a gap: wait for the missing letter to be sent again
        return
    if header.previous != state.digest:
        raise errors.BrokenChain(sequence=header.sequence)
    try:
        inspect(setup, envelope, size)
    except errors.LetterStopped as stopped:
        actions.quarantine(file.name, envelope.digest, stopped, state, envelope)
        done.stopped.append(file)
        return
    actions.accept(state, envelope)
    done.accepted += 1
    done.finished.append(file)


def _take(setup: GateSetup, file: Path, done: Round) -> None:
    envelope: Envelope | None = None
    try:
        size = file.lstat().st_size
        envelope = read_envelope(setup, file)
        if envelope.header.lane not in done.blocked:
            _enter(setup, file, size, envelope, done)
    except errors.LetterStopped as stopped:
        with file.open("rb") as source:
            whole = hashlib.file_digest(source, "sha256").hexdigest()
        log.warning("gate stopped %s: %s", file.name, stopped.code)
        actions.quarantine(file.name, whole, stopped, None, envelope)
        done.stopped.append(file)
    except FileNotFoundError:
        return


def receive_round(setup: GateSetup) -> int:
    """Take in what lies in the incoming folder; returns how many letters were accepted."""
    files = spool.waiting(setup.incoming, spool.LETTER)[:ROUND]
    if not files:
        return 0
    done = Round()
    with unit_of_work("gate.receive", Actor.system("隔离交换")):
        for file in files:
            _take(setup, file, done)
        killpoint("gate.receive_before_commit")
    killpoint("gate.receive_after_commit")
    if done.stopped:
        folder = setup.ring.folder.parent / "quarantine"
        folder.mkdir(parents=True, exist_ok=True)
        for file in done.stopped:
            shutil.move(file, folder / file.name)
    spool.remove(done.finished)
    killpoint("gate.receive_before_receipt")
    if setup.acknowledged:
        for lane in sorted(done.lanes):
            write_receipt(setup, lane)
    return done.accepted
