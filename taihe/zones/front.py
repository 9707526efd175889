"""The front door of a zone: ``granian --interface rsgi taihe.zones.front:app``, one process.

Answers ``/healthz`` itself, gives native handlers (`ground.natives`: signed pages, event streams) the
paths they registered, and hands everything else, and what they decline, to Django in a bounded pool of
threads.  A request takes a thread only when its body is wholly here, so slow lines hold up nobody.

Settings (all optional): TAIHE_FRONT_THREADS (8), TAIHE_FRONT_WAITING (200 requests),
TAIHE_MAX_BODY (50 MiB), TAIHE_ALL_BODIES (1 GiB on disk over all requests), TAIHE_BODY_IDLE
(20 s without a byte), TAIHE_TRUSTED_PROXIES (networks that may set X-Forwarded-* and X-Request-ID).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from granian.rsgi import (  # type: ignore[attr-defined]  # not marked as re-exports
    HTTPProtocol,
    ProtocolClosed,
    ProtocolError,
    Scope,
)

from taihe.ground.errors import CountyError
from taihe.ground.natives import native_for, residents

from .bridge import Exchange, FrontFailed, Proxies, environ_of, refuse, split_address
from .intake import BodyLimits, Intake, drain

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

HEALTH_EVERY = 1.0
HEALTH_PATIENCE = 2.0
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class TooBusy(CountyError):
    """All threads are taken and as many requests wait as may wait."""

    code = "front.too_busy"
    http_status = 503
    happened = "当前访问人数较多，系统暂时忙不过来。"
    done = "本次请求没有处理，也没有改动任何内容。"
    next_step = "请等候几秒后重试，已填内容请先不要关闭页面。"


@dataclass(frozen=True)
class FrontSettings:
    """How much the front takes on at once."""

    threads: int = 8
    waiting: int = 200
    body: BodyLimits = field(default_factory=BodyLimits)
    proxies: tuple[str, ...] = ()

    @classmethod
    def from_django(cls) -> FrontSettings:
        """The zone's settings, with this class's defaults where a zone is silent."""
        from django.conf import settings

        def given(**names: str) -> dict[str, Any]:
            return {ours: getattr(settings, name) for ours, name in names.items() if hasattr(settings, name)}

        body = given(body="TAIHE_MAX_BODY", all_bodies="TAIHE_ALL_BODIES", idle="TAIHE_BODY_IDLE")
        return cls(
            body=BodyLimits(folder=settings.FILE_UPLOAD_TEMP_DIR, **body),
            **given(threads="TAIHE_FRONT_THREADS", waiting="TAIHE_FRONT_WAITING", proxies="TAIHE_TRUSTED_PROXIES"),
        )


def _reach_database() -> bool:
    """Whether the zone's database answers; SQLite must read its file for this question."""
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA schema_version" if connection.vendor == "sqlite" else "SELECT 1")
            return bool(cursor.fetchone())
    except Error:
        logger.exception("database does not answer")
        connection.close()
        return False


class Health:
    """The zone's state of health, asked of the database at most once a second, in a thread of its own."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.thread = ThreadPoolExecutor(1, "health")
        self.checked = float("-inf")
        self.check: asyncio.Future[bool] | None = None
        try:
            self.version = metadata.version("taihe")
        except metadata.PackageNotFoundError:
            self.version = "source"

    async def _database(self) -> bool:
        loop = asyncio.get_running_loop()
        if self.check is None or (self.check.done() and loop.time() - self.checked >= HEALTH_EVERY):
            self.checked = loop.time()
            self.check = loop.run_in_executor(self.thread, _reach_database)
        await asyncio.wait({self.check}, timeout=HEALTH_PATIENCE)
        return self.check.done() and self.check.result()

    async def answer(self, proto: HTTPProtocol) -> None:
        """200 with status ``ok``, or 503 with ``database_unreachable``."""
        reached = await self._database()
        status = "ok" if reached else "database_unreachable"
        body = json.dumps({"zone": self.zone, "status": status, "version": self.version})
        headers = [("content-type", "application/json"), ("cache-control", "no-store")]
        proto.response_str(200 if reached else 503, headers, body)


def django_application() -> WSGIApplication:
    """Django of the zone that TAIHE_ZONE names."""
    from django.core.wsgi import get_wsgi_application

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", f"taihe.zones.settings.{os.environ['TAIHE_ZONE']}")
    return get_wsgi_application()


class Front:
    """A zone's front as an RSGI application; nothing is loaded before the worker process starts it."""

    def __init__(self, load: Callable[[], WSGIApplication] = django_application) -> None:
        self.load = load
        self.inside = 0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.application = self.load()
        self.settings = FrontSettings.from_django()
        self.proxies = Proxies(self.settings.proxies)
        self.intake = Intake(self.settings.body)
        self.pool = ThreadPoolExecutor(self.settings.threads, "web")
        self.health = Health(os.environ.get("TAIHE_ZONE", ""))
        for resident in residents():
            resident.start()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        for resident in residents():
            resident.stop()
        self.pool.shutdown()
        self.health.thread.shutdown(wait=False)

    async def __rsgi__(self, scope: Scope, proto: Any) -> None:
        if scope.proto != "http":  # websockets have a server of their own
            proto.close(403)
            return
        path = scope.path
        if path == "/healthz":
            await self.health.answer(proto)
            return
        handler = native_for(path)
        if handler is not None:
            # written out here, since a page from memory costs little more than the calls around it
            try:
                answered: Any = handler(scope, proto)
                if answered is not True and answered is not False:
                    answered = await answered
            except ProtocolClosed:
                return
            except Exception:  # nobody above us would answer
                request_id = self._request_id(scope)
                logger.exception("native handler failed [%s] %s", request_id, path)
                with suppress(ProtocolError):  # it had begun to answer
                    refuse(proto, FrontFailed(), scope.headers.get("accept", ""), [], request_id)
                return
            if answered is not False:
                return
        await self._pass_on(scope, proto)

    def _request_id(self, scope: Scope) -> str:
        """The id our own proxy gave the request, or a new one."""
        given = scope.headers.get("x-request-id")
        if given and REQUEST_ID.fullmatch(given) and self.proxies.trusts(split_address(scope.client)[0]):
            return str(given)
        return secrets.token_hex(8)

    async def _pass_on(self, scope: Scope, proto: HTTPProtocol) -> None:
        request_id = self._request_id(scope)
        try:
            await self._through_django(scope, proto, request_id)
        except CountyError as refusal:
            logger.warning("refused [%s] %s %s", request_id, refusal.code, scope.path)
            headers = [("connection", "close")]
            if refusal.http_status == 503:
                headers.append(("retry-after", "5"))
            refuse(proto, refusal, scope.headers.get("accept", ""), headers, request_id)
            await drain(proto)
        except Exception:  # nobody above us would answer
            logger.exception("front failed [%s] %s", request_id, scope.path)
            refuse(proto, FrontFailed(), scope.headers.get("accept", ""), [], request_id)

    async def _through_django(self, scope: Scope, proto: HTTPProtocol, request_id: str) -> None:
        loop = asyncio.get_running_loop()
        async with self.intake.receive(scope, proto) as body:
            if self.inside >= self.settings.threads + self.settings.waiting:
                raise TooBusy()
            self.inside += 1
            try:
                exchange = Exchange(proto, loop, environ_of(scope, body, request_id, self.proxies))
                await loop.run_in_executor(self.pool, exchange.run, self.application)
            finally:
                self.inside -= 1


app = Front()
