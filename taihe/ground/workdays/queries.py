"""The readers: one small query tells whether the calendar read before still stands.

Ask `calendar()` once and count many times; the functions below are for a single question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, overload

from .announced import LIBRARY, from_library
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


# -- pages ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Special:
    """A day that has a name or differs from its weekday, and where that is written."""

    date: date
    is_work: bool
    name: str
    source: str


def year_or_blank(year: int) -> WorkYear:
    """The year's row, or one that stands for it as long as nobody has looked at the year."""
    return WorkYear.objects.filter(year=year).first() or WorkYear(year=year)


def specials(year: WorkYear) -> list[Special]:
    """The year's special days in order; what the library estimates while the year has no row (1 query)."""
    if year.pk is None:
        return [Special(one.date, one.is_work, one.name, LIBRARY) for one in from_library(year.year)]
    rows = WorkDay.objects.filter(date__year=year.year).order_by("date")
    return [Special(one.date, one.is_work, one.name, one.source) for one in rows]


def states() -> dict[int, bool]:
    """Years somebody has looked at, and whether they are confirmed."""
    return dict(WorkYear.objects.order_by("year").values_list("year", "confirmed"))


def find_day(day: date) -> WorkDay | None:
    """What is written of one day, if anything is."""
    return WorkDay.objects.filter(date=day).first()
