"""Packs: the contents another zone lacks, as tar files of one spelling only.

A pack holds plain members and nothing else, sorted and named by digest, with an extension that tells its
type to the scan at the gate.  Reading compares every header with the one this room would write, so that
links, folders, long names, other owners or bytes between members cannot occur.
"""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .errors import BadPack
from .manifest import File, Manifest

PACK_BYTES = 32 * 1024 * 1024
# Not more members than the scan at the gate looks into, with what unpacks from them.
PACK_MEMBERS = 4000
FORMS = (".gz", ".br")
_BLOCK = 512
_END = bytes(2 * _BLOCK)
_ROUND = 20 * _BLOCK
# Extension of a member by mime type; what is not listed goes by the extension of its path.
EXTENSIONS = {
    "text/html": "html",
    "text/css": "css",
    "text/javascript": "js",
    "text/plain": "txt",
    "text/csv": "csv",
    "application/xml": "xml",
    "application/rss+xml": "xml",
    "application/json": "json",
    "application/manifest+json": "json",
    "image/svg+xml": "svg",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/gif": "gif",
    "application/pdf": "pdf",
}


class Piece(NamedTuple):
    """One content to carry: digest, size in bytes, and the name of its member."""

    sha256: str
    size: int
    name: str

    @property
    def compressed(self) -> bool:
        """Whether this is a compressed form of another content of the release."""
        return self.name.endswith(FORMS)


def _extension(file: File) -> str:
    known = EXTENSIONS.get(file.mime.partition(";")[0])
    if known:
        return known
    tail = file.path.rpartition("/")[2].rpartition(".")[2].lower()
    return tail if tail.isascii() and tail.isalnum() and len(tail) <= 8 else "bin"


def pieces_of(manifest: Manifest) -> dict[str, Piece]:
    """Every content of a release as a piece, by digest."""
    found: dict[str, Piece] = {}
    for file in manifest.files:
        extension = _extension(file)
        forms = ((file, ""), (file.gz, ".gz"), (file.br, ".br"))
        for form, suffix in forms:
            if form is not None and form.sha256 not in found:
                found[form.sha256] = Piece(form.sha256, form.size, f"{form.sha256}.{extension}{suffix}")
    return found


def delta(old: Manifest | None, new: Manifest) -> list[Piece]:
    """What somebody who has all of `old` lacks for `new`, by digest."""
    known = old.objects if old else {}
    return sorted(piece for sha256, piece in pieces_of(new).items() if sha256 not in known)


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o400
    return entry.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def _padding(size: int, block: int = _BLOCK) -> int:
    return -size % block


def write_packs(
    pieces: Iterable[Piece], read: Callable[[Piece], bytes], folder: Path, *, limit: int = PACK_BYTES
) -> Iterator[BinaryIO]:
    """Packs of at most `limit` bytes (a single larger content has its own), as unnamed files at their beginning.

    `read` gives the verified bytes of a piece.  The same pieces always make the same packs.
    """
    target, filled, members = None, 0, 0
    for piece in sorted(pieces):
        room = _BLOCK + piece.size + _padding(piece.size)
        if target is not None and (filled + room + _ROUND > limit or members == PACK_MEMBERS):
            yield _finished(target, filled)
            target, filled, members = None, 0, 0
        target = target or tempfile.TemporaryFile(dir=folder)
        data = read(piece)
        if len(data) != piece.size:
            raise BadPack(why=f"内容 {piece.sha256[:16]}… 的大小不符")
        target.write(_header(piece.name, piece.size) + data + bytes(_padding(piece.size)))
        filled, members = filled + room, members + 1
    if target is not None:
        yield _finished(target, filled)


def _finished(target: BinaryIO, filled: int) -> BinaryIO:
    target.write(_END + bytes(_padding(filled + len(_END), _ROUND)))
    target.seek(0)
    return target


def read_pack(stream: BinaryIO, wanted: Mapping[str, int]) -> Iterator[tuple[str, bytes]]:
    """The contents of a pack, each verified: (digest, bytes).  `wanted` bounds it: size by digest.

    Raises BadPack for whatever is not exactly as `write_packs` writes it, or was not wanted; contents given
    before are sound all the same.
    """
    filled, before = 0, ""
    while (block := stream.read(_BLOCK)) != bytes(_BLOCK):
        sha256, size = _member(block, wanted)
        if sha256 <= before:
            raise BadPack(why="内容没有按摘要排列，或有重复")
        data, padding = stream.read(size), stream.read(_padding(size))
        if len(data) != size or padding != bytes(_padding(size)):
            raise BadPack(why=f"内容 {sha256[:16]}… 不完整")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BadPack(why=f"内容 {sha256[:16]}… 与摘要不符")
        yield sha256, data
        before, filled = sha256, filled + _BLOCK + size + _padding(size)
    rest = _BLOCK + _padding(filled + len(_END), _ROUND)
    if not before or stream.read(rest + 1) != bytes(rest):
        raise BadPack(why="内容包的结尾不对")


def _member(block: bytes, wanted: Mapping[str, int]) -> tuple[str, int]:
    try:
        entry = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        name, size = entry.name, entry.size
        spelled = _header(name, size)
    except (tarfile.TarError, ValueError) as broken:
        raise BadPack(why="成员头已损坏") from broken
    sha256, dot, extension = name.partition(".")
    if spelled != block or not dot or not extension.replace(".", "").isalnum():
        raise BadPack(why="成员头的写法不对")
    if wanted.get(sha256) != size:
        raise BadPack(why=f"含有没有约定的内容（{sha256[:16]}…）")
    return sha256, size
