"""网页防篡改 on the disk: each copy is compared with the signed release, and put right where it differs.

What the public is answered never comes from here, so a changed file is an alarm and not yet a harm.  A pass looks
at every entry of a copy; a thorough one also reads every byte again, since dates can be forged.
Standard: GA/T 1358-2018 (file protection, detection, restoring, alarm); portal.md 6.1 and T01, T02.
"""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from taihe.ground import clock
from taihe.ground.signing.store import make_private_folder

from .actions import Finding, Kind
from .disk import FILE_MODE, FOLDER_MODE, Copy, Disk, Signed, read_plainly
from .memory import Held
from .quarantine import Quarantine
from .trust import Trust

TICK = 200
SETTLING_SECONDS = 60
ENTRIES = ("o", "incoming", "releases", "notices", "current")
_HEX = frozenset("0123456789abcdef")
_STAMP = struct.Struct("<QqqqIQI")  # packed, since there is one for every file of a large site

Stamp = bytes


def stamp_of(status: os.stat_result) -> Stamp:
    """What changes when a file is changed by ordinary means."""
    times = (status.st_mtime_ns, status.st_ctime_ns)
    return _STAMP.pack(status.st_ino, status.st_size, *times, status.st_mode, status.st_nlink, status.st_uid)


def _lstat(path: Path | str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _age(status: os.stat_result) -> float:
    """Seconds since the entry last changed, by the machine's clock, as file dates are."""
    return time.time() - status.st_ctime


class CopyGuard:
    """Watches over one copy; `check` yields what it found, and None where it may be interrupted."""

    def __init__(self, copy: Copy, disk: Disk, trust: Trust) -> None:
        self.copy, self.trust = copy, trust
        self.quarantine = Quarantine(disk.quarantine)
        self.seen: dict[str, Stamp] = {}
        self.notes: list[Finding] = []

    def check(self, held: Held, leftovers: Leftovers, *, thorough: bool) -> Iterator[Finding | None]:
        """Compare the whole copy with the release that is served; heals as it goes."""
        self.quarantine.measure()
        if thorough:
            self.seen.clear()
        yield from self._folder(self.copy.folder)
        yield from self._strangers()
        for name in ("o", "incoming", "releases", "notices"):
            yield from self._folder(self.copy.folder / name)
        pending = dict[str, int]()
        yield from self._releases(held, leftovers, pending)
        yield from self._notices(held, leftovers)
        yield from self._current(held)
        yield from self._objects(held, leftovers, pending)
        yield from self._drafts()

    # Helpers ---------------------------------------------------------------------------------

    def _found(self, kind: str, path: Path, *, healed: bool) -> Finding:
        told = str(path.relative_to(self.copy.folder)) if path != self.copy.folder else "."
        return Finding(kind, self.copy.name, told, healed, clock.now())

    def _folder(self, folder: Path) -> Iterator[Finding]:
        """A folder that must be there, real and private."""
        status = _lstat(folder)
        if status is not None and stat.S_ISDIR(status.st_mode):
            if stat.S_IMODE(status.st_mode) != FOLDER_MODE:
                yield self._closed(folder)
            return
        if status is not None:
            self.quarantine.take(folder, self.copy.name)
        make_private_folder(folder)
        yield self._found(Kind.MISSING if status is None else Kind.LINK, folder, healed=True)

    def _closed(self, folder: Path) -> Finding:
        """A folder whose mode was changed, set right."""
        with suppress(OSError):
            folder.chmod(FOLDER_MODE)
        status = _lstat(folder)
        healed = status is not None and stat.S_IMODE(status.st_mode) == FOLDER_MODE
        return self._found(Kind.MODE, folder, healed=healed)

    def _strangers(self) -> Iterator[Finding]:
        for name in _names(self.copy.folder):
            if name not in ENTRIES:
                yield self._expel(self.copy.folder / name)

    def _expel(self, path: Path, kind: str = Kind.UNKNOWN) -> Finding:
        status = _lstat(path)
        if status is not None and stat.S_ISLNK(status.st_mode):
            kind = Kind.LINK
        return self._found(kind, path, healed=self.quarantine.take(path, self.copy.name))

    def _fault(self, path: Path, status: os.stat_result) -> str | None:
        """What is wrong with a file before it is read."""
        if not stat.S_ISREG(status.st_mode):
            return Kind.LINK if stat.S_ISLNK(status.st_mode) else Kind.CHANGED
        private = stat.S_IMODE(status.st_mode) == FILE_MODE and status.st_nlink == 1 and status.st_uid == os.getuid()
        return None if private else Kind.MODE

    def _small(self, place: Path, wanted: bytes) -> Iterator[Finding]:
        """A manifest, notice or signature that must hold exactly these bytes."""
        path = self.copy.folder / place
        status = _lstat(path)
        if status is not None and self.seen.get(str(place)) == stamp_of(status):
            return
        kind: str | None = Kind.MISSING
        if status is not None:
            kind = self._fault(path, status) or (
                None if read_plainly(path, len(wanted) + 1) == wanted else Kind.CHANGED
            )
        if kind is None and status is not None:
            self.seen[str(place)] = stamp_of(status)
            return
        if status is not None:
            self.quarantine.take(path, self.copy.name)
        self.copy.put_file(place, wanted)
        yield self._found(str(kind), path, healed=True)

    # Releases, notices, current --------------------------------------------------------------

    def _releases(self, held: Held, leftovers: Leftovers, pending: dict[str, int]) -> Iterator[Finding | None]:
        folder = self.copy.folder / "releases"
        for name in _names(folder):
            path = folder / name
            number = int(name) if name.isdecimal() and name.isascii() and name == str(int(name)) else 0
            status = _lstat(path)
            if not number or status is None or not stat.S_ISDIR(status.st_mode):
                if status is not None:
                    yield self._expel(path)
            elif number != held.number:
                yield from self._other_release(number, path, held, leftovers, pending)
            yield None
        own = self.copy.release_folder(held.number)
        yield from self._folder(own)
        for name in _names(own):
            if name not in ("manifest", "manifest.sig"):
                yield self._expel(own / name)
        place = own.relative_to(self.copy.folder)
        yield from self._small(place / "manifest", held.signed.data)
        yield from self._small(place / "manifest.sig", held.signed.signature)

    def _other_release(
        self, number: int, path: Path, held: Held, leftovers: Leftovers, pending: dict[str, int]
    ) -> Iterator[Finding]:
        if number < held.number:
            if number not in leftovers.releases:
                yield self._expel(path)
            return
        manifest = leftovers.believed(self.copy.release(number), number, self.trust)
        if manifest is not None:
            pending |= manifest
        elif os.path.lexists(path):
            yield self._expel(path, Kind.CHANGED)

    def _arriving(self, path: Path) -> bool:
        """Whether a file may be a notice that was written a moment ago: its signature comes first."""
        text = path.name.removesuffix(".sig")
        status = _lstat(path)
        if not (text.isascii() and text.isdecimal()) or (status and _age(status) > SETTLING_SECONDS):
            return False
        return path.suffix == ".sig" or self.trust.believes_notice(self.copy.notice(int(text)), int(text)) is not None

    def _notices(self, held: Held, leftovers: Leftovers) -> Iterator[Finding | None]:
        folder = self.copy.folder / "notices"
        expected = leftovers.notices | held.notices.keys()
        known = {f"{serial}{suffix}" for serial in expected for suffix in ("", ".sig")}
        for name in _names(folder):
            if name not in known and not self._arriving(folder / name):
                yield self._expel(folder / name)
        for serial, hidden in held.notices.items():
            yield from self._small(Path("notices", f"{serial}.sig"), hidden.signed.signature)
            yield from self._small(Path("notices", str(serial)), hidden.signed.data)
            yield None

    def _current(self, held: Held) -> Iterator[Finding]:
        number = self.copy.current()
        if number == held.number:
            return
        if number is not None and number > held.number:
            if self.trust.believes(self.copy.release(number), number):
                return  # a switch that memory has not followed yet
        link = self.copy.folder / "current"
        status = _lstat(link)
        if status is not None and not stat.S_ISLNK(status.st_mode):
            self.quarantine.take(link, self.copy.name)
        self.copy.switch(held.number)
        yield self._found(Kind.CURRENT, link, healed=True)

    # Contents --------------------------------------------------------------------------------

    def _objects(self, held: Held, leftovers: Leftovers, pending: Mapping[str, int]) -> Iterator[Finding | None]:
        wanted = held.manifest.objects
        there, count = set[str](), 0
        for sub, path in self._content_paths():
            count += 1
            if count % TICK == 0:
                yield None
            if sub is None:
                yield self._expel(path)
                continue
            status = _lstat(path)
            if status is None:
                continue
            name, stamp = path.name, stamp_of(status)
            if self.seen.get(name) == stamp:
                there.add(name)
                continue
            kind = self._content_fault(sub, path, status, wanted.get(name) or pending.get(name))
            if kind is None:
                self.seen[name] = stamp
                there.add(name)
            elif name in wanted and name[:2] == sub:
                yield from self._replace(path, kind, held)
                there.add(name)
            else:
                yield self._expel(path, kind)
        notes, self.notes = self.notes, []
        yield from notes
        yield from self._missing(held, there)
        yield from self._orphans(there.difference(wanted, pending), leftovers)

    def _content_paths(self) -> Iterator[tuple[str | None, Path]]:
        """Every entry below ``o/``: (its folder, path), the folder None for what has no business there."""
        for sub in _names(self.copy.folder / "o"):
            folder = self.copy.folder / "o" / sub
            status = _lstat(folder)
            if len(sub) != 2 or not _HEX.issuperset(sub) or status is None or not stat.S_ISDIR(status.st_mode):
                yield None, folder
                continue
            if stat.S_IMODE(status.st_mode) != FOLDER_MODE:
                self.notes.append(self._closed(folder))
            for name in _names(folder):
                yield sub, folder / name

    def _content_fault(self, sub: str, path: Path, status: os.stat_result, size: int | None) -> str | None:
        name = path.name
        if name[:2] != sub or len(name) != 64 or not _HEX.issuperset(name):
            return Kind.UNKNOWN
        if fault := self._fault(path, status):
            return fault
        if size is not None and status.st_size != size:
            return Kind.CHANGED
        data = read_plainly(path, status.st_size + 1)
        return None if data is not None and hashlib.sha256(data).hexdigest() == name else Kind.CHANGED

    def _replace(self, path: Path, kind: str, held: Held) -> Iterator[Finding]:
        self.quarantine.take(path, self.copy.name)
        self.copy.store.put(held.objects[path.name])
        yield self._found(kind, path, healed=True)

    def _missing(self, held: Held, there: set[str]) -> Iterator[Finding | None]:
        lost = [one for one in held.manifest.objects if one not in there]
        for begin in range(0, len(lost), TICK):
            some = lost[begin : begin + TICK]
            self.copy.store.put_many(held.objects[one] for one in some)
            for one in some:
                yield self._found(Kind.MISSING, self.copy.store.path(one), healed=True)
            yield None

    def _orphans(self, names: set[str], leftovers: Leftovers) -> Iterator[Finding]:
        """Whole contents that no release names: on their way, left over, or planted."""
        for name in names:
            path = self.copy.store.path(name)
            status = _lstat(path)
            if name not in leftovers.contents and status is not None and _age(status) > leftovers.orphan_seconds:
                if not leftovers.installing:
                    yield self._expel(path)

    def _drafts(self) -> Iterator[Finding]:
        for name in _names(self.copy.drafts):
            path = self.copy.drafts / name
            status = _lstat(path)
            if status is not None and _age(status) > 3600:
                yield self._expel(path)


class Leftovers:
    """What a release before left behind, not yet swept; and the releases that wait for their contents."""

    def __init__(self) -> None:
        self.releases: set[int] = set()
        self.notices: set[int] = set()
        self.contents: set[str] = set()
        self.installing = False
        self.orphan_seconds = 60.0
        self._believed: dict[int, tuple[Signed, Mapping[str, int]]] = {}

    def believed(self, signed: Signed | None, number: int, trust: Trust) -> Mapping[str, int] | None:
        """Contents of a waiting release that may be believed; read once."""
        known = self._believed.get(number)
        if known is not None and known[0] == signed:
            return known[1]
        manifest = trust.believes(signed, number)
        if manifest is None or signed is None:
            return None
        self._believed = {number: (signed, manifest.objects)}
        return manifest.objects


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
