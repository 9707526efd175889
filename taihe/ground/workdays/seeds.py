"""The announced years that every installation begins with."""

from __future__ import annotations

import logging
import uuid
from datetime import date
from typing import Any

from django.db import connections

from taihe.ground import clock
from taihe.ground.errors import BadSetup
from taihe.ground.rules import find_rule, rule

from .announced import NamedDay, from_library, problems_of
from .calendar import Calendar
from .models import WorkDay, WorkYear

log = logging.getLogger(__name__)


def published(year: int) -> tuple[NamedDay, ...]:
    """The library's rows of an announced year, once they agree with the county's own figure for it.

    Raises BadSetup when they do not, so that a changed library never shifts a legal limit unseen.
    """
    rows, expected = from_library(year), rule(f"workdays.count_{year}")
    found = Calendar({year: True}, {one.date: one.is_work for one in rows})
    count = found.between(date(year - 1, 12, 31), date(year, 12, 31)).days
    if count != expected or problems_of(year, rows):
        raise BadSetup(
            what=f"程序库给出的{year}年工作日为{count}天，与已公布的{expected}天不符。",
            fix=f"请由管理员按当年通知导入{year}年日历。",
        )
    return rows


def seed_years() -> int:
    """Put the announced years of the rules in place where a year has no row yet; returns how many.

    A year that does not agree with its figure stays unconfirmed, and the log says so.
    """
    standing = set(WorkYear.objects.values_list("year", flat=True))
    added = 0
    for year in rule("workdays.published_years"):
        if year in standing:
            continue
        try:
            rows, source = published(year), find_rule(f"workdays.count_{year}").source
        except BadSetup as doubt:
            log.error("%s", doubt.sentence())
            continue
        _put(year, rows, source)
        added += 1
    return added


def _put(year: int, rows: tuple[NamedDay, ...], source: str) -> None:
    WorkDay.objects.bulk_create(
        [WorkDay(date=one.date, is_work=one.is_work, name=one.name, source=source, confirmed=True) for one in rows],
        ignore_conflicts=True,
    )
    WorkYear.objects.create(
        year=year,
        confirmed=True,
        source=source,
        confirmed_by="系统初始数据",
        confirmed_at=clock.now(),
        stamp=uuid.uuid4().hex,
    )


def after_migrate(*, using: str, **_: Any) -> None:
    """Seed when the tables have just been made (or, in tests, emptied); nothing when migrated back to before them."""
    if WorkYear._meta.db_table not in connections[using].introspection.table_names():
        return
    try:
        seed_years()
    except BadSetup as doubt:
        log.error("%s", doubt.sentence())
