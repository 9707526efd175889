"""Periods of holding a post: which meet, and how many hold it at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol


class Period(Protocol):
    """An appointment, or a row of a file that would become one."""

    valid_from: date
    valid_to: date | None


def overlaps(one: Period, first: date, last: date | None) -> bool:
    """Whether any day from `first` to `last` (empty: open) is covered; nothing is, once withdrawn before it began."""
    if one.valid_to is not None and one.valid_to < one.valid_from:
        return False
    return (one.valid_to is None or one.valid_to >= first) and (last is None or one.valid_from <= last)


def most_holders(held: Iterable[Period], first: date, last: date | None) -> int:
    """The most that hold at once on any day of the period: numbers only rise on somebody's first day."""
    within = [one for one in held if overlaps(one, first, last)]
    days = {max(one.valid_from, first) for one in within}
    return max((sum(overlaps(one, day, day) for one in within) for day in days), default=0)
