"""A small writer of OLE compound files ([MS-CFB] version 3) with VBA projects ([MS-OVBA]), for tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

SECTOR, MINI, CUTOFF = 512, 64, 4096
END, FREE, FAT_SECTOR = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5


def _padded(data: bytes, unit: int) -> bytes:
    return data + b"\0" * (-len(data) % unit)


class _Space:
    """Sectors (or mini sectors) with their allocation table."""

    def __init__(self, unit: int) -> None:
        self.unit, self.data = unit, b""
        self.table: list[int] = []

    def put(self, data: bytes) -> int:
        first = len(self.table)
        count = -(-len(data) // self.unit)
        if not count:
            return END
        self.table += [*range(first + 1, first + count), END]
        self.data += _padded(data, self.unit)
        return first


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file; a "/" in a name makes storages."""
    sectors, minis = _Space(SECTOR), _Space(MINI)
    entries: list[list[Any]] = [["Root Entry", ROOT, b"", []]]
    folders = {"": 0}
    for path, data in streams.items():
        parent = ""
        *steps, name = path.split("/")
        for step in steps:
            below = f"{parent}/{step}"
            if below not in folders:
                folders[below] = len(entries)
                entries[folders[parent]][3].append(len(entries))
                entries.append([step, STORAGE, b"", []])
            parent = below
        entries[folders[parent]][3].append(len(entries))
        entries.append([name, STREAM, data, []])

    starts = {}
    for index, (_, kind, data, _) in enumerate(entries):
        if kind == STREAM:
            starts[index] = (sectors if len(data) >= CUTOFF else minis).put(data)
    starts[0] = sectors.put(minis.data)
    mini_table = sectors.put(struct.pack(f"<{len(minis.table)}I", *minis.table)) if minis.table else END
    mini_count = -(-len(minis.table) * 4 // SECTOR)

    right: dict[int, int] = {}
    for _, _, _, children in entries:
        children.sort(key=lambda one: (len(entries[one][0]), entries[one][0].upper()))
        right.update(pairwise(children))
    folder = b""
    for index, (name, kind, data, children) in enumerate(entries):
        raw = name.encode("utf-16-le") + b"\0\0"
        size = len(minis.data) if index == 0 else len(data)
        folder += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw), kind, 1)
        folder += struct.pack("<III", FREE, right.get(index, FREE), children[0] if children else FREE)
        folder += b"\0" * 36 + struct.pack("<IQ", starts.get(index, 0), size)
    folder_start = sectors.put(_padded(folder, SECTOR))

    fat_count = 1
    while fat_count * 128 < len(sectors.table) + fat_count:
        fat_count += 1
    fat_start = len(sectors.table)
    table = [*sectors.table, *[FAT_SECTOR] * fat_count]
    table += [FREE] * (fat_count * 128 - len(table))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, fat_count, folder_start, 0, CUTOFF, mini_table, mini_count, END, 0)
    places = [*range(fat_start, fat_start + fat_count), *[FREE] * (109 - fat_count)]
    header += struct.pack("<109I", *places)
    return header + sectors.data + struct.pack(f"<{len(table)}I", *table)


def compressed(data: bytes) -> bytes:
    """[MS-OVBA] 2.4.1 container made of literal tokens only (so each chunk holds at most 3,600 bytes)."""
    out = b"\x01"
    for start in range(0, len(data), 3600):
        piece = data[start : start + 3600]
        body = b"".join(b"\0" + piece[at : at + 8] for at in range(0, len(piece), 8))
        out += struct.pack("<H", 0xB000 | (len(body) - 1)) + body
    return out


def _record(number: int, data: bytes) -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def vba_streams(source: str, root: str = "") -> dict[str, bytes]:
    """The streams of a VBA project with one module."""
    module = b"ThisDocument"
    wide = module.decode().encode("utf-16-le")
    directory = b"".join(
        (
            _record(0x01, struct.pack("<I", 1)),  # SYSKIND
            _record(0x02, struct.pack("<I", 0x0409)),  # LCID
            _record(0x14, struct.pack("<I", 0x0409)),  # LCIDINVOKE
            _record(0x03, struct.pack("<H", 936)),  # CODEPAGE
            _record(0x04, b"Project"),  # NAME
            _record(0x05, b"") + _record(0x40, b""),  # DOCSTRING
            _record(0x06, b"") + _record(0x3D, b""),  # HELPFILEPATH
            _record(0x07, struct.pack("<I", 0)),  # HELPCONTEXT
            _record(0x08, struct.pack("<I", 0)),  # LIBFLAGS
            struct.pack("<HIIH", 0x09, 4, 1, 1),  # VERSION
            _record(0x0C, b"") + _record(0x3C, b""),  # CONSTANTS
            _record(0x0F, struct.pack("<H", 1)),  # MODULES
            _record(0x13, struct.pack("<H", 0)),  # COOKIE
            _record(0x19, module) + _record(0x47, wide),  # MODULENAME
            _record(0x1A, module) + _record(0x32, wide),  # MODULESTREAMNAME
            _record(0x1C, b"") + _record(0x48, b""),  # MODULEDOCSTRING
            _record(0x31, struct.pack("<I", 0)),  # MODULEOFFSET
            _record(0x1E, struct.pack("<I", 0)),  # MODULEHELPCONTEXT
            _record(0x2C, struct.pack("<H", 0)),  # MODULECOOKIE
            struct.pack("<HI", 0x22, 0),  # MODULETYPE document
            struct.pack("<HI", 0x2B, 0),  # end of module
            struct.pack("<HI", 0x10, 0),  # end of directory
        )
    )
    return {
        f"{root}PROJECT": b'ID="{00000000-0000-0000-0000-000000000000}"\r\nDocument=ThisDocument/&H00000000\r\n',
        f"{root}VBA/_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0",
        f"{root}VBA/dir": compressed(directory),
        f"{root}VBA/ThisDocument": compressed(b'Attribute VB_Name = "ThisDocument"\r\n' + source.encode("gbk")),
    }


def word_stream(text: str) -> bytes:
    """A WordDocument stream whose information block points at this text ([MS-DOC] 2.5)."""
    head = struct.pack("<HH", 0xA5EC, 0x00C1) + b"\0" * 20 + struct.pack("<II", 0x200, 0x200 + 2 * len(text))
    return _padded(head.ljust(0x200, b"\0") + text.encode("utf-16-le"), SECTOR).ljust(CUTOFF, b"\0")


def doc(text: str, macro: str = "") -> bytes:
    """A Word 97-2003 document, with macro source if given."""
    return ole({"WordDocument": word_stream(text), **(vba_streams(macro, "Macros/") if macro else {})})
