"""Counting working days: the county's own test dates, and every answer held against counting day by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.workdays.announced import from_library
from taihe.ground.workdays.calendar import Calendar, Due, Pending

ONE = timedelta(days=1)


def announced(*years: int) -> Calendar:
    """A calendar of these announced years; all others are unconfirmed."""
    rows = [one for year in years for one in from_library(year)]
    return Calendar(dict.fromkeys(years, True), {one.date: one.is_work for one in rows})


KNOWN = announced(2024, 2025, 2026)


def d(text: str) -> date:
    return date.fromisoformat(f"2026-{text}")


def test_2026_is_the_announced_year():
    months = [0] * 12
    for day in (date(2026, 1, 1) + timedelta(days=n) for n in range(365)):
        months[day.month - 1] += KNOWN.is_workday(day)
    assert months == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]
    off = [(1, 1, 3), (2, 15, 23), (4, 4, 6), (5, 1, 5), (6, 19, 21), (9, 25, 27), (10, 1, 7)]
    for month, first, last in off:
        assert not any(KNOWN.is_workday(date(2026, month, day)) for day in range(first, last + 1))
    assert all(map(KNOWN.is_workday, [d("01-04"), d("02-14"), d("02-28"), d("05-09"), d("09-20"), d("10-10")]))


@pytest.mark.parametrize(
    "start, days, due",
    [
        ("02-09", 5, "02-14"),  # a make-up Saturday is the last day
        ("02-09", 20, "03-13"),
        ("04-29", 20, "05-29"),
        ("04-30", 5, "05-11"),
        ("09-17", 10, "10-08"),
        ("09-28", 20, "10-30"),
        ("06-15", 10, "06-30"),
        ("09-01", 20, "09-29"),
        ("09-29", 10, "10-19"),  # an extension counts on from the limit before
        ("09-01", 45, "11-09"),
        ("11-09", 15, "11-30"),
        ("09-30", 3, "10-10"),
        ("03-10", 0, "03-10"),
        ("03-14", 1, "03-16"),  # begun on a Saturday
        ("03-13", -1, "03-12"),
        ("02-14", -5, "02-09"),
    ],
)
def test_limits_of_the_law(start, days, due):
    assert KNOWN.add(d(start), days, law=True) == Due(d(due), certain=True)


def test_a_pause_moves_the_limit_and_overlapping_pauses_count_once():
    start = d("06-15")
    pause = (d("06-22"), d("06-26"))
    assert KNOWN.add(start, 10, law=True, pauses=[pause]) == Due(d("07-07"), certain=True)
    twice = [pause, (d("06-24"), d("06-26")), (d("06-22"), d("06-23"))]
    assert KNOWN.add(start, 10, law=True, pauses=twice) == Due(d("07-07"), certain=True)
    # a second pause that begins only in the days the first one added
    later = [pause, (d("07-06"), d("07-08"))]
    assert KNOWN.add(start, 10, law=True, pauses=later) == Due(d("07-10"), certain=True)
    # one that was over before the start, and one that begins after the limit
    assert KNOWN.add(start, 10, law=True, pauses=[(d("06-01"), d("06-15")), (d("08-01"), d("08-05"))]) == Due(
        d("06-30"), certain=True
    )


def test_where_law_counts_an_unannounced_year_gives_no_date():
    answer = KNOWN.add(d("12-31"), 1, law=True)
    assert answer == Pending((2027,))
    assert (str(answer), answer.label, answer.certain) == ("待2027年日历公布", "待日历公布", False)
    assert not hasattr(answer, "day")
    assert KNOWN.add(d("12-30"), 1, law=True) == Due(d("12-31"), certain=True)
    assert KNOWN.add(d("12-31"), 300, law=True) == Pending((2027, 2028))


def test_the_day_it_starts_from_need_not_be_certain():
    assert KNOWN.add(date(2023, 12, 31), 1, law=True) == Due(date(2024, 1, 2), certain=True)
    assert KNOWN.add(date(2027, 1, 1), -1, law=True) == Due(d("12-31"), certain=True)
    assert KNOWN.add(date(2024, 1, 1), -1, law=True) == Pending((2023,))
    assert KNOWN.between(date(2023, 12, 31), date(2024, 1, 2)).certain


def test_ordinary_use_is_told_that_the_date_is_an_estimate():
    answer = KNOWN.add(d("12-31"), 1, law=False)
    assert answer == Due(date(2027, 1, 4), certain=False)
    assert str(answer) == "2027年1月4日（暂按推算）"
    assert str(KNOWN.add(d("12-30"), 1, law=False)) == "2026年12月31日"
    assert KNOWN.between(d("12-31"), date(2027, 1, 4)).label == "暂按推算"


def test_a_year_with_rows_that_nobody_confirmed_stays_an_estimate():
    calendar = Calendar({2027: False}, {date(2027, 1, 1): False})
    assert calendar.add(date(2027, 1, 2), 1, law=True) == Pending((2027,))
    assert not calendar.is_certain(date(2027, 1, 4))


def test_remaining_and_overdue_days():
    assert KNOWN.between(d("09-30"), d("10-10")).days == 3
    assert KNOWN.between(d("10-10"), d("09-30")).days == -3
    assert KNOWN.between(d("10-01"), d("10-07")).days == 0


@pytest.mark.parametrize(
    "days, pauses", [(5001, ()), (-5001, ()), (3, ((d("06-02"), d("06-01")),)), (-3, ((d("06-01"), d("06-02")),))]
)
def test_slips_of_the_caller(days, pauses):
    with pytest.raises(ValueError, match="span"):
        KNOWN.add(d("06-15"), days, law=False, pauses=pauses)


# --- held against counting day by day

days = st.dates(date(2024, 1, 1), date(2029, 12, 31))
calendars = st.builds(
    Calendar,
    st.dictionaries(st.integers(2023, 2031), st.booleans()),
    st.dictionaries(days, st.booleans(), max_size=40),
)
spans = st.tuples(days, st.integers(0, 60)).map(lambda one: (one[0], one[0] + timedelta(days=one[1])))


def slow_is_workday(calendar: Calendar, day: date) -> bool:
    if day in calendar.named:
        return calendar.named[day]
    if day.year not in calendar.years:
        for one in from_library(day.year):
            if one.date == day:
                return one.is_work
    return day.weekday() < 5


def slow_add(calendar, start, n, pauses):
    day, left, touched = start, abs(n), set()
    while left:
        day += ONE if n > 0 else -ONE
        touched.add(day.year)
        if slow_is_workday(calendar, day) and not any(a <= day <= b for a, b in pauses):
            left -= 1
    return day, tuple(sorted(year for year in touched or {start.year} if not calendar.years.get(year)))


@given(calendars, days, st.integers(-80, 120), st.lists(spans, max_size=3))
def test_adding_agrees_with_counting_day_by_day(calendar, start, n, pauses):
    pauses = pauses if n >= 0 else []
    day, uncertain = slow_add(calendar, start, n, pauses)
    assert calendar.add(start, n, law=False, pauses=pauses) == Due(day, not uncertain)
    assert calendar.add(start, n, law=True, pauses=pauses) == (Pending(uncertain) if uncertain else Due(day, True))


@given(calendars, days, days)
def test_between_agrees_with_counting_day_by_day(calendar, first, last):
    low, high = min(first, last), max(first, last)
    counted = sum(slow_is_workday(calendar, low + timedelta(days=n)) for n in range(1, (high - low).days + 1))
    assert calendar.between(first, last).days == (counted if first <= last else -counted)


@given(calendars, days, st.integers(1, 200))
def test_between_undoes_adding(calendar, start, n):
    assert calendar.between(start, calendar.add(start, n, law=False).day).days == n


@given(calendars, days)
def test_each_day_agrees(calendar, day):
    assert calendar.is_workday(day) is slow_is_workday(calendar, day)
