"""What the public opens: the pages of one verified release, from memory, without Django.

`site` answers every path of the release it holds and declines the rest, so that Django answers searches,
forms and what nobody knows.  A keeper (`keeping`) runs beside it while the front runs.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, quote

from django.conf import settings

from taihe.ground.natives import native

from .answers import Headers, Page, pick, reply
from .memory import MODE_FILES, MODE_SHEET, Held

MODE_COOKIE = "outer_mode"
A_YEAR = 365 * 24 * 3600
_COOKIE = re.compile(rf"(?:^|;)\s*{MODE_COOKIE}=({'|'.join(MODE_FILES)})\s*(?:;|$)")


class Site:
    """The site's native handler.  `held` is replaced as a whole when a release or a withdrawal arrives.

    `loading` until the first look at the disk is done; `lost` while a release should be there and none verifies.
    """

    def __init__(self) -> None:
        self.held: Held | None = None
        self.loading = self.lost = False
        self._keeper: Any = None

    def start(self) -> None:
        """Begin to load and to watch, in a thread of its own."""
        from .keeping import Keeper

        self.loading = True
        self._keeper = Keeper.of_settings(self)
        self._keeper.start()

    def stop(self) -> None:
        """End the watching."""
        if self._keeper is not None:
            self._keeper.stop()

    def __call__(self, scope: Any, proto: Any) -> bool:
        """Answer a path of the release; False for everything else.  It never waits for anything."""
        held = self.held
        if held is None:
            return False
        page = held.pages.get(scope.path)
        if page is None or scope.query_string or scope.method != "GET":
            return self._seldom(held, page, scope, proto)
        reply(page, scope.headers, proto)
        return True

    def _seldom(self, held: Held, page: Page | None, scope: Any, proto: Any) -> bool:
        path = scope.path
        if path == MODE_SHEET and held.modes:
            page = _mode_sheet(held, scope)
        if page is not None and scope.method not in ("GET", "HEAD"):
            proto.response_bytes(405, [("allow", "GET, HEAD"), ("connection", "close")], b"")
        elif page is not None:
            _answer(page, scope, proto)
        elif scope.method not in ("GET", "HEAD"):
            return False
        elif path in held.hidden:
            _answer_gone(held, scope, proto)
        elif (other := _other_spelling(path)) in held.pages:
            proto.response_bytes(301, [("location", _address(other, scope.query_string)), *_plain(held)], b"")
        else:
            return False
        return True


def _answer(page: Page, scope: Any, proto: Any) -> None:
    """A page with a query or as HEAD: only ``?v=`` means something, the rest is ignored."""
    mode = parse_qs(scope.query_string).get("v", [""])[-1] if scope.query_string else ""
    if mode not in MODE_FILES:
        reply(page, scope.headers, proto)
        return
    form = pick(page, scope.headers.get("accept-encoding"))
    headers = [(name, value) for name, value in form.headers if name not in ("cache-control", "etag")]
    cookie = f"{MODE_COOKIE}={mode}; Path=/; Max-Age={A_YEAR}; SameSite=Lax; HttpOnly"
    if settings.SESSION_COOKIE_SECURE:
        cookie += "; Secure"
    proto.response_bytes(200, [*headers, ("cache-control", "no-store"), ("set-cookie", cookie)], form.whole())


def _answer_gone(held: Held, scope: Any, proto: Any) -> None:
    """A withdrawn page: 410, and the release's own words for it."""
    headers: Headers = [("cache-control", "no-store"), *_plain(held)]
    if held.gone is None:
        body = "<!doctype html><html lang=zh-CN><meta charset=utf-8><title>内容已撤下</title><h1>该内容已撤下</h1>"
        proto.response_bytes(410, [("content-type", "text/html; charset=utf-8"), *headers], body.encode())
        return
    own = [(name, value) for name, value in held.gone.plain.headers if name not in ("cache-control", "etag", "vary")]
    proto.response_bytes(410, [*own, ("cache-control", "no-store")], held.gone.plain.whole())


def mode_of(cookie: str) -> str:
    """The way of reading a visitor chose, by the Cookie header: standard unless it says otherwise."""
    found = _COOKIE.search(cookie)
    return found[1] if found else "standard"


def _mode_sheet(held: Held, scope: Any) -> Page | None:
    given = scope.headers.get("cookie") or ""
    return held.modes.get(mode_of(given)) or held.modes.get("standard")


def _other_spelling(path: str) -> str:
    return path[:-1] if path.endswith("/") else f"{path}/"


def _address(path: str, query: str) -> str:
    return quote(path, safe="/") + (f"?{query}" if query else "")


def _plain(held: Held) -> Headers:
    """Safety headers for an answer that is no page: those every page of the release carries."""
    return held.common


site = Site()
native("/")(site)
