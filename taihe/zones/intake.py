"""How a request body is taken in: wholly, to disk, before anyone is kept busy by it.

A village clerk on a slow line may need minutes to send a scanned form.  The front waits for the
bytes without holding a worker thread, keeps small bodies in memory and large ones on disk, and
turns away what is too large, too slow or cut off, with a sentence that says so.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from granian.rsgi import HTTPProtocol, ProtocolError, Scope  # type: ignore[attr-defined]  # not marked as re-exports

from taihe.ground.errors import CountyError

DRAIN_SECONDS = 5.0


class BodyTooLarge(CountyError):
    """The body passes TAIHE_MAX_BODY."""

    code = "front.body_too_large"
    http_status = 413
    happened = "提交的内容超过了 {limit} 的上限。"
    done = "系统没有接收，也没有保存任何内容。"
    next_step = "请压缩附件或分多次提交；确需一次提交的，请联系系统管理员。"


class BodyTooSlow(CountyError):
    """The sender stopped, or fell below the slowest rate that is still waited for."""

    code = "front.body_too_slow"
    http_status = 408
    happened = "上传太慢或中途停顿，已超过等待时间。"
    done = "系统没有保存已收到的部分。"
    next_step = "请检查网络后重新提交；附件较大时建议换用较快的网络。"


class BodyCutOff(CountyError):
    """The body ended before its end: a lost connection or broken chunks."""

    code = "front.body_cut_off"
    http_status = 400
    happened = "内容没有传完，连接就中断了。"
    done = "系统没有保存不完整的内容。"
    next_step = "请检查网络后重新提交。"


class NoRoom(CountyError):
    """The bodies now being received would fill the disk space set aside for them."""

    code = "front.no_room"
    http_status = 503
    happened = "同时上传的内容较多，暂存空间不足。"
    done = "系统没有接收本次提交，已填内容仍在您的页面上。"
    next_step = "请稍候片刻再提交；持续出现的，请告知系统管理员检查磁盘空间。"


@dataclass(frozen=True)
class BodyLimits:
    """Sizes in bytes, times in seconds; the defaults suit one county on two cores."""

    body: int = 50 * 1024 * 1024
    memory: int = 1024 * 1024
    all_bodies: int = 1024 * 1024 * 1024
    idle: float = 20.0
    grace: float = 30.0
    slowest: int = 1024  # bytes a second, counted after `grace`
    folder: str | None = None

    def __post_init__(self) -> None:
        if self.body > self.all_bodies:
            raise ValueError("one body may not be larger than the room for all of them")

    def too_large(self) -> BodyTooLarge:
        """The refusal that names this limit as a person would."""
        mebi = 1024 * 1024
        return BodyTooLarge(limit=f"{self.body // mebi} MB" if self.body >= mebi else f"{self.body} 字节")


@dataclass
class Body:
    """A received body: a seekable file at its beginning, and its size (None: there was none)."""

    file: IO[bytes]
    size: int | None = None


class _Spool:
    """One body on its way in: a file, and the room it takes up in the intake."""

    def __init__(self, intake: Intake) -> None:
        limits = intake.limits
        self.intake = intake
        self.file = SpooledTemporaryFile(max_size=limits.memory, dir=limits.folder)
        self.size = 0

    async def add(self, chunk: bytes) -> None:
        """Keep a chunk.  Raises BodyTooLarge, or NoRoom when the space or the disk is full."""
        limits = self.intake.limits
        self.size += len(chunk)
        self.intake.held += len(chunk)
        if self.size > limits.body:
            raise limits.too_large()
        if self.intake.held > limits.all_bodies:
            raise NoRoom()
        try:
            if self.size <= limits.memory:
                self.file.write(chunk)
            else:  # on disk by now, and a disk may stall: keep the loop free
                await asyncio.to_thread(self.file.write, chunk)
        except OSError as full:
            raise NoRoom() from full

    async def fill(self, proto: HTTPProtocol) -> None:
        """Take chunks as they come, under the clock.  Raises BodyTooSlow or BodyCutOff, and what `add` raises.

        Granian ends every body with one empty chunk and does not raise when a body breaks off: it
        then gives a second empty chunk, which is the only sign (trailers, and HTTP/2 bodies of no
        declared length, give it too and are refused).
        """
        limits = self.intake.limits
        loop = asyncio.get_running_loop()
        begun, empty = loop.time(), 0
        try:
            async with asyncio.timeout(limits.idle) as patience:
                async for chunk in proto:
                    empty = 0 if chunk else empty + 1
                    await self.add(chunk)
                    least = begun + limits.grace + self.size / limits.slowest
                    patience.reschedule(min(loop.time() + limits.idle, least))
        except TimeoutError as late:
            raise BodyTooSlow() from late
        if empty > 1:
            raise BodyCutOff()

    def close(self) -> None:
        self.file.close()
        self.intake.held -= self.size


class Intake:
    """The place where bodies are received; counts the bytes held over all requests."""

    def __init__(self, limits: BodyLimits) -> None:
        self.limits = limits
        self.held = 0

    @asynccontextmanager
    async def receive(self, scope: Scope, proto: HTTPProtocol) -> AsyncIterator[Body]:
        """The whole body of a request; its space is given back on leaving.

        Raises BodyTooLarge, BodyTooSlow, BodyCutOff or NoRoom.
        """
        declared = scope.headers.get("content-length")
        if declared is None and "transfer-encoding" not in scope.headers and scope.http_version.startswith("1"):
            yield Body(io.BytesIO())
            return
        if declared is not None and int(declared) > self.limits.body:
            raise self.limits.too_large()
        spool = _Spool(self)
        try:
            await spool.fill(proto)
            if declared is not None and spool.size != int(declared):
                raise BodyCutOff()
            spool.file.seek(0)
            yield Body(spool.file, spool.size)
        finally:
            spool.close()


async def drain(proto: HTTPProtocol) -> None:
    """Read on for a moment after an early answer, so that the sender gets to read it.

    A connection closed with unread bytes is reset, and a browser then shows no answer at all.
    """
    chunks: Any = proto
    with suppress(ProtocolError):  # already being read
        aiter(chunks)
    with suppress(TimeoutError, StopAsyncIteration):
        async with asyncio.timeout(DRAIN_SECONDS):
            while True:
                await anext(chunks)
