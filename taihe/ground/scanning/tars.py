"""tar and gzip, which data exchange uses, and brotli in releases of pages: read with the same budgets as ZIP."""

from __future__ import annotations

import tarfile
import zlib
from collections.abc import Iterator

import brotli

from . import marks
from .examination import CHUNK, Content, Examination, Part, Refusal, chunks_of, guarded
from .zips import decoded, name_is_unsafe

# tarfile reads long names and pax headers whole and searches them with slow patterns, so they stay small.
HEADER_CAP = 16 * 1024


def tar_parts(examination: Examination, content: Content) -> Iterator[Part]:
    """The regular files of a tar; links, devices, sparse files and unsafe names become findings."""
    try:
        view = guarded(examination, content, HEADER_CAP)
        with tarfile.open(fileobj=view, mode="r:", encoding="utf-8", errors="surrogateescape") as tar:
            end = 0
            while (entry := tar.next()) is not None:
                # tarfile remembers every header it has read; a scan needs none of them again
                tar.members.clear()  # type: ignore[attr-defined]
                end = tar.offset
                examination.count_members(1)
                part = _tar_part(examination, content, entry)
                if part:
                    yield part
    except (tarfile.TarError, UnicodeError, ValueError, IndexError, KeyError, OSError) as damage:
        raise Refusal("archive-corrupt", type(damage).__name__) from damage
    _check_tail(examination, content, end)


def _check_tail(examination: Examination, content: Content, end: int) -> None:
    """tarfile stops at a damaged header where other programs go on: what follows must be empty."""
    if any(chunk.strip(b"\0") for chunk in chunks_of(content, end, max(content.size - end, 0))):
        examination.add("archive-hidden-data", content.member, f"自第 {end} 字节起")


def _tar_part(examination: Examination, content: Content, entry: tarfile.TarInfo) -> Part | None:
    name = decoded(entry.name.encode("utf-8", "surrogateescape")) or repr(entry.name)
    path = content.path_of(name)
    marks.look_at_name(examination, name, path)
    if name_is_unsafe(name):
        examination.add("member-path", path)
    if entry.issym() or entry.islnk():
        examination.add("member-link", path)
    elif entry.isdir():
        return None
    elif not entry.isreg() or entry.issparse():
        examination.add("member-special", path)
    else:
        return Part(name, entry.size, chunks_of(content, entry.offset_data, entry.size))
    return None


def gzip_parts(examination: Examination, content: Content) -> Iterator[Part]:
    """The one file inside a gzip, named after the archive (.tgz holds a .tar)."""
    examination.count_members(1)
    stem, _, extension = content.name.replace("\\", "/").rsplit("/", 1)[-1].rpartition(".")
    yield Part(f"{stem}.tar" if extension.lower() == "tgz" else stem or "data", content.size, _gunzipped(content))


def _gunzipped(content: Content) -> Iterator[bytes]:
    packed = chunks_of(content, 0, content.size)
    waiting = next(packed, b"")
    while waiting:
        stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        while not stream.eof:
            waiting = waiting or next(packed, b"")
            try:
                chunk = stream.decompress(waiting, CHUNK)
            except zlib.error as damage:
                raise Refusal("archive-corrupt", "压缩数据损坏") from damage
            if not chunk and not waiting:
                raise Refusal("archive-corrupt", "压缩数据不完整")
            waiting = stream.unconsumed_tail
            yield chunk
        # several gzip streams may follow one another; zeroes at the end are padding
        waiting = (stream.unused_data or next(packed, b"")).lstrip(b"\0")


def brotli_parts(examination: Examination, content: Content) -> Iterator[Part]:
    """The one file inside a brotli stream, named after it without ``.br``."""
    examination.count_members(1)
    yield Part(content.name.rpartition(".")[0], content.size, _unbrotlied(content))


def _unbrotlied(content: Content) -> Iterator[bytes]:
    stream = brotli.Decompressor()
    try:
        for packed in chunks_of(content, 0, content.size):
            chunk = stream.process(packed, output_buffer_limit=CHUNK)
            while chunk or not stream.can_accept_more_data():
                yield chunk
                chunk = stream.process(b"", output_buffer_limit=CHUNK)
    except brotli.error as damage:  # also what follows the end of the stream
        raise Refusal("archive-corrupt", "压缩数据损坏") from damage
    if not stream.is_finished():
        raise Refusal("archive-corrupt", "压缩数据不完整")
