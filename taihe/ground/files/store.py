"""Where bytes lie: one file per content, named by its SHA-256, whole or not at all.

A file is streamed to ``incoming/``, brought to the disk (fsync) and renamed to ``xx/yy/<sha256>``, so
neither a kill nor a power cut leaves half a file under a digest.  Putting the same content again
replaces the file by the same bytes: nothing is kept twice, a damaged copy heals, and the file's own
date tells when it was last wanted.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from taihe.ground.killpoints import killpoint
from taihe.ground.signing.store import make_private_folder, sync_folder

from .errors import FileDamaged, FileLost, FileTooLarge, StoreFull

CHUNK = 1024 * 1024
MB = 1024 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")
# No room, quota used up, file size limit of the process.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Readable(Protocol):
    """Anything that gives bytes in pieces: an open file, an upload, a buffer."""

    def read(self, size: int, /) -> bytes: ...


class Stored(NamedTuple):
    """What was put: SHA-256 (hex) and size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True)
class Draft:
    """Bytes that lie in ``incoming/``, private and complete, with the digest they will have in the store."""

    store: Store
    path: Path
    sha256: str
    size: int

    def keep(self) -> Stored:
        """Move the bytes into the store; `path` is no more."""
        self.store._settle(self.path, self.sha256)
        return Stored(self.sha256, self.size)


@contextmanager
def _no_room_is_told() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        if fault.errno in _NO_ROOM:
            raise StoreFull() from fault
        raise


class Store:
    """One folder of files by content; any number of processes may put and read at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"

    def path(self, sha256: str) -> Path:
        """Where a content lies or would lie.  Raises ValueError for anything but 64 hex digits."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def put(self, stream: Readable, *, limit: int | None = None) -> Stored:
        """Store what the stream still holds, on disk before returning; `limit` in bytes.

        Raises FileTooLarge past the limit and StoreFull without room; both leave nothing behind.
        """
        with self.draft(stream, limit=limit) as draft:
            return draft.keep()

    @contextmanager
    def draft(self, stream: Readable, *, limit: int | None = None) -> Iterator[Draft]:
        """The stream's bytes on disk but not yet in the store, to be looked at first; gone unless kept.

        Raises as `put` does.
        """
        with _no_room_is_told():
            make_private_folder(self._incoming)
            handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with _no_room_is_told(), os.fdopen(handle, "wb") as file:
                stored = _copy(stream, file, limit)
                file.flush()
                os.fsync(file.fileno())
            yield Draft(self, temporary, *stored)
        finally:
            temporary.unlink(missing_ok=True)

    def _settle(self, temporary: Path, sha256: str) -> None:
        final = self.path(sha256)
        with _no_room_is_told():
            make_private_folder(final.parent)
            killpoint("files.before_rename")
            os.replace(temporary, final)
            sync_folder(final.parent)
        killpoint("files.after_rename")

    def open(self, sha256: str, *, verify: bool = False) -> BinaryIO:
        """The content, open for reading; `verify` first reads all of it against its digest.

        Raises FileLost or FileDamaged.
        """
        try:
            file = self.path(sha256).open("rb")
        except FileNotFoundError:
            raise FileLost(digest=sha256) from None
        if verify:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                file.close()
                raise FileDamaged(digest=sha256)
            file.seek(0)
        return file

    def exists(self, sha256: str) -> bool:
        """Whether the content lies here."""
        return self.path(sha256).is_file()

    def verify(self, sha256: str) -> bool:
        """Whether the content lies here and still has its digest."""
        try:
            self.open(sha256, verify=True).close()
        except (FileLost, FileDamaged):
            return False
        return True

    def idle(self, sha256: str) -> timedelta | None:
        """Time since the content was last put; None when it is not here.

        File dates are the machine's, so they are held against the machine's clock, which no test moves.
        """
        try:
            return timedelta(seconds=time.time() - self.path(sha256).stat().st_mtime)
        except FileNotFoundError:
            return None

    def delete(self, sha256: str) -> bool:
        """Remove a content; False when it was not here.  Who calls must know that nothing refers to it."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def digests(self) -> Iterator[str]:
        """Every content that lies here, in no particular order."""
        for file in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if _SHA256.fullmatch(file.name):
                yield file.name

    def sweep_incoming(self, older_than: timedelta) -> int:
        """Remove what killed processes left half written; returns how many files."""
        swept = 0
        for file in self._incoming.glob("*"):
            if _age(file) > older_than:
                file.unlink(missing_ok=True)
                swept += 1
        return swept


def _age(file: Path) -> timedelta:
    try:
        return timedelta(seconds=time.time() - file.stat().st_mtime)
    except FileNotFoundError:
        return timedelta(0)


def _copy(stream: Readable, file: BinaryIO, limit: int | None) -> Stored:
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        size += len(chunk)
        if limit is not None and size > limit:
            raise FileTooLarge(limit_mb=max(limit // MB, 1))
        digest.update(chunk)
        file.write(chunk)
    return Stored(digest.hexdigest(), size)
