"""How many hold a post at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from ..models import Appointment


def overlaps(one: Appointment, first: date, last: date | None) -> bool:
    """Whether the appointment holds on any day of a period (an empty last day is open)."""
    if one.valid_to is not None and one.valid_to < one.valid_from:
        return False
    return (one.valid_to is None or one.valid_to >= first) and (last is None or one.valid_from <= last)


def most_holders(held: Iterable[Appointment], first: date, last: date | None) -> int:
    """The most that hold at once on any day of the period: numbers only rise on somebody's first day."""
    within = [one for one in held if overlaps(one, first, last)]
    days = {max(one.valid_from, first) for one in within}
    return max((sum(one.holds_on(day) for one in within) for day in days), default=0)
