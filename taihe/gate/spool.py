"""Files in the spool folders: whole or absent, never half, whoever dies when."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path

from taihe.ground.killpoints import killpoint

from . import errors
from .envelope import Place, place_of
from .letters import Lane

LETTER, RECEIPT, PART = ".letter", ".receipt", ".part"
_PART = re.compile(r"([0-9a-f]{64})-([1-9]\d{0,5})of([1-9]\d{0,5})\.part")
# A link, a socket, a thing we may not read.
_NOT_PLAIN = (errno.ELOOP, errno.ENXIO, errno.EACCES, errno.EPERM)
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def sync_folder(folder: Path) -> None:
    """Make the folder's names durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(folder: Path, name: str, data: bytes) -> None:
    """Write one file so that it appears whole; the caller syncs the folder after the last one."""
    hidden = folder / f".{name}.new"
    try:
        with hidden.open("wb") as target:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
        killpoint("gate.before_rename")
        hidden.rename(folder / name)
    except OSError:
        hidden.unlink(missing_ok=True)
        raise


def part_name(sha256: str, number: int, parts: int) -> str:
    """The spool file of one part of an attachment; numbers start at 1."""
    return f"{sha256}-{number}of{parts}{PART}"


def part_of(name: str) -> tuple[str, int, int] | None:
    """Digest, number and count that a part's name claims; None when it is no part's name."""
    found = _PART.fullmatch(name)
    return (found[1], int(found[2]), int(found[3])) if found else None


@dataclass
class Listing:
    """What lies in an incoming folder, by the names the files claim."""

    letters: dict[Lane, list[tuple[Place, Path]]] = field(default_factory=dict)
    receipts: list[Path] = field(default_factory=list)
    parts: list[Path] = field(default_factory=list)
    strays: list[Path] = field(default_factory=list)


def look(folder: Path) -> Listing:
    """Sort the files of an incoming folder; hidden ones are still being written and are not seen."""
    found = Listing()
    with os.scandir(folder) as entries:
        names = sorted(one.name for one in entries if not one.name.startswith("."))
    for name in names:
        claimed = place_of(name)
        if claimed:
            found.letters.setdefault(claimed[0], []).append((claimed[1], folder / name))
        elif name.endswith(RECEIPT):
            found.receipts.append(folder / name)
        elif part_of(name):
            found.parts.append(folder / name)
        else:
            found.strays.append(folder / name)
    return found


@contextlib.contextmanager
def _plain(file: Path) -> Iterator[BufferedReader | None]:
    """A plain file opened for reading; None for a link, folder, pipe or socket, none of which is touched."""
    try:
        handle = os.open(file, _READ)
    except OSError as odd:
        if odd.errno not in _NOT_PLAIN:
            raise
        yield None
        return
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        yield None
        return
    with os.fdopen(handle, "rb") as source:
        yield source


def read_whole(file: Path, limit: int) -> bytes:
    """The bytes of a plain file of at most `limit` bytes.

    Raises NotALetter, TooLarge, or FileNotFoundError when it was taken away meanwhile.
    """
    with _plain(file) as source:
        if source is None:
            raise errors.NotALetter
        data = source.read(limit + 1)
    if len(data) > limit:
        raise errors.TooLarge(limit=limit)
    return data


def fingerprint(file: Path) -> str:
    """SHA-256 (hex) that names an incident: of a plain file's bytes, of any other thing's name."""
    with contextlib.suppress(FileNotFoundError), _plain(file) as source:
        if source is not None:
            return hashlib.file_digest(source, "sha256").hexdigest()
    return hashlib.sha256(f"not-a-file:{file.name}".encode()).hexdigest()


def age(file: Path) -> float:
    """Seconds since a file last changed, by the machine's clock (which tests do not move); 0 when it is gone."""
    try:
        return time.time() - file.lstat().st_mtime
    except FileNotFoundError:
        return 0.0


def set_aside(file: Path, folder: Path, digest: str) -> None:
    """Move a stopped file out of the spool, named by its digest; links and pipes are only taken away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileNotFoundError):
        mode = file.lstat().st_mode
        if stat.S_ISREG(mode):
            shutil.move(file, folder / f"{digest}{LETTER}")
        elif stat.S_ISDIR(mode):
            shutil.move(file, folder / f"{digest}-{time.time_ns()}")
        else:
            file.unlink()


def remove(files: Iterable[Path]) -> None:
    """Take files out of the spool; one that is already gone is fine."""
    for file in files:
        file.unlink(missing_ok=True)


def sweep_hidden(folder: Path, seconds: float) -> int:
    """Remove what a killed writer left half written, once it has not changed for `seconds`."""
    stale = [file for file in folder.glob(".*.new") if age(file) > seconds]
    remove(stale)
    return len(stale)
