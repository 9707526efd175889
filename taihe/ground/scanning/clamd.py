"""clamd beside us, when the operator sets TAIHE_CLAMD to host:port or to the path of its socket.

The file is sent by INSTREAM, so clamd needs no right to read ours.  When it does not answer, or answers
anything but OK, the file is not clean.
"""

from __future__ import annotations

import os
import socket
import struct
from contextlib import suppress

from ..errors import BadSetup
from .examination import CHUNK, Content, Examination

ENGINE = "clamd"
_REPLY_BYTES = 4096


def configured() -> str | None:
    """The daemon's address, or None when the county runs without one."""
    return os.environ.get("TAIHE_CLAMD") or None


def _connect(address: str, seconds: float) -> socket.socket:
    if "/" in address:
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(seconds)
        try:
            peer.connect(address)
        except OSError:
            peer.close()
            raise
        return peer
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise BadSetup(
            what=f"TAIHE_CLAMD 的值“{address}”不是“主机:端口”或套接字路径。", fix="请更正 TAIHE_CLAMD 后重启。"
        )
    return socket.create_connection((host.strip("[]"), int(port)), seconds)


def _reply(peer: socket.socket) -> str:
    held = b""
    while not held.endswith(b"\0") and len(held) < _REPLY_BYTES and (chunk := peer.recv(_REPLY_BYTES)):
        held += chunk
    return held.rstrip(b"\0\n").decode("utf-8", "replace")


def ping(address: str, seconds: float = 5) -> bool:
    """Whether the daemon answers, for health pages."""
    try:
        with _connect(address, seconds) as peer:
            peer.sendall(b"zPING\0")
            return _reply(peer) == "PONG"
    except OSError:
        return False


def _instream(address: str, content: Content, seconds: float) -> str:
    with _connect(address, seconds) as peer:
        # past its size limit clamd answers and hangs up while we are still sending
        with suppress(BrokenPipeError, ConnectionResetError):
            peer.sendall(b"zINSTREAM\0")
            content.file.seek(0)
            while chunk := content.file.read(CHUNK):
                peer.sendall(struct.pack(">I", len(chunk)) + chunk)
            peer.sendall(struct.pack(">I", 0))
        return _reply(peer)


def check(examination: Examination, content: Content, address: str) -> None:
    """Have clamd look at the file; whatever is not a plain OK becomes a finding."""
    try:
        reply = _instream(address, content, examination.seconds_left)
    except OSError as fault:
        examination.add("scanner-unavailable", evidence=type(fault).__name__)
        return
    if reply == "stream: OK":
        examination.engines.add(ENGINE)
    elif reply.endswith(" FOUND"):
        examination.engines.add(ENGINE)
        examination.add("malware", evidence=reply.removeprefix("stream: ").removesuffix(" FOUND"))
    elif not reply:
        examination.add("scanner-unavailable", evidence="没有回答")
    else:
        examination.add("scanner-limit" if "size limit exceeded" in reply else "scanner-error", evidence=reply)
