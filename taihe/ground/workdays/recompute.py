"""What must be counted again when a year is confirmed or a day changed: modules register at start-up."""

from __future__ import annotations

from collections.abc import Callable

Recompute = Callable[[int], None]
_known: dict[str, Recompute] = {}


def on_calendar_change(name: str) -> Callable[[Recompute], Recompute]:
    """Register a function that counts its module's limits again; it is given the year that changed.

    It runs in the worker, in a transaction of its own, and may be called again for the same year.
    """

    def decorate(function: Recompute) -> Recompute:
        if name in _known:
            raise RuntimeError(f"recompute {name} is registered twice")
        _known[name] = function
        return function

    return decorate


def names() -> list[str]:
    """Every registered name."""
    return sorted(_known)


def run(name: str, year: int) -> None:
    """Count one module's limits again; a name this release no longer has is nothing to do."""
    if name in _known:
        _known[name](year)
