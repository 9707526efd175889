"""Pages and streams that a zone's front answers by itself, without Django: signed pages, event streams.

A module registers a handler for a prefix of paths when it is loaded; the front calls it.  A handler may
decline a request, and Django then answers as if nobody had been asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

from .errors import BadSetup

# An RSGI handler: (scope, protocol) -> False when it declines and has answered nothing, anything else when it answered.
# One that never waits may be a plain function that says True or False.
Native = Callable[[Any, Any], Awaitable[bool | None] | bool]
N = TypeVar("N", bound=Native)

# Longest prefix first, so that the first that fits is the one that counts.
_natives: list[tuple[str, Any]] = []


@runtime_checkable
class Resident(Protocol):
    """A native handler that works while nobody asks: the front tells it when it starts and when it stops."""

    def start(self) -> None:
        """Called once, in the front's process, before the first request; must return at once."""

    def stop(self) -> None:
        """Called once when the front ends; what was started must have ended on return."""


def native(prefix: str) -> Callable[[N], N]:
    """Register an RSGI handler for every path that begins with `prefix`; the longest prefix wins.

    Raises BadSetup when the prefix is taken or does not begin with a slash.
    """

    def register(handler: N) -> N:
        if not prefix.startswith("/") or any(prefix == taken for taken, _ in _natives):
            raise BadSetup(what=f"网页入口前缀“{prefix}”重复登记或不以 / 开头。", fix="请在代码中改用另一个前缀。")
        _natives.append((prefix, handler))
        _natives.sort(key=lambda one: -len(one[0]))
        return handler

    return register


def native_for(path: str) -> Native | None:
    """The handler of a path, or None when only Django answers it."""
    for prefix, handler in _natives:
        if path.startswith(prefix):
            fitting: Native = handler
            return fitting
    return None


def residents() -> list[Resident]:
    """The handlers that want to be told of start and stop."""
    return [handler for _, handler in _natives if isinstance(handler, Resident)]
