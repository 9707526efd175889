"""Where attachments that arrived are put together and scanned, beside the lanes, before a letter is let in."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from pathlib import Path

from taihe.ground.killpoints import killpoint
from taihe.ground.scanning import Limits, ScanReport, scan
from taihe.ground.signing import CannotOpen, UnknownKey

from . import errors, spool
from .enclosures import arrived, is_enclosure, join, part_names, unbox
from .envelope import Carried, Content, Enclosure, Envelope
from .letters import Letter
from .setup import GateSetup


def _folder(setup: GateSetup) -> Path:
    return setup.folder / "assembling"


def clear_desk(setup: GateSetup) -> None:
    """Remove what a killed process was putting together: it may hold people's papers, opened."""
    shutil.rmtree(_folder(setup), ignore_errors=True)


class State(Enum):
    """How far the attachments of one letter are."""

    READY = "ready"
    MISSING = "missing"
    BUSY = "busy"
    DAMAGED = "damaged"


class Desk:
    """Works on the attachments of one letter after another; in the background in a running gate."""

    def __init__(self, setup: GateSetup, *, background: bool) -> None:
        self.setup = setup
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="gate-desk") if background else None
        self._work: dict[str, Future[State]] = {}

    def look(self, envelope: Envelope, letter: Letter, content: Content) -> State:
        """State of a letter's attachments; clean ones lie in the received store when it is READY.

        Raises LetterStopped for an attachment that may not come in.
        """
        known = self._work.get(envelope.digest)
        if known is None:
            pairs = list(zip(envelope.header.attachments, content.enclosures, strict=True))
            if not all(self._there(carried, letter) for carried, _ in pairs):
                return State.MISSING
            known = self._start(letter, pairs)
            self._work[envelope.digest] = known
        if not known.done():
            return State.BUSY
        del self._work[envelope.digest]
        return known.result()

    def _there(self, carried: Carried, letter: Letter) -> bool:
        return arrived(self.setup.incoming, carried) or (
            not letter.PERSONAL and self.setup.received_files.exists(carried.sha256)
        )

    def _start(self, letter: Letter, pairs: list[tuple[Carried, Enclosure]]) -> Future[State]:
        if self._pool is not None:
            return self._pool.submit(self._take_all, letter, pairs)
        done: Future[State] = Future()
        try:
            done.set_result(self._take_all(letter, pairs))
        except Exception as failed:  # noqa: BLE001  the future carries it to whoever asks, as a pool's does
            done.set_exception(failed)
        return done

    def _take_all(self, letter: Letter, pairs: list[tuple[Carried, Enclosure]]) -> State:
        held: errors.HeldAttachment | None = None
        damaged = False
        for place, (carried, enclosure) in enumerate(pairs, start=1):
            with self._whole(letter, place, carried, enclosure) as whole:
                if whole is None:
                    spool.remove(self.setup.incoming / name for name in part_names(carried))
                    damaged = True
                else:
                    held = self._judge(letter, place, enclosure, whole) or held
        if damaged:
            return State.DAMAGED
        if held is not None:
            for _, enclosure in pairs:  # a person may let the letter in, and then needs all of them
                if self.setup.received_files.exists(enclosure.sha256):
                    with self.setup.received_files.open(enclosure.sha256) as clean:
                        self.setup.held_files.put(clean)
            raise held
        return State.READY

    def _judge(self, letter: Letter, place: int, enclosure: Enclosure, whole: Path) -> errors.HeldAttachment | None:
        """Store a clean attachment; what a person must look at is put by.  Raises BadAttachment for the rest."""
        report = _examine(whole, letter, enclosure)
        killpoint("gate.attachment_before_store")
        if report.verdict == "refused":
            raise self._refusal(letter, place, enclosure, report)
        store = self.setup.received_files if report.verdict == "clean" else self.setup.held_files
        with whole.open("rb") as source:
            store.put(source)
        if report.verdict == "clean":
            return None
        return errors.HeldAttachment(**self._told(letter, place, enclosure, _reasons(letter, report)))

    @contextmanager
    def _whole(self, letter: Letter, place: int, carried: Carried, enclosure: Enclosure) -> Iterator[Path | None]:
        """The attachment as the sender had it, in a file that goes away; None when its parts are damaged."""
        if not letter.PERSONAL and self.setup.received_files.exists(carried.sha256):
            yield self.setup.received_files.path(carried.sha256)
            return
        folder = _folder(self.setup)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile(dir=folder) as joined, tempfile.NamedTemporaryFile(dir=folder) as opened:
            if not join(self.setup.incoming, carried, joined.file):
                yield None
                return
            plain = joined
            if letter.PERSONAL:
                plain = opened
                try:
                    joined.seek(0)
                    unbox(joined.file, opened.file, self.setup.ring, enclosure.size)
                except (CannotOpen, UnknownKey, ValueError) as broken:
                    raise self._bad(letter, place, enclosure, "加密内容无法打开。") from broken
            if not is_enclosure(Path(plain.name), enclosure):
                raise self._bad(letter, place, enclosure, "内容与信中所写的摘要不符。")
            yield Path(plain.name)

    def _told(self, letter: Letter, place: int, enclosure: Enclosure, detail: str) -> dict[str, str]:
        # the name a person gave a file can itself be personal
        name = f"第{place}件" if letter.PERSONAL else enclosure.name
        return {"kind": letter.KIND, "name": name, "detail": detail}

    def _bad(self, letter: Letter, place: int, enclosure: Enclosure, detail: str) -> errors.BadAttachment:
        return errors.BadAttachment(**self._told(letter, place, enclosure, detail))

    def _refusal(self, letter: Letter, place: int, enclosure: Enclosure, report: ScanReport) -> errors.BadAttachment:
        if report.secret_mark_found:  # an incident: the digest is kept, the content is not
            detail = f"带有国家秘密标志（摘要 {report.sha256}）。"
            return errors.SecretAttachment(**self._told(letter, place, enclosure, detail))
        return self._bad(letter, place, enclosure, _reasons(letter, report))


def _reasons(letter: Letter, report: ScanReport) -> str:
    """Why a file did not pass; of personal letters only the codes, since sentences can quote the file."""
    return "、".join(sorted(report.codes)) if letter.PERSONAL else report.reasons[:300]


def _examine(whole: Path, letter: Letter, enclosure: Enclosure) -> ScanReport:
    limits = Limits.current()
    if letter.FILE_KINDS is not None:
        limits = replace(limits, allowed_kinds=letter.FILE_KINDS)
    return scan(whole, filename=enclosure.name, declared_type=enclosure.mime or None, limits=limits)
