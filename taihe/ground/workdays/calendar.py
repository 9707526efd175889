"""Counting working days over one reading of the calendar: no database, no clock.

Counting follows 《民法典》第二百零一条: the day something happens is not counted; the limit is the n-th
working day after it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import ClassVar, Literal, overload

from .announced import from_library, is_weekend

_ONE = timedelta(days=1)
# Twenty years of working days; more is a slip of the caller.
_MOST = 5000

Pause = tuple[date, date]


@dataclass(frozen=True)
class Due:
    """A day that was computed; not certain when part of it rests on an unannounced year."""

    day: date
    certain: bool

    @property
    def label(self) -> str:
        """What is shown beside the day; empty when it is certain."""
        return "" if self.certain else "暂按推算"

    def __str__(self) -> str:
        text = f"{self.day.year}年{self.day.month}月{self.day.day}日"
        return text if self.certain else f"{text}（{self.label}）"


@dataclass(frozen=True)
class Pending:
    """No day: law counts, and these years' calendars have not been announced."""

    years: tuple[int, ...]
    certain: ClassVar[bool] = False
    label: ClassVar[str] = "待日历公布"

    def __str__(self) -> str:
        return f"待{'、'.join(str(year) for year in self.years)}年日历公布"


@dataclass(frozen=True)
class Count:
    """A number of working days, negative when counted backwards."""

    days: int
    certain: bool

    @property
    def label(self) -> str:
        """What is shown beside the number; empty when it is certain."""
        return "" if self.certain else "暂按推算"


@dataclass(frozen=True)
class Calendar:
    """`years` tells which years have rows and whether they are confirmed; `named` the days that differ.

    Years without rows are estimated by the library.  Immutable, so one reading serves a whole list.
    """

    years: Mapping[int, bool]
    named: Mapping[date, bool]
    _worked: dict[int, tuple[int, ...]] = field(default_factory=dict, compare=False, repr=False)

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked, as far as is known."""
        days = self._of(day.year)
        place = bisect_left(days, day.toordinal())
        return place < len(days) and days[place] == day.toordinal()

    def is_certain(self, day: date) -> bool:
        """Whether the day's year has been confirmed."""
        return self.years.get(day.year, False)

    @overload
    def add(self, start: date, n: int, *, law: Literal[False], pauses: Sequence[Pause] = ()) -> Due: ...

    @overload
    def add(self, start: date, n: int, *, law: bool, pauses: Sequence[Pause] = ()) -> Due | Pending: ...

    def add(self, start: date, n: int, *, law: bool, pauses: Sequence[Pause] = ()) -> Due | Pending:
        """The n-th working day after `start` (before it for negative n; itself for 0).

        `pauses` are spans, both ends included, whose working days are not counted.  With `law`, a
        limit that touches an unconfirmed year is Pending.  Raises ValueError for spans that end before
        they begin, pauses counted backwards, and more than 5000 days.
        """
        if abs(n) > _MOST or (pauses and n < 0) or any(last < first for first, last in pauses):
            raise ValueError("not a span of working days")
        merged, skipped = _merged(pauses), 0
        while True:
            day = self._nth(start, n + skipped)
            inside = sum(self._paused(one, start, day) for one in merged)
            if inside == skipped:
                break
            skipped = inside
        uncertain = self._unconfirmed(start, day)
        return Pending(uncertain) if law and uncertain else Due(day, not uncertain)

    def between(self, first: date, last: date) -> Count:
        """Working days after `first` up to and including `last`; negative when `last` is earlier."""
        years = range(min(first, last).year, max(first, last).year)
        whole = sum(len(self._of(year)) for year in years)
        days = self._place(last) - self._place(first) + (whole if first <= last else -whole)
        return Count(days, not self._unconfirmed(first, last))

    def _of(self, year: int) -> tuple[int, ...]:
        """Ordinals of the year's working days, in order."""
        if year not in self._worked:
            named = {} if year in self.years else {one.date: one.is_work for one in from_library(year)}
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            days = (date.fromordinal(number) for number in range(first, last + 1))
            self._worked[year] = tuple(
                day.toordinal() for day in days if self.named.get(day, named.get(day, not is_weekend(day)))
            )
        return self._worked[year]

    def _place(self, day: date) -> int:
        return bisect_right(self._of(day.year), day.toordinal())

    def _nth(self, start: date, n: int) -> date:
        if n == 0:
            return start
        year, days = start.year, self._of(start.year)
        place = self._place(start) + n - 1 if n > 0 else bisect_left(days, start.toordinal()) + n
        while place >= len(days):
            place -= len(days)
            year += 1
            days = self._of(year)
        while place < 0:
            year -= 1
            days = self._of(year)
            place += len(days)
        return date.fromordinal(days[place])

    def _paused(self, pause: Pause, start: date, day: date) -> int:
        """Working days of a pause that lie after `start`, up to `day`."""
        first, last = max(pause[0] - _ONE, start), min(pause[1], day)
        return self.between(first, last).days if first < last else 0

    def _unconfirmed(self, one: date, other: date) -> tuple[int, ...]:
        """Unconfirmed years among the days that were counted (the day it starts from is not)."""
        if other > one:
            one += _ONE
        elif other < one:
            one -= _ONE
        first, last = min(one, other), max(one, other)
        return tuple(year for year in range(first.year, last.year + 1) if not self.years.get(year, False))


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    merged: list[Pause] = []
    for first, last in sorted(pauses):
        if merged and first <= merged[-1][1] + _ONE:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
