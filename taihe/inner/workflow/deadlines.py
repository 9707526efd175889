"""Deadlines in working days of the county's calendar, and the order of a list of open work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.workdays.calendar import Calendar, Due, Pause

from .models import Urgency, WorkItem

_RANK = {Urgency.CRITICAL.value: 0, Urgency.URGENT.value: 1, Urgency.NORMAL.value: 2}
_STEP = 10**11  # more seconds than any date has, so that urgency counts before the deadline


@dataclass(frozen=True)
class Deadline:
    """The end of the last day, or none; `pending` when an unannounced calendar lies between."""

    at: datetime | None
    pending: bool


NO_LIMIT = Deadline(None, False)


def deadline(
    calendar: Calendar, start: date, days: int | None, *, law: bool, pauses: Sequence[Sequence[str]] = ()
) -> Deadline:
    """The end of the n-th working day after `start`, which is not counted (《民法典》第二百零一条).

    With `law` no date is given that rests on a calendar not yet announced; otherwise an estimate is.
    """
    if days is None:
        return NO_LIMIT
    due = calendar.add(start, days, law=law, pauses=_spans(pauses, start))
    if not isinstance(due, Due):
        return Deadline(None, True)
    end = datetime.combine(due.day, time(23, 59, 59), clock.COUNTY_ZONE)
    return Deadline(end, not due.certain)


def _spans(pauses: Sequence[Sequence[str]], start: date) -> list[Pause]:
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in pauses]
    return [span for span in spans if span[1] > start]


def pause(suspended: datetime, resumed: datetime) -> tuple[str, str] | None:
    """The days a suspension takes from the time allowed: its first day up to the day before it ended, if any."""
    first, last = clock.local(suspended).date(), clock.local(resumed).date() - timedelta(days=1)
    return (first.isoformat(), last.isoformat()) if last >= first else None


def precedence(urgency: str, due_at: datetime | None) -> int:
    """Place in a list: 特急 before 加急 before 平件, then the earlier deadline, those without one last."""
    seconds = int(due_at.timestamp()) if due_at else _STEP - 1
    return _RANK[urgency] * _STEP + seconds


def hurried() -> Q:
    """Open items marked 加急 or 特急, told by their place in the list, so that one index answers."""
    return Q(precedence__lt=_RANK[Urgency.NORMAL.value] * _STEP)


def overdue(now: datetime) -> Q:
    """Open items past their deadline whose clock is not stopped, told by their place in the list likewise."""
    late = Q(pk__in=[])
    for rank in _RANK.values():
        late |= Q(precedence__gte=rank * _STEP, precedence__lt=rank * _STEP + int(now.timestamp()))
    return late & Q(paused=False)


def set_deadlines(
    calendar: Calendar, items: Iterable[WorkItem], *, law: bool, pauses: Sequence[Sequence[str]] = ()
) -> None:
    """Count the deadlines of open items from the days they came (not saved)."""
    for item in items:
        due = deadline(calendar, clock.local(item.opened_at).date(), item.limit_days, law=law, pauses=pauses)
        item.due_at, item.due_pending = due.at, due.pending
        item.precedence = precedence(item.urgency, due.at)
