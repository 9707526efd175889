"""PDF: its compressed streams are unpacked, since /Launch and /JavaScript hide in object streams.

No PDF object is parsed: every ``stream`` keyword followed by zlib data is inflated, wherever a reader
would find it or not, within the same budgets as an archive's members.
"""

from __future__ import annotations

import mmap
import re
import sys
import zlib
from collections.abc import Iterator

from .examination import CHUNK, Content, Examination, Part

_STREAM = re.compile(rb"(?<!end)stream\r?\n?")
_DEFLATE = 8
_DICTIONARY_BYTES = 1024
_PICTURE_BYTES = 4 * 1024 * 1024


def stream_parts(examination: Examination, content: Content) -> Iterator[Part]:
    """The inflated streams, named by their offset in the file.

    Of a picture only the first megabytes: a scanned file of a hundred raw pages is no bomb.
    """
    with mmap.mmap(content.file.fileno(), 0, access=mmap.ACCESS_READ) as view:
        for hit in _STREAM.finditer(view):
            _ = examination.seconds_left
            start = hit.end()
            head = view[start : start + 2]
            # RFC 1950 2.2: method 8 in the low bits, and the two bytes divide by 31
            if len(head) == 2 and head[0] & 0x0F == _DEFLATE and int.from_bytes(head) % 31 == 0:
                before = view[max(hit.start() - _DICTIONARY_BYTES, 0) : hit.start()]
                dictionary = before[before.rfind(b" obj") + 1 :]
                picture = b"/Image" in dictionary and b"/ObjStm" not in dictionary
                chunks = _inflated(view, start, _PICTURE_BYTES if picture else sys.maxsize)
                # a blank page shrinks a thousandfold, so a stream is weighed against the whole file
                yield Part(f"stream@{hit.start()}", content.size, chunks)


def _inflated(view: mmap.mmap, start: int, bound: int) -> Iterator[bytes]:
    """What comes out until the data end or are damaged: PDF readers show as much, so we look at as much."""
    stream = zlib.decompressobj()
    waiting, position, size = b"", start, 0
    while not stream.eof and size < bound:
        if not waiting:
            waiting = view[position : position + CHUNK]
            position += len(waiting)
        try:
            chunk = stream.decompress(waiting, CHUNK)
        except zlib.error:
            return
        if not chunk and not waiting:
            return
        waiting = stream.unconsumed_tail
        size += len(chunk)
        yield chunk
