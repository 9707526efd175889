"""The keeper of the site: one thread in the front that loads releases, lets withdrawals take effect, guards the disk.

It wakes when something changes on the disk, and at least four times a second.  Whatever fails here, the pages held
in memory go on being answered.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.db import close_old_connections
from watchfiles import watch

from taihe.ground import clock
from taihe.ground.errors import CountyError
from taihe.ground.rules import rule

from . import actions, queries
from .actions import SITE, Finding
from .disk import Disk, Signed
from .guard import CopyGuard, Leftovers
from .memory import Held, Hidden, Incomplete, hold
from .trust import Trust, disk, trust

if TYPE_CHECKING:
    from .serving import Site

log = logging.getLogger(__name__)
logging.getLogger("watchfiles").setLevel(logging.WARNING)  # it counts every change aloud
WAKE_MS = 200
DEBOUNCE_MS = 300
# A thorough pass takes this share of a core at most, so that visitors do not feel it.
SLICE_SECONDS = 0.03
PAUSE_AFTER_FAULT = 1.0
RETRY_SECONDS = 10.0
MOST_KEPT = 5000
MOST_LOGGED = 5


class Failure(NamedTuple):
    """A release that could not be loaded: its number, what it lacked, and when (monotonic seconds)."""

    number: int
    missing: tuple[str, ...]
    at: float


class Keeper:
    """Keeps one `Site` true to the newest release on a `Disk`."""

    def __init__(self, site: Site, place: Disk, believing: Trust) -> None:
        self.site, self.disk, self.trust = site, place, believing
        self.ending, self.watching = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, name="portal-keeper", daemon=True)
        self.guards = [CopyGuard(copy, place, believing) for copy in place.copies]
        self.leftovers = Leftovers()
        self.orphan_seconds: float = rule("serving.orphan_seconds")
        self.alarm_seconds: float = rule("serving.alarm_seconds")
        self.floor = 0
        self.found: deque[Finding] = deque(maxlen=MOST_KEPT)
        self._pass: Iterator[Finding | None] | None = None
        self._next_pass = 0.0
        self._told_at = float("-inf")
        self._untold_served = False
        self._starting = True
        self._failed: Failure | None = None
        self._ask_again = float("-inf")
        self._lacking: tuple[int, tuple[str, ...]] | None = None

    @classmethod
    def of_settings(cls, site: Site) -> Keeper:
        """The keeper of this zone's own disk."""
        return cls(site, disk(), trust())

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self.thread.start()

    def stop(self) -> None:
        """End; returns when the thread has ended."""
        self.ending.set()
        if self.thread.is_alive():
            self.thread.join(10)

    # The life of the thread ------------------------------------------------------------------

    def _run(self) -> None:
        while not self.ending.is_set():
            try:
                self.disk.ready()
                self.begin()
                self._stay()
            except Exception:  # the site goes on from memory, and the keeper tries again
                log.exception("the keeper of the site met a fault")
                self.ending.wait(PAUSE_AFTER_FAULT)
            finally:
                close_old_connections()

    def _stay(self) -> None:
        """Wake for every change below the folder; ends when the folder itself was replaced."""
        self.disk.folder.mkdir(parents=True, exist_ok=True)
        roots = [self.disk.folder, *(copy.folder for copy in self.disk.copies)]
        watched = [_identity(root) for root in roots]
        changes = watch(
            self.disk.folder,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=50,
            rust_timeout=WAKE_MS,
            yield_on_timeout=True,
            stop_event=self.ending,
            raise_interrupt=False,
        )
        if self.guards[0].seen:  # the folder was replaced under our eyes
            self.look()
        for changed in changes:
            self.watching.set()
            self.turn(changed=bool(changed))
            if [_identity(root) for root in roots] != watched:
                return

    def turn(self, *, changed: bool) -> None:
        """One turn: what is new, what is wrong (all of it when something changed), and telling of both."""
        self.follow()
        if self.site.held is not None:
            if changed:
                self.look()
            else:
                self._look_on()
        self.tell()

    # Releases and withdrawals ----------------------------------------------------------------

    def begin(self) -> None:
        """At start: the newest release of either copy that verifies and is not below the highest ever accepted."""
        held = self.site.held
        if held is None:
            self._read_floor()
            numbers = {copy.current() or 0 for copy in self.disk.copies} | {self.floor}
            for number in sorted((one for one in numbers if one >= max(self.floor, 1)), reverse=True):
                if self._adopt(number):
                    break
            self.site.lost = self.site.held is None and bool(self.floor)
            self.site.loading = False
            if self.site.lost:
                log.error("no copy of release %s can be served: its pages are asked for again", self.floor)

    def _read_floor(self) -> None:
        """The highest release ever accepted: by the database as far as it proves it, else by what lies on the disk."""
        proven = 0
        with suppress(Exception):  # a database that does not answer must not keep the pages from the public
            known = queries.accepted()
            proven = known.highest if self.trust.believes(known.signed, known.highest) else 0
        numbers = {number for copy in self.disk.copies for number in copy.release_numbers()}
        named = {copy.current() or 0 for copy in self.disk.copies}
        believed = (one for one in sorted(numbers & named, reverse=True) if self._signed(one) is not None)
        self.floor = max(self.floor, proven or next(believed, 0))

    def follow(self) -> None:
        """Let a newer release, or a withdrawal, take effect."""
        held = self.site.held
        newest = self.disk.newest()
        if newest >= max(held.number + 1 if held else 1, self.floor) and self._worth_trying(newest):
            self._adopt(newest)
        if self.site.held is not None:
            self._follow_notices(self.site.held)
        elif time.monotonic() >= self._ask_again and (self.site.lost or not self._coming()):
            self._ask_again = time.monotonic() + 60 * rule("serving.ask_minutes") + 1
            self._lacking = self._lacking or (self.floor, ())

    def _coming(self) -> bool:
        """Whether a first release lies here and waits for its contents, which are asked for by themselves."""
        return any(copy.release_numbers() for copy in self.disk.copies)

    def _worth_trying(self, number: int) -> bool:
        """A release that could not be loaded is tried again when what it lacked has come, or after a while."""
        failed = self._failed
        if failed is None or failed.number != number or time.monotonic() - failed.at > RETRY_SECONDS:
            return True
        stores = [copy.store for copy in self.disk.copies]
        return bool(failed.missing) and all(any(store.has(one) for store in stores) for one in failed.missing)

    def _signed(self, number: int) -> Signed | None:
        """The manifest of a number that may be believed, from either copy or, where both are gone, from the row."""
        for copy in self.disk.copies:
            signed = copy.release(number)
            if self.trust.believes(signed, number):
                return signed
        if number == self.floor:
            with suppress(Exception):
                return queries.accepted().signed
        return None

    def _adopt(self, number: int) -> bool:
        """Load a release and let the public see it; the one before goes on when anything is wrong with it."""
        signed = self._signed(number)
        manifest = self.trust.believes(signed, number)
        if signed is None or manifest is None:
            self._failed = Failure(number, (), time.monotonic())
            return False
        before = self.site.held
        try:
            held = hold(manifest, signed, self.disk.copies, before, self.ending.is_set)
        except Incomplete as lacking:
            log.error("release %s is not complete: %s contents are missing", number, len(lacking.missing))
            self._failed = Failure(number, tuple(lacking.missing), time.monotonic())
            self._lacking = (number, tuple(lacking.missing))
            return False
        notices = self._read_notices(held.notices)
        held = held.hiding({serial: one for serial, one in notices.items() if one.notice.after >= number})
        self.site.held, self.site.lost = held, False
        self.floor = max(self.floor, number)
        self._lacking, self._pass, self._next_pass = None, None, 0.0
        self._untold_served = True
        if before is not None:
            self.leftovers.contents |= before.manifest.objects.keys()
        self.leftovers.notices |= notices.keys() - held.notices.keys()
        self._note_leftovers(held)
        log.info("release %s is served: %s pages", number, len(held.pages))
        return True

    def _read_notices(self, known: Mapping[int, Hidden]) -> dict[int, Hidden]:
        """Every withdrawal that may be believed: in memory, on either copy, in the database."""
        found = dict(known)
        sources = [copy.notices() for copy in self.disk.copies]
        try:
            sources.append(queries.withdrawals())
        except Exception:
            log.exception("withdrawals in the database could not be read")
        for source in sources:
            for serial, signed in source.items():
                if serial not in found and (notice := self.trust.believes_notice(signed, serial)):
                    found[serial] = Hidden(notice, signed)
        return found

    def _follow_notices(self, held: Held) -> None:
        serials = [copy.notice_serials() for copy in self.disk.copies]
        if set().union(*serials) - held.notices.keys() - self.leftovers.notices:
            notices = self._read_notices(held.notices)
            self.leftovers.notices |= {serial for serial, one in notices.items() if one.notice.after < held.number}
            notices = {serial: one for serial, one in notices.items() if one.notice.after >= held.number}
            if notices.keys() != held.notices.keys():
                self.site.held = held.hiding(notices)
                self._pass = None
                log.warning("withdrawn at once: notices %s", sorted(notices.keys() - held.notices.keys()))

    # The guard -------------------------------------------------------------------------------

    def look(self) -> None:
        """A pass over everything, without reading again what looks as it did."""
        held = self.site.held
        if held is None:
            return
        self._prepare_pass()
        for guard in self.guards:
            for finding in guard.check(held, self.leftovers, thorough=False):
                self._keep(finding)
        self._outside(held)

    def _look_on(self) -> None:
        """Go on with the thorough pass for a slice of time, or begin one when it is due."""
        held = self.site.held
        if held is None:
            return
        if self._pass is None:
            if time.monotonic() < self._next_pass:
                return
            self._prepare_pass()
            self._next_pass = time.monotonic() + rule("serving.full_check_seconds")
            self._pass = self._thorough(held)
        limit = time.monotonic() + SLICE_SECONDS
        for finding in self._pass:
            self._keep(finding)
            if time.monotonic() > limit or self.ending.is_set():
                return
        self._pass = None

    def check_all(self) -> None:
        """A whole thorough pass at once."""
        if self.site.held is not None:
            self._prepare_pass()
            for finding in self._thorough(self.site.held):
                self._keep(finding)

    def _thorough(self, held: Held) -> Iterator[Finding | None]:
        for guard in self.guards:
            yield from guard.check(held, self.leftovers, thorough=True)
        self._outside(held)
        self._check_row(held)
        self._sweep(held)
        yield None

    def _prepare_pass(self) -> None:
        self.leftovers.orphan_seconds = self.orphan_seconds
        with self.disk.installing(wait=False) as free:
            self.leftovers.installing = not free

    def _keep(self, finding: Finding | None) -> None:
        if finding is not None:
            if len(self.found) < MOST_LOGGED:
                log.error("changed on the disk: %s %s/%s", finding.kind, finding.copy, finding.path)
            self.found.append(finding)

    def _outside(self, held: Held) -> None:
        """What lies beside the two copies in their folder."""
        for path in sorted(self.disk.folder.iterdir()):
            if path.name not in {copy.name for copy in self.disk.copies}:
                guard = self.guards[0]
                healed = guard.quarantine.take(path, "")
                self._keep(Finding(actions.Kind.UNKNOWN, "", path.name, healed, clock.now()))

    def _check_row(self, held: Held) -> None:
        """The row of the site's state against the signed manifest: a number it cannot prove, or one too low."""
        known = queries.accepted()
        honest = known.highest >= held.number and self.trust.believes(known.signed, known.highest)
        if not honest:
            actions.heal_state(SITE, held.manifest, held.signed)
        recorded = queries.withdrawals() if held.notices else {}
        for serial, one in held.notices.items():
            if recorded.get(serial) != one.signed:
                actions.heal_notice(SITE, one.notice, one.signed)

    # Sweeping --------------------------------------------------------------------------------

    def _note_leftovers(self, held: Held) -> None:
        """What releases before this one left on the disk, as far as their own manifests say so."""
        for copy in self.disk.copies:
            for number in copy.release_numbers():
                if number < held.number and (manifest := self.trust.believes(copy.release(number), number)):
                    self.leftovers.releases.add(number)
                    self.leftovers.contents |= manifest.objects.keys()
        self.leftovers.contents -= held.manifest.objects.keys()

    def _sweep(self, held: Held) -> None:
        """Remove what only former releases needed, unless an installer is at work or a release waits.

        The manifests go last: a sweep cut short is explained by them at the next start.
        """
        if not (self.leftovers.releases or self.leftovers.contents or self.leftovers.notices):
            return
        with self.disk.installing(wait=False) as free:
            waiting = any(number > held.number for copy in self.disk.copies for number in copy.release_numbers())
            if not free or waiting:
                return
            for copy in self.disk.copies:
                for sha256 in self.leftovers.contents:
                    copy.store.delete(sha256)
                for number in self.leftovers.releases:
                    copy.drop_release(number)
                for serial in self.leftovers.notices:
                    copy.drop_notice(serial)
        self.leftovers = Leftovers()

    # Telling ---------------------------------------------------------------------------------

    def tell(self) -> None:
        """Record and report; what the database does not take now is kept for later."""
        held = self.site.held
        try:
            if held is not None and self._untold_served:
                actions.note_served(SITE, held.number, starting=self._starting)
                self._untold_served = self._starting = False
            if self._lacking is not None:
                number, missing = self._lacking
                actions.ask_for(SITE, number, missing, everything=not missing)
                self._lacking = None
            if self.found and time.monotonic() - self._told_at >= self.alarm_seconds:
                some = list(self.found)
                actions.note_tamper(SITE, some)
                for _ in some:
                    self.found.popleft()
                self._told_at = time.monotonic()
        except CountyError as refused:
            log.warning("not recorded: %s", refused.sentence())
        except Exception:
            log.exception("not recorded now, kept for later")
            close_old_connections()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
