"""How a page held in memory is answered over HTTP: conditions, codings and ranges of RFC 9110.

Headers are made once, when a release is loaded; a request costs a look-up and a choice of coding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote

from django.utils.http import http_date

Headers = list[tuple[str, str]]
# In the order in which they are preferred at equal wishes.
CODINGS = ("br", "gzip", "identity")
MOST_REMEMBERED = 512
_QVALUE = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_INLINE = ("application/pdf", "image/", "text/plain")

_rankings: dict[str, tuple[str, ...]] = {}


class Asked(Protocol):
    """The request's headers, as Granian gives them."""

    def get(self, name: str, default: Any = None, /) -> Any: ...


class Replies(Protocol):
    """Granian's way of answering."""

    def response_empty(self, status: int, headers: Headers, /) -> None: ...

    def response_bytes(self, status: int, headers: Headers, body: bytes, /) -> None: ...


class Form:
    """One coding of a page: its strong tag, its headers and its bytes; None stands for bytes that are unpacked."""

    __slots__ = ("_unpack", "body", "etag", "headers", "spared")

    def __init__(
        self, etag: str, headers: Headers, spared: int, body: bytes | None, unpack: Callable[[], bytes] | None
    ) -> None:
        self.etag, self.headers, self.spared, self.body, self._unpack = etag, headers, spared, body, unpack

    @property
    def unchanged(self) -> Headers:
        """Headers of a 304: those that stand first."""
        return self.headers[: self.spared]

    def whole(self) -> bytes:
        """The bytes."""
        if self.body is not None:
            return self.body
        return self._unpack() if self._unpack is not None else b""


class Page:
    """All that is ever answered at one path."""

    __slots__ = ("br", "gzip", "modified", "plain", "ranged")

    def __init__(self, plain: Form, gzip: Form | None, br: Form | None, modified: str, *, ranged: bool = False) -> None:
        self.plain, self.gzip, self.br, self.modified, self.ranged = plain, gzip, br, modified, ranged


def ranking(accept: str) -> tuple[str, ...]:
    """Codings a client takes, the best first, by an Accept-Encoding header (RFC 9110, 12.5.3).

    Identity closes the list even when it was refused: a page is better than an empty 406.
    """
    known = _rankings.get(accept)
    if known is None:
        if len(_rankings) >= MOST_REMEMBERED:
            _rankings.clear()
        known = _rankings[accept] = _ranked(accept)
    return known


def _ranked(accept: str) -> tuple[str, ...]:
    wishes: dict[str, float] = {}
    for one in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in one.split(";"))
        value = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
        if name:
            wishes["gzip" if name == "x-gzip" else name] = float(value) if _QVALUE.fullmatch(value) else 0.0
    others = wishes.get("*", 0.0)
    weights = {coding: wishes.get(coding, others) for coding in ("br", "gzip")}
    # Unless named, plain bytes come last of what is taken at all.
    weights["identity"] = wishes.get("identity", 0.0001)
    found = [coding for coding in sorted(CODINGS, key=lambda one: -weights[one]) if weights[coding] > 0]
    return tuple(found) if weights["identity"] else (*found, "identity")


def matches(given: str, etag: str) -> bool:
    """Whether an If-None-Match list holds the tag; weak and strong compare alike (RFC 9110, 13.1.2)."""
    if given == etag or given.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == etag for one in given.split(","))


def not_since(given: str, modified: str) -> bool:
    """Whether an If-Modified-Since date is not before the page's own; a date that cannot be read counts for nothing."""
    if given == modified:
        return True
    when, ours = _moment(given), _moment(modified)
    return when is not None and ours is not None and when >= ours


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def byte_range(given: str, size: int) -> tuple[int, int] | None:
    """First and one past the last byte of a single range, capped to `size`; None when it cannot be satisfied.

    Raises ValueError for what is no single range of bytes: it is then ignored, as RFC 9110, 14.2 allows.
    """
    found = _RANGE.fullmatch(given.strip())
    if found is None or not (found[1] or found[2]) or (found[1] and found[2] and int(found[1]) > int(found[2])):
        raise ValueError("no single range")
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size) if length else None
    start = int(found[1])
    return (start, min(int(found[2]) + 1, size) if found[2] else size) if start < size else None


def pick(page: Page, accept: str | None) -> Form:
    """The coding of a page that an Accept-Encoding header likes best."""
    if accept:
        for coding in _rankings.get(accept) or ranking(accept):
            form = page.br if coding == "br" else page.gzip if coding == "gzip" else page.plain
            if form is not None:
                return form
    return page.plain


def reply(page: Page, asked: Asked, proto: Replies) -> None:
    """Answer GET or HEAD (Granian leaves the body of the latter out)."""
    form = pick(page, asked.get("accept-encoding"))
    if (tags := asked.get("if-none-match")) is not None:
        unchanged = matches(tags, form.etag)
    else:
        since = asked.get("if-modified-since")
        unchanged = since is not None and not_since(since, page.modified)
    if unchanged:
        proto.response_empty(304, form.unchanged)
    elif page.ranged and (wanted := asked.get("range")):
        _reply_range(page, wanted, asked.get("if-range"), form, proto)
    else:
        proto.response_bytes(200, form.headers, form.body if form.body is not None else form.whole())


def _reply_range(page: Page, wanted: str, condition: str | None, form: Form, proto: Replies) -> None:
    """Part of a download: always of its plain bytes, and the whole when it changed since the first part."""
    plain, body = page.plain, page.plain.whole()
    try:
        if condition is not None and condition not in (plain.etag, page.modified):
            raise ValueError("another version")
        part = byte_range(wanted, len(body))
    except ValueError:
        proto.response_bytes(200, form.headers, form.whole())
        return
    size = len(body)
    if part is None:
        proto.response_bytes(416, [*plain.unchanged, ("content-range", f"bytes */{size}")], b"")
        return
    headers = [*plain.headers, ("content-range", f"bytes {part[0]}-{part[1] - 1}/{size}")]
    proto.response_bytes(206, headers, body[part[0] : part[1]])


# Making pages ----------------------------------------------------------------------------------


def keeping(path: str) -> str:
    """Cache-Control of a path: pages are asked for anew, contents named by digest are kept."""
    if path.startswith("/assets/") and re.search(r"\.[0-9a-f]{8}\.[a-z0-9]+$", path):
        return "public, max-age=31536000, immutable"
    if path.startswith("/img/"):
        return "public, max-age=86400"
    return "public, no-cache"


def disposition(path: str, mime: str) -> Headers:
    """A download is named as the office named it; only what a browser shows harmlessly is shown in place."""
    if not path.startswith("/files/"):
        return []
    how = "inline" if mime.startswith(_INLINE) else "attachment"
    return [("content-disposition", f"{how}; filename*=UTF-8''{quote(path.rpartition('/')[2], safe='')}")]


@lru_cache(maxsize=4096)
def _header(name: str, value: str) -> tuple[str, str]:
    """One header; pages that share it share the object."""
    return name, value


def make_page(
    path: str,
    mime: str,
    forms: Mapping[str, tuple[str, bytes | None]],
    modified: datetime,
    common: Headers,
    vary: str = "",
    unpack: Callable[[], bytes] | None = None,
) -> Page:
    """A page from its codings (digest and bytes by coding), its date, and the headers every page carries.

    Plain bytes that are not given are had by `unpack` each time.
    """
    date = _header("last-modified", http_date(modified.timestamp()))
    varies = ", ".join(one for one in ("Accept-Encoding" if len(forms) > 1 else "", vary) if one)
    ranged = path.startswith("/files/")
    shared: Headers = [date, _header("cache-control", keeping(path))]
    if varies:
        shared.append(_header("vary", varies))
    kept: Headers = [_header("content-type", mime), *disposition(path, mime), *common]
    if ranged:
        kept.append(_header("accept-ranges", "bytes"))
    made = {}
    for coding, (digest, body) in forms.items():
        etag = f'"{digest[:32]}"'
        coded: Headers = [] if coding == "identity" else [_header("content-encoding", coding)]
        headers = [("etag", etag), *shared, *coded, *kept]
        made[coding] = Form(etag, headers, 1 + len(shared), body, unpack if body is None else None)
    return Page(made["identity"], made.get("gzip"), made.get("br"), date[1], ranged=ranged)
