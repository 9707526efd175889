"""The only writers of the calendar."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, StaleVersion
from taihe.ground.outbox.actions import enqueue

from . import recompute
from .announced import LIBRARY, NamedDay, from_library, is_weekend, problems_of
from .errors import CalendarUnfit
from .models import WorkDay, WorkYear

_SHORTEST_REASON = 4


@action("workdays.confirm_year")
def confirm_year(
    actor: Actor, year: int, rows: Sequence[NamedDay], source: str, *, exception: str = "", version: int | None = None
) -> WorkYear:
    """Set a year's calendar as announced and let every registered module count its limits again.

    `source` names the announcement; `version` is that of the year which a page showed (0: no row yet).
    Raises BadInput without a source, StaleVersion, and CalendarUnfit when the rows do not pass the
    checks, unless `exception` gives the reason why the announcement is as it is.
    """
    if len(source.strip()) < _SHORTEST_REASON:
        raise BadInput(what="请写明放假安排通知的名称或文号。")
    problems = problems_of(year, rows)
    if problems and len(exception.strip()) < _SHORTEST_REASON:
        raise CalendarUnfit(year=year, problems="".join(problems))
    row, before = _locked(year, version), _as_data(year)
    WorkDay.objects.filter(date__year=year).delete()
    _put(rows, source.strip(), confirmed=True)
    row.confirmed, row.source = True, source.strip()[:200]
    row.confirmed_by = " ".join(filter(None, (str(actor), actor.organ_name, actor.post_name)))[:200]
    row.confirmed_at = clock.now()
    row.save()
    _announce({year, *(one.date.year for one in rows)})
    detail = {"source": row.source, "rows": len(rows), "exception": exception.strip(), "problems": problems}
    record(row, before=before, after=_as_data(year), detail=detail)
    return row


@action("workdays.set_day")
def set_day(actor: Actor, day: date, *, is_work: bool, name: str, source: str, version: int | None = None) -> WorkDay:
    """Change one day, as a later notice orders; the year stays confirmed or unconfirmed as it was.

    Raises BadInput without the notice's name, and StaleVersion as `confirm_year` does.
    """
    if len(source.strip()) < _SHORTEST_REASON:
        raise BadInput(what="请写明调整这一天的通知名称或文号。")
    year = _locked(day.year, version)
    before = _as_data(day.year)
    row, _ = WorkDay.objects.update_or_create(
        date=day,
        defaults={
            "is_work": is_work,
            "name": name.strip()[:60],
            "source": source.strip()[:200],
            "confirmed": year.confirmed,
        },
    )
    year.save(update_fields=["stamp", "version"])
    _announce({day.year})
    record(row, before=before, after=_as_data(day.year), detail={"day": day.isoformat(), "is_work": is_work})
    return row


def _locked(year: int, seen: int | None) -> WorkYear:
    """The year's row under lock with a new version and stamp (not saved); a new year begins with the estimate as rows.

    Raises StaleVersion when a page showed another version than now stands.
    """
    row, created = WorkYear.objects.select_for_update().get_or_create(year=year, defaults={"stamp": uuid.uuid4().hex})
    if created:
        _put(from_library(year), LIBRARY, confirmed=False)
    if seen is not None and seen != row.version:
        raise StaleVersion(what=f"{year}年工作日历")
    row.version, row.stamp = row.version + 1, uuid.uuid4().hex
    return row


def _put(rows: Iterable[NamedDay], source: str, *, confirmed: bool) -> None:
    """Write days, in place of what the table says of them; weekends off need no row unless named."""
    days = [
        WorkDay(date=one.date, is_work=one.is_work, name=one.name[:60], source=source[:200], confirmed=confirmed)
        for one in rows
        if one.name or one.is_work == is_weekend(one.date)
    ]
    WorkDay.objects.bulk_create(
        days,
        update_conflicts=True,
        unique_fields=["date"],
        update_fields=["is_work", "name", "source", "confirmed"],
    )


def _as_data(year: int) -> list[tuple[Any, ...]]:
    return list(WorkDay.objects.filter(date__year=year).order_by("date").values_list("date", "is_work", "name"))


def _announce(years: Iterable[int]) -> None:
    """Queue every registered recount, once per module and year."""
    for year in sorted(years):
        for name in recompute.names():
            enqueue("workdays.recompute", {"name": name, "year": year}, dedupe=f"workdays:{name}:{year}")
