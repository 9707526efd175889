"""Macros and embedded objects of OLE files, read by oletools in a bounded child process.

One child serves one scan (a school's test paper may hold a hundred formula objects); it is started
with the first OLE file and ends with the scan.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any

from . import marks, patterns
from .examination import CHUNK, Content, Examination, Refusal
from .limits import MB

ENGINE = f"oletools {version('oletools')}"
MACRO_FREE = frozenset({"docx", "xlsx", "pptx"})
_PROGRAMS = tuple(".exe .com .scr .bat .cmd .ps1 .vbs .vbe .js .jse .wsf .hta .lnk .dll .msi .jar".split())
_ANSWER_BYTES = 4 * 1024 * 1024


class MacroReader:
    """The child process of one scan; a context manager that always ends it."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> MacroReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the child, if there is one."""
        if self._socket:
            self._socket.close()
        if self._child:
            self._child.kill()
            self._child.wait()
        self._child = self._socket = None

    def ask(self, examination: Examination, content: Content) -> dict[str, Any]:
        """What the child found.  Raises Refusal when it fails, swells or takes too long."""
        try:
            answer = self._exchange(examination, content)
        except (OSError, ValueError) as fault:
            self.stop()
            raise Refusal("check-failed", f"oletools：{type(fault).__name__}") from fault
        if "fault" in answer:
            raise Refusal("check-failed", f"oletools：{answer['fault']}")
        examination.engines.add(ENGINE)
        return answer

    def _exchange(self, examination: Examination, content: Content) -> dict[str, Any]:
        peer = self._socket or self._start(examination)
        peer.settimeout(min(examination.limits.macro_seconds, examination.seconds_left))
        peer.sendall(struct.pack(">Q", content.size))
        content.file.seek(0)
        while chunk := content.file.read(CHUNK):
            peer.sendall(chunk)
        held = bytearray()
        while not held.endswith(b"\n"):
            chunk = peer.recv(CHUNK)
            if not chunk or len(held) > _ANSWER_BYTES:
                raise ConnectionError
            held += chunk
        answer: dict[str, Any] = json.loads(held)
        return answer

    def _start(self, examination: Examination) -> socket.socket:
        ours, theirs = socket.socketpair()
        limits = examination.limits
        command = [sys.executable, "-I", "-X", "utf8", str(Path(__file__).with_name("macros_child.py"))]
        bounds = [str(limits.macro_memory_bytes), str(math.ceil(limits.seconds))]
        self._socket = ours
        with theirs:
            self._child = subprocess.Popen(  # noqa: S603 -- our own script, no part of the file in the arguments
                command + bounds,
                env={},  # our secrets are none of the parser's business
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                close_fds=True,
            )
        return ours


def inspect_ole(examination: Examination, content: Content) -> str:
    """Record what an OLE file holds and return its kind: doc, xls, ppt or ole."""
    if content.size > examination.limits.ole_bytes:
        raise Refusal("too-large", limit=examination.limits.ole_bytes // MB)
    answer = examination.macros.ask(examination, content)
    if answer["encrypted"]:
        raise Refusal("document-encrypted")
    for package in answer["packages"]:
        program = package["program"] or package["name"].lower().endswith(_PROGRAMS)
        examination.add("embedded-executable" if program else "embedded-package", content.member, package["name"])
    if answer.get("macro"):
        examination.add("macro-disguised" if content.parent in MACRO_FREE else "macro", content.member)
        patterns.match_source(examination, answer["source"], content.member)
    if answer.get("autorun"):
        examination.add("macro-autorun", content.member, answer["flags"])
    marks.look_at_text(examination, answer["text"], content.member)
    return str(answer["kind"])
