"""Reads OLE files (.doc, .xls, .ppt, vbaProject.bin, embedded objects) in a process of its own.

oletools parses decades of odd formats; a file that makes it loop, swell or crash takes only this child
with it.  The parent sends length and bytes over the socket that is our standard input, and gets one
line of JSON back per file.  This file runs as a script and imports nothing of ours.
"""

from __future__ import annotations

import json
import resource
import socket
import struct
import sys
from typing import Any

from olefile import OleFileIO
from oletools import crypto, olevba
from oletools.mraptor import MacroRaptor

SOURCE_CHARS = 200_000
TEXT_BYTES = 64 * 1024
MAIN_STREAMS = (("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("PowerPoint Document", "ppt"))
PACKAGE_HEAD = 4096


def read_ole(data: bytes) -> dict[str, Any]:
    """Kind, encryption, macros, embedded packages and first text of one OLE file."""
    with OleFileIO(data) as ole:
        streams = {path[-1].lower(): path for path in ole.listdir()}
        top = {path[0].lower() for path in ole.listdir()}
        kind = next((kind for name, kind in MAIN_STREAMS if name.lower() in top), "ole")
        answer: dict[str, Any] = {
            "kind": kind,
            "encrypted": "encryptedpackage" in streams or _is_encrypted(ole),
            "packages": _packages(ole),
            "text": _word_text(ole) if kind == "doc" else "",
        }
    if not answer["encrypted"]:
        answer.update(_macros(data))
    return answer


def _is_encrypted(ole: Any) -> bool:
    try:
        return bool(crypto.is_encrypted(ole))
    except Exception:  # noqa: BLE001 -- the library raises plainly on files that only look like Office
        return False


def _packages(ole: Any) -> list[dict[str, Any]]:
    found = []
    for path in ole.listdir():
        if path[-1].lower() in ("\x01ole10native", "package"):
            head = ole.openstream(path).read(PACKAGE_HEAD)
            # [MS-OLEDS] OLE1.0 packages: size, flags, then the label as a zero-ended string
            name = "" if path[-1].lower() == "package" else head[6:].split(b"\0")[0].decode("gb18030", "replace")
            found.append({"name": name, "program": b"MZ" in head})
    return found


def _word_text(ole: Any) -> str:
    """Text of a Word 97-2003 document from where the file information block says it starts."""
    stream = ole.openstream("WordDocument").read()
    start = struct.unpack_from("<I", stream, 0x18)[0] if len(stream) > 0x1C else 0
    return str(stream[start : start + TEXT_BYTES].decode("utf-16-le", "replace")).replace("\r", "\n")


def _macros(data: bytes) -> dict[str, Any]:
    parser = olevba.VBA_Parser("member.ole", data=data)
    try:
        macro = bool(parser.detect_macros())
        source = parser.get_vba_code_all_modules() if macro else ""
        xlm = parser.xlm_macros if parser.contains_xlm_macros else []
        source += "\n".join(str(line) for line in xlm)
        raptor = MacroRaptor(source)
        raptor.scan()
        return {
            "macro": macro,
            "autorun": raptor.suspicious,
            "flags": raptor.get_flags(),
            "source": source[:SOURCE_CHARS],
        }
    finally:
        parser.close()


def receive(peer: socket.socket, count: int) -> bytes:
    """Exactly `count` bytes, or fewer when the parent has gone."""
    held = bytearray()
    while len(held) < count and (chunk := peer.recv(min(count - len(held), 1 << 20))):
        held += chunk
    return bytes(held)


def main() -> None:
    """Bound ourselves, then answer until the parent closes."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    peer = socket.socket(fileno=0)
    while len(header := receive(peer, 8)) == 8:
        data = receive(peer, struct.unpack(">Q", header)[0])
        try:
            answer = read_ole(data)
        except Exception as fault:  # noqa: BLE001 -- whatever it raised, the parent refuses the file
            answer = {"fault": type(fault).__name__}
        peer.sendall(json.dumps(answer).encode() + b"\n")


if __name__ == "__main__":
    main()
