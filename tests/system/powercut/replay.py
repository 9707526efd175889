"""The disk as a power cut leaves it, built from the record of everything that was written.

What was synced is there.  Of what was not, a strict cut keeps nothing; a torn cut keeps a part: of each file any
of the writes since its last sync, each perhaps cut off at a sector, and of each folder the first few of the
changes to its names (file systems keep these in order).
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HEAD = struct.Struct("<cHHQqI")
SECTOR = 512
# Shared memory that SQLite builds anew, and logs for people.
NOT_DISK = ("-shm", ".log")


class Change(NamedTuple):
    """One record of the journal (see shim.c)."""

    op: str
    path: str
    other: str
    ino: int
    offset: int
    data: bytes


def read_journal(journal: Path) -> list[Change]:
    """Every change in the order in which it was made."""
    data, at, found = journal.read_bytes(), 0, []
    while at < len(data):
        op, path, other, ino, offset, size = HEAD.unpack_from(data, at)
        at += HEAD.size
        texts = data[at : at + path + other].decode()
        at += path + other
        found.append(Change(op.decode(), texts[:path], texts[path:], ino, offset, data[at : at + size]))
        at += size
    return found


@dataclass
class Stored:
    """One file: the bytes that are safe, and the writes (or lengths) since its last sync."""

    safe: bytearray
    since: list[tuple[int, bytes | None]] = field(default_factory=list)

    def keep(self, writes: list[tuple[int, bytes | None]]) -> None:
        """Carry writes out on the safe bytes; None for the data sets the length."""
        for offset, data in writes:
            if data is None:
                del self.safe[offset:]
                self.safe.extend(bytes(offset - len(self.safe)))
            else:
                self.safe.extend(bytes(max(0, offset - len(self.safe))))
                self.safe[offset : offset + len(data)] = data


Named = tuple[str, str, Stored | None]


class Disk:
    """Files and names below one folder: as they are now, and as they would be after a cut."""

    def __init__(self, folder: Path) -> None:
        self.root = str(folder)
        self.inodes: dict[int, Stored] = {}
        self.names: dict[str, Stored] = {}
        for file in folder.rglob("*"):
            if file.is_file():
                stored = Stored(bytearray(file.read_bytes()))
                self.inodes[file.stat().st_ino] = self.names[str(file)] = stored
        self.safe_names = dict(self.names)
        self.unsafe_names: list[Named] = []

    def apply(self, change: Change) -> None:
        """Live through one change."""
        {"W": self._write, "T": self._write, "S": self._sync, "D": self._sync_folder}.get(change.op, self._name)(change)

    def _write(self, change: Change) -> None:
        stored = self.inodes[change.ino]
        stored.since.append((change.offset, change.data if change.op == "W" else None))

    def _sync(self, change: Change) -> None:
        stored = self.inodes[change.ino]
        stored.keep(stored.since)
        stored.since = []

    def _name(self, change: Change) -> None:
        made: Named
        if change.op == "C":
            stored = self.inodes[change.ino] = self.names[change.path] = Stored(bytearray())
            made = ("", change.path, stored)
        elif change.op == "R":
            stored = self.names[change.other] = self.names.pop(change.path)
            made = (change.path, change.other, stored)
        else:
            del self.names[change.path]
            made = (change.path, "", None)
        self.unsafe_names.append(made)

    def _keep_names(self, changes: list[Named]) -> None:
        for gone, new, stored in changes:
            self.safe_names.pop(gone, None)
            if stored is not None:
                self.safe_names[new] = stored

    def _sync_folder(self, change: Change) -> None:
        def inside(named: Named) -> bool:
            return any(one.rpartition("/")[0] == change.path for one in named[:2])

        self._keep_names([one for one in self.unsafe_names if inside(one)])
        self.unsafe_names = [one for one in self.unsafe_names if not inside(one)]

    # The cut ---------------------------------------------------------------------------------

    def settle(self, prefixes: tuple[str, ...]) -> None:
        """Everything below these folders reaches the disk: this machine keeps its power."""
        self._keep_names([one for one in self.unsafe_names if (one[0] or one[1]).startswith(prefixes)])
        self.unsafe_names = [one for one in self.unsafe_names if not (one[0] or one[1]).startswith(prefixes)]
        for path, stored in self.names.items():
            if path.startswith(prefixes):
                stored.keep(stored.since)
                stored.since = []

    def tear(self, chance: random.Random) -> None:
        """Let some of what was not synced reach the disk all the same."""
        folders = sorted({(one[1] or one[0]).rpartition("/")[0] for one in self.unsafe_names})
        for folder in folders:
            mine = [one for one in self.unsafe_names if (one[1] or one[0]).rpartition("/")[0] == folder]
            self._keep_names(mine[: chance.randint(0, len(mine))])
        for stored in {id(one): one for one in self.safe_names.values()}.values():
            stored.keep(list(_torn(stored.since, chance)))

    def write_out(self, target: Path) -> None:
        """Make the disk real at another place, as it is after the cut."""
        for path, stored in self.safe_names.items():
            if not path.endswith(NOT_DISK):
                file = target / path[len(self.root) + 1 :]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.touch(mode=0o600)
                file.write_bytes(stored.safe)

    def differs(self) -> list[str]:
        """Files whose bytes are not as the real folder has them now: what the recorder missed."""
        real = {str(one) for one in Path(self.root).rglob("*") if one.is_file()}
        paths = [one for one in real | set(self.names) if not one.endswith(NOT_DISK)]
        return [one for one in paths if one not in self.names or one not in real or self._bytes(one) != _bytes(one)]

    def _bytes(self, path: str) -> bytes:
        stored = self.names[path]
        now = Stored(bytearray(stored.safe))
        now.keep(stored.since)
        return bytes(now.safe)


def _bytes(path: str) -> bytes:
    return Path(path).read_bytes()


def _torn(writes: list[tuple[int, bytes | None]], chance: random.Random) -> Iterator[tuple[int, bytes | None]]:
    for offset, data in writes:
        luck = chance.random()
        if luck < 0.4:
            yield offset, data
        elif luck < 0.6 and data is not None:
            yield offset, data[: chance.randint(0, len(data) // SECTOR) * SECTOR]
