"""Attachments on their way: made ready and cut into parts on one side, put together again on the other.

Nothing is ever whole in memory.  An attachment of a personal letter travels as a row of boxes (JWE, one
per megabyte), so that whoever carries the parts reads nothing.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from taihe.ground.files.store import Readable
from taihe.ground.rules import rule
from taihe.ground.signing import KeyRing, open_sealed, seal_to

from . import spool
from .envelope import Carried, Enclosure
from .letters import Letter
from .posting import Ready
from .setup import GateSetup, gate_setup

CHUNK = 1024 * 1024
# A box is at most this long: base64 of a chunk, its header, wrapped key and tag.
BOX_LINE = CHUNK * 4 // 3 + 2048


class _Boxed:
    """A stream that gives what another holds, as lines of boxes, and remembers what it read."""

    def __init__(self, stream: Readable, peer: str, ring: KeyRing) -> None:
        self._stream, self._peer, self._ring = stream, peer, ring
        self._digest, self.size = hashlib.sha256(), 0
        self._left = b""

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def read(self, size: int, /) -> bytes:
        if not self._left:
            chunk = self._stream.read(CHUNK)
            if not chunk:
                return b""
            self._digest.update(chunk)
            self.size += len(chunk)
            self._left = seal_to(self._peer, chunk, self._ring) + b"\n"
        given, self._left = self._left[:size], self._left[size:]
        return given


def _parts_of(size: int) -> int:
    length: int = rule("gate.part_kb") * 1024
    return max(1, -(-size // length))


def prepare(stream: Readable, shape: type[Letter], *, name: str, mime: str) -> Ready:
    """Make an attachment ready for a kind of letter: copied (and boxed) into the gate's own store.

    Call it before the action, since it may take long; then hand the result to `post`.  What is never
    posted is swept away.  Raises FileTooLarge and StoreFull, having kept nothing.
    """
    setup = gate_setup()
    store, limit = setup.outgoing_files, shape.MAX_ATTACHMENT_BYTES
    if shape.PERSONAL:
        boxed = _Boxed(stream, setup.peer, setup.ring)
        carried = store.put(boxed, limit=limit * 3 // 2 + BOX_LINE)
        plain = Enclosure(sha256=boxed.sha256, size=boxed.size, name=name, mime=mime)
    else:
        carried = store.put(stream, limit=limit)
        plain = Enclosure(sha256=carried.sha256, size=carried.size, name=name, mime=mime)
    return Ready(
        enclosure=plain,
        carried=Carried(sha256=carried.sha256, size=carried.size, parts=_parts_of(carried.size)),
    )


def part_names(carried: Carried) -> list[str]:
    """The spool files of an attachment, in order."""
    return [spool.part_name(carried.sha256, number, carried.parts) for number in range(1, carried.parts + 1)]


def spool_parts(setup: GateSetup, carried: Carried) -> None:
    """Write the parts that do not lie in the outgoing folder; the caller syncs the folder."""
    length = -(-carried.size // carried.parts)
    with setup.outgoing_files.open(carried.sha256) as source:
        for number, name in enumerate(part_names(carried)):
            if not (setup.out / name).exists():
                source.seek(number * length)
                spool.put(setup.out, name, source.read(length))


# The other side -------------------------------------------------------------------------------


def arrived(incoming: Path, carried: Carried) -> bool:
    """Whether all parts lie in the incoming folder, with the right number of bytes between them."""
    try:
        return sum((incoming / name).lstat().st_size for name in part_names(carried)) == carried.size
    except FileNotFoundError:
        return False


def join(incoming: Path, carried: Carried, target: IO[bytes]) -> bool:
    """Put the parts together; False when they are not what the letter's header signs for."""
    digest, left = hashlib.sha256(), carried.size
    for name in part_names(carried):
        with os.fdopen(os.open(incoming / name, os.O_RDONLY | os.O_NOFOLLOW), "rb") as part:
            while chunk := part.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    return False
                digest.update(chunk)
                target.write(chunk)
    target.flush()
    return digest.hexdigest() == carried.sha256


def _lines(source: IO[bytes]) -> Iterator[bytes]:
    while line := source.readline(BOX_LINE):
        yield line


def unbox(source: IO[bytes], target: IO[bytes], ring: KeyRing, limit: int) -> None:
    """Open a row of boxes.  Raises CannotOpen or UnknownKey, and ValueError past `limit` bytes."""
    for line in _lines(source):
        chunk = open_sealed(line.rstrip(b"\n"), ring)
        limit -= len(chunk)
        if limit < 0:
            raise ValueError("longer than the letter says")
        target.write(chunk)
    target.flush()


def is_enclosure(path: Path, enclosure: Enclosure) -> bool:
    """Whether a file is the one the letter's content speaks of."""
    with path.open("rb") as source:
        same = hashlib.file_digest(source, "sha256").hexdigest() == enclosure.sha256
    return same and path.stat().st_size == enclosure.size
