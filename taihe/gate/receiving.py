"""T1: from the incoming folder to the inbox table, in order, once.

Everything slow or doubtful (reading, signatures, boxes, the whitelist) is done before the transaction;
the transaction checks that the lane has not moved and stores the verdicts.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from taihe.ground.action import unit_of_work
from taihe.ground.killpoints import killpoint
from taihe.ground.rules import rule

from . import actions, errors, spool
from .actions import Verdict
from .desk import Desk, State
from .enclosures import part_names
from .envelope import Content, Envelope, Place
from .inspection import check_time, inspect, read_envelope
from .letters import GENESIS, LANES, Lane, Letter
from .models import Alarm, InLetter, LaneState, Quarantined
from .receipts import write_receipt
from .sealing import GATE
from .setup import GateSetup
from .titles import lane_title
from .watch.actions import raise_alarm

log = logging.getLogger(__name__)
ROUND = 200
MOST_BELIEVED = 10_000


class _NotYet(Exception):
    """A file that may still be being written, or whose attachments have not arrived."""


@dataclass
class LaneRound:
    """What one round does with one lane: verdicts in order, files to take away, and whether it waits."""

    lane: Lane
    place: Place
    digest: str
    verdicts: list[Verdict] = field(default_factory=list)
    strangers: list[Verdict] = field(default_factory=list)
    finished: list[Path] = field(default_factory=list)
    aside: list[tuple[Path, str]] = field(default_factory=list)
    tell: bool = False
    next_waiting: int = 0
    damaged: bool = False

    def stop(self, file: Path, stopped: errors.LetterStopped, envelope: Envelope | None = None) -> None:
        """A file that takes no number with it is no part of the lane."""
        digest = spool.fingerprint(file)
        log.warning("gate stopped %s: %s", file.name, stopped.code)
        self.strangers.append(Verdict(file.name, digest, envelope, stopped))
        self.aside.append((file, digest))
        # a genuine letter out of place: the sender may have been restored, and learns it from a receipt
        self.tell = self.tell or isinstance(stopped, errors.ChangedReplay | errors.FormerEpoch | errors.BrokenChain)


class Receiver:
    """Takes in what lies in the incoming folder, lane by lane, the urgent one first."""

    def __init__(self, setup: GateSetup, desk: Desk) -> None:
        self.setup, self.desk = setup, desk
        # When a lane that waits was last told to the sender (monotonic seconds): its receipt may have got lost.
        self._told: dict[Lane, float] = {}
        # Files behind a gap whose signature was checked, by name, size and date: they are not read every round.
        self._believed: set[tuple[str, int, int]] = set()

    def round(self, found: spool.Listing) -> int:
        """Deal with what was found; returns how many files were dealt with."""
        settled = self._strays(found.strays)
        failed: Exception | None = None
        for lane in LANES:
            try:
                settled += self._lane(lane, found.letters.get(lane, []))
            except Exception as fault:  # noqa: BLE001  raised when the other lanes have had their turn
                failed = failed or fault
        if failed is not None:
            raise failed
        return settled

    # One lane --------------------------------------------------------------------------------

    def _lane(self, lane: Lane, files: list[tuple[Place, Path]]) -> int:
        if not files:
            return 0
        state = LaneState.objects.filter(direction="in", lane=lane).first()
        base = (state.epoch, state.sequence, state.digest) if state else (1, 0, GENESIS)
        work = LaneRound(lane, Place(base[0], base[1]), base[2])
        files.sort()
        self._former(work, [one for one in files if one[0] <= work.place])
        for place, file in (one for one in files if one[0] > Place(base[0], base[1])):
            if len(work.verdicts) >= ROUND:
                break
            starts_epoch = place.epoch > work.place.epoch and place.sequence == 1
            if place == Place(work.place.epoch, work.place.sequence + 1) or starts_epoch:
                if not self._next(work, file, starts_epoch):
                    break
            elif self._waits(work, place, file):
                break
        self._store(work, base, state)
        return len(work.verdicts) + len(work.finished) + len(work.aside)

    def _store(self, work: LaneRound, base: tuple[int, int, str], state: LaneState | None) -> None:
        gap_known = state.gap_next if state else 0
        if work.verdicts or work.strangers or work.damaged or work.next_waiting != gap_known:
            with unit_of_work("gate.receive", GATE):
                for one in work.strangers:
                    actions.quarantine(one)
                if work.verdicts and not actions.take_in(work.lane, base, work.verdicts):
                    return
                if work.damaged:
                    told = f"{lane_title(work.lane)}收到的附件分片已损坏，已请对方补发。"
                    raise_alarm(Alarm.Kind.PARTS, work.lane, told)
                if work.next_waiting or gap_known:
                    actions.note_gap(work.lane, work.next_waiting)
                killpoint("gate.receive_before_commit")
            killpoint("gate.receive_after_commit")
        for file, digest in work.aside:
            spool.set_aside(file, self.setup.quarantine, digest)
        spool.remove(work.finished)
        killpoint("gate.receive_before_receipt")
        news = work.verdicts or work.tell or work.next_waiting != gap_known
        if self.setup.acknowledged and (news or self._tell_again(work)):
            write_receipt(self.setup, work.lane)
            self._told[work.lane] = time.monotonic()
        killpoint("gate.receive_after_receipt")

    def _tell_again(self, work: LaneRound) -> bool:
        last = self._told.get(work.lane, 0.0)
        return bool(work.next_waiting) and time.monotonic() - last > self.setup.resend_seconds

    def _next(self, work: LaneRound, file: Path, starts_epoch: bool) -> bool:
        """The file that claims the next number of the lane; false when the lane must wait at it."""
        envelope = None
        try:
            envelope = self._read(file)
            previous = GENESIS if starts_epoch else work.digest
            if envelope.header.previous != previous:
                raise errors.BrokenChain(sequence=envelope.header.sequence)
        except (FileNotFoundError, _NotYet):
            return True
        except errors.LetterStopped as stopped:
            work.stop(file, stopped, envelope)
            return True
        failed, personal, files = None, False, tuple[str, ...]()
        try:
            letter, content = inspect(self.setup, envelope)
            personal, files = letter.PERSONAL, tuple(one.sha256 for one in content.enclosures)
            check_time(envelope)
            if files and not self._attachments_in(work, envelope, letter, content):
                return False
        except errors.LetterStopped as stopped:
            failed = stopped
            log.warning("gate stopped %s: %s", file.name, stopped.code)
            work.aside.append((file, envelope.digest))
        else:
            work.finished.append(file)
        work.finished += [self.setup.incoming / name for one in envelope.header.attachments for name in part_names(one)]
        work.verdicts.append(Verdict(file.name, envelope.digest, envelope, failed, personal, files))
        work.place, work.digest = Place(envelope.header.epoch, envelope.header.sequence), envelope.digest
        return True

    def _attachments_in(self, work: LaneRound, envelope: Envelope, letter: Letter, content: Content) -> bool:
        state = self.desk.look(envelope, letter, content)
        if state in (State.MISSING, State.DAMAGED):
            work.next_waiting = envelope.header.sequence
        work.damaged = state is State.DAMAGED
        return state is State.READY

    def _waits(self, work: LaneRound, place: Place, file: Path) -> bool:
        """A file beyond a gap: true when a genuine letter waits here, so that the gap is real."""
        try:
            status = file.lstat()
            seen = (file.name, status.st_size, status.st_mtime_ns)
            if seen not in self._believed:
                self._read(file)
                if len(self._believed) > MOST_BELIEVED:
                    self._believed.clear()
                self._believed.add(seen)
        except (FileNotFoundError, _NotYet):
            return False
        except errors.LetterStopped as stopped:
            work.stop(file, stopped)
            return False
        work.next_waiting = place.sequence
        return True

    def _read(self, file: Path) -> Envelope:
        try:
            return read_envelope(self.setup, file)
        except errors.NotALetter:
            if spool.age(file) < rule("gate.settle_seconds"):
                raise _NotYet from None
            raise

    # What came before ------------------------------------------------------------------------

    def _former(self, work: LaneRound, files: list[tuple[Place, Path]]) -> None:
        """Files whose place the lane has passed: the same letter again, or something to look at."""
        for _, file in files[:ROUND]:
            envelope = None
            try:
                envelope = self._read(file)
                self._known_or_stopped(work, envelope, file)
                work.finished.append(file)
                work.tell = True
            except (FileNotFoundError, _NotYet):
                continue
            except errors.LetterStopped as stopped:
                work.stop(file, stopped, envelope)

    def _known_or_stopped(self, work: LaneRound, envelope: Envelope, file: Path) -> None:
        header = envelope.header
        same = {"lane": header.lane, "epoch": header.epoch, "sequence": header.sequence, "digest": envelope.digest}
        if InLetter.objects.filter(**same).exists() or Quarantined.objects.filter(consumed=True, **same).exists():
            return
        if header.epoch == work.place.epoch:
            raise errors.ChangedReplay(sequence=header.sequence)
        if InLetter.objects.filter(letter_id=header.letter_id).exists():
            return  # sealed again in a later epoch, and in already
        if spool.age(file) < rule("gate.gap_minutes") * 60:
            raise _NotYet  # it may still come in the new epoch
        raise errors.FormerEpoch

    # What is no letter -----------------------------------------------------------------------

    def _strays(self, files: list[Path]) -> int:
        settle = rule("gate.settle_seconds")
        old = [file for file in files[:ROUND] if spool.age(file) >= settle]
        if not old:
            return 0
        work = LaneRound("normal", Place(1, 0), GENESIS)
        for file in old:
            work.stop(file, errors.NotALetter())
        with unit_of_work("gate.receive", GATE):
            for one in work.strangers:
                actions.quarantine(one)
        for file, digest in work.aside:
            spool.set_aside(file, self.setup.quarantine, digest)
        return len(old)
