"""A year at a glance: twelve months of weeks, and under each month what its special days are called."""

from __future__ import annotations

import calendar as almanac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .announced import NamedDay, is_weekend
from .queries import Special

WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Cell:
    """One day as the month draws it; `mark` is 休 or 班 on a day that an announcement named."""

    day: date
    mark: str
    rest: bool
    today: bool


@dataclass(frozen=True)
class Run:
    """Neighbouring days of one name, as the list below a month has them."""

    first: date
    last: date
    is_work: bool
    name: str

    @property
    def days(self) -> str:
        """The days without their month."""
        if self.first == self.last:
            return f"{self.first.day}日"
        return f"{self.first.day}日至{self.last.day}日"


@dataclass(frozen=True)
class Month:
    """One month: its weeks from Monday (None outside the month), its named days, its working days."""

    number: int
    weeks: list[list[Cell | None]]
    runs: list[Run]
    worked: int


@dataclass(frozen=True)
class Year:
    """Twelve months and their sums, in days."""

    months: list[Month]
    worked: int
    rest: int
    named_off: int
    made_up: int


def drawn(year: int, special: Sequence[Special], today: date) -> Year:
    """The year as its page draws it."""
    known = {one.date: one for one in special}
    months = [_month(year, number, known, today) for number in range(1, 13)]
    worked = sum(one.worked for one in months)
    off = sum(not one.is_work for one in special)
    made_up = sum(one.is_work and is_weekend(one.date) for one in special)
    return Year(months, worked, 365 + almanac.isleap(year) - worked, off, made_up)


def _month(year: int, number: int, known: dict[date, Special], today: date) -> Month:
    weeks: list[list[Cell | None]] = []
    for week in almanac.Calendar().monthdatescalendar(year, number):
        weeks.append([_cell(day, known.get(day), today) if day.month == number else None for day in week])
    worked = sum(not cell.rest for week in weeks for cell in week if cell)
    return Month(number, weeks, _runs(one for one in known.values() if one.date.month == number), worked)


def _cell(day: date, special: Special | None, today: date) -> Cell:
    rest = is_weekend(day) if special is None else not special.is_work
    return Cell(day, "" if special is None else "休" if rest else "班", rest, day == today)


def _runs(special: Iterable[Special]) -> list[Run]:
    runs: list[Run] = []
    for one in sorted(special, key=lambda special: special.date):
        name = one.name or ("上班" if one.is_work else "休息")
        last = runs[-1] if runs else None
        if last and (last.name, last.is_work, last.last + timedelta(days=1)) == (name, one.is_work, one.date):
            runs[-1] = Run(last.first, one.date, last.is_work, name)
        else:
            runs.append(Run(one.date, one.date, one.is_work, name))
    return runs


@dataclass(frozen=True)
class Change:
    """A day that would be worked or rested otherwise than now."""

    day: date
    is_work: bool
    name: str


def changes(year: int, special: Sequence[Special], rows: Sequence[NamedDay]) -> list[Change]:
    """Days of the year whose work or rest an announcement would change, in order."""
    now, then = {one.date: one for one in special}, {one.date: one for one in rows}
    found = []
    for day in sorted({*now, *then}):
        before = now[day].is_work if day in now else not is_weekend(day)
        after = then[day].is_work if day in then else not is_weekend(day)
        if before != after and day.year == year:
            found.append(Change(day, after, then[day].name if day in then else ""))
    return found
