"""Who handles which kind of queued work; modules register at start-up, a doubled name is an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Handler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Registration:
    """One kind of work: its handler, its queue and how patiently it is retried.

    `transactional` handlers run inside the worker's transaction, effect and status together; the
    others (slow, or touching the outside) run under a lease and must bear being run twice.
    """

    kind: str
    run: Handler
    queue: str
    max_attempts: int
    backoff_seconds: float
    transactional: bool
    every_seconds: int | None = None

    def pause(self, attempts: int) -> float:
        """Seconds to wait before the next try: doubling, an hour at most."""
        return float(min(self.backoff_seconds * 2 ** max(attempts - 1, 0), 3600))


_known: dict[str, Registration] = {}


def _register(one: Registration) -> None:
    if one.kind in _known:
        raise RuntimeError(f"outbox kind {one.kind} is registered twice")
    _known[one.kind] = one


def handler(
    kind: str,
    *,
    queue: str = "main",
    max_attempts: int = 8,
    backoff_seconds: float = 2,
    transactional: bool = True,
) -> Callable[[Handler], Handler]:
    """Register the function that carries out one kind of queued work."""

    def decorate(function: Handler) -> Handler:
        _register(Registration(kind, function, queue, max_attempts, backoff_seconds, transactional))
        return function

    return decorate


def recurring(
    kind: str, *, every_seconds: int, queue: str = "main", transactional: bool = True
) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a job that runs again and again; it is never shelved, only retried."""

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        _register(Registration(kind, lambda _payload: function(), queue, 0, 5, transactional, every_seconds))
        return function

    return decorate


def registration(kind: str) -> Registration | None:
    """The registration of a kind, or None when this release does not know it."""
    return _known.get(kind)


def recurring_jobs(queue: str) -> list[Registration]:
    """Every recurring job of one queue."""
    return [one for one in _known.values() if one.every_seconds and one.queue == queue]
