"""The readers: one small query tells whether the calendar read before still stands.

Ask `calendar()` once and count many times; the functions below are for a single question.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, overload

from .calendar import Calendar, Count, Due, Pause, Pending
from .models import WorkDay, WorkYear

_Key = tuple[tuple[int, bool, str], ...]
_read: tuple[_Key, Calendar] | None = None


def calendar() -> Calendar:
    """The calendar as it stands: one query, and a second only after a change by any process."""
    global _read
    key = tuple(WorkYear.objects.order_by("year").values_list("year", "confirmed", "stamp"))
    kept = _read
    if kept is None or kept[0] != key:
        years = {year: confirmed for year, confirmed, _ in key}
        kept = _read = (key, Calendar(years, dict(WorkDay.objects.values_list("date", "is_work"))))
    return kept[1]


def is_workday(day: date) -> bool:
    """Whether the day is worked, as far as is known."""
    return calendar().is_workday(day)


@overload
def add_workdays(start: date, n: int, *, law: Literal[False], pauses: Sequence[Pause] = ()) -> Due: ...


@overload
def add_workdays(start: date, n: int, *, law: bool, pauses: Sequence[Pause] = ()) -> Due | Pending: ...


def add_workdays(start: date, n: int, *, law: bool, pauses: Sequence[Pause] = ()) -> Due | Pending:
    """The n-th working day after `start`, which is not counted; see Calendar.add."""
    return calendar().add(start, n, law=law, pauses=pauses)


def workdays_between(first: date, last: date) -> Count:
    """Working days after `first` up to and including `last`; negative when `last` is earlier."""
    return calendar().between(first, last)
