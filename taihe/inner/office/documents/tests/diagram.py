"""A small drawn picture (PNG): boxes in a row, joined by lines, as a flow of work is drawn."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 720, 200


def diagram_png() -> bytes:
    """Five boxes joined by lines, black on white, eight bits of grey."""
    rows = [bytearray([255]) * WIDTH for _ in range(HEIGHT)]
    for left in range(20, WIDTH - 100, 140):
        _box(rows, left, 60, left + 100, 140)
        for x in range(left + 100, min(left + 140, WIDTH - 20)):
            rows[100][x] = rows[101][x] = 0
    raw = b"".join(b"\0" + bytes(row) for row in rows)
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(raw)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _box(rows: list[bytearray], left: int, top: int, right: int, bottom: int) -> None:
    for x in range(left, right):
        rows[top][x] = rows[bottom][x] = 0
    for y in range(top, bottom):
        rows[y][left] = rows[y][right - 1] = 0


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
