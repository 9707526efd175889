"""Years are seeded, confirmed and changed; what rests on them is counted again."""

from __future__ import annotations

from datetime import date

import pytest

from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, BadSetup
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.worker import drain
from taihe.ground.workdays import queries, recompute, seeds
from taihe.ground.workdays.actions import confirm_year, set_day
from taihe.ground.workdays.announced import NamedDay, from_library
from taihe.ground.workdays.calendar import Due, Pending
from taihe.ground.workdays.errors import CalendarUnfit
from taihe.ground.workdays.models import WorkDay, WorkYear
from taihe.ground.workdays.queries import add_workdays, calendar, is_workday, workdays_between

CLERK = Actor("officer", "7", "示一甲", "12", "系统管理员", "ZF01", "县政府办公室")
NOTICE = "国务院办公厅关于2027年部分节假日安排的通知（演示）"
# Invented, but balanced: thirteen days off on weekdays, and two swapped.
INVENTED = [
    *(one for one in from_library(2027) if not one.is_work),
    NamedDay(date(2027, 10, 6), False, "调休"),
    NamedDay(date(2027, 10, 9), True, "调休上班"),
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_again(monkeypatch):
    """Years that a registered module was asked to count again."""
    monkeypatch.setattr(recompute, "_known", {})
    years: list[int] = []
    recompute.on_calendar_change("test.limits")(years.append)
    return years


@pytest.mark.db
def test_three_announced_years_are_there_from_the_start():
    assert list(WorkYear.objects.values_list("year", "confirmed")) == [(2024, True), (2025, True), (2026, True)]
    assert WorkDay.objects.filter(confirmed=False).count() == 0
    assert [workdays_between(date(year - 1, 12, 31), date(year, 12, 31)).days for year in (2024, 2025, 2026)] == [
        251,
        248,
        248,
    ]
    assert seeds.seed_years() == 0


def test_a_library_that_disagrees_with_the_countys_figure_confirms_nothing(monkeypatch):
    WorkYear.objects.filter(year=2026).delete()
    monkeypatch.setattr(seeds, "from_library", lambda year: from_library(2027))
    with pytest.raises(BadSetup, match="2026"):
        seeds.published(2026)
    assert seeds.seed_years() == 0
    assert add_workdays(date(2026, 3, 2), 1, law=True) == Pending((2026,))


def test_nothing_is_seeded_before_the_tables_are_there(monkeypatch):
    monkeypatch.setattr(WorkYear._meta, "db_table", "not_yet_made")
    seeds.after_migrate(using="default")


@pytest.mark.db
def test_confirming_a_year_gives_the_dates_that_were_waiting(counted_again):
    assert add_workdays(date(2026, 12, 31), 1, law=True) == Pending((2027,))
    assert add_workdays(date(2026, 12, 31), 1, law=False).certain is False
    row = confirm_year(CLERK, 2027, INVENTED, NOTICE)
    assert (row.confirmed, row.confirmed_by) == (True, "示一甲 县政府办公室 系统管理员")
    assert add_workdays(date(2026, 12, 31), 1, law=True) == Due(date(2027, 1, 4), certain=True)
    assert is_workday(date(2027, 10, 9)) and not is_workday(date(2027, 10, 6))
    drain("main")
    assert counted_again == [2027]
    entry = AuditEntry.objects.get(action="workdays.confirm_year")
    assert (entry.person_id, entry.detail["source"]) == ("7", NOTICE)


@pytest.mark.parametrize("rows, source", [(INVENTED, " "), (INVENTED, "通知")])
def test_a_year_needs_its_notice(rows, source):
    with pytest.raises(BadInput, match="通知"):
        confirm_year(CLERK, 2027, rows, source)


def test_an_unbalanced_year_is_refused_or_confirmed_as_an_exception():
    rows = [*INVENTED, NamedDay(date(2027, 9, 3), False, "纪念日")]
    with pytest.raises(CalendarUnfit, match="不平衡"):
        confirm_year(CLERK, 2027, rows, NOTICE)
    assert not WorkYear.objects.filter(year=2027).exists()
    confirm_year(CLERK, 2027, rows, NOTICE, exception="通知增加放假一天")
    assert not is_workday(date(2027, 9, 3))
    assert AuditEntry.objects.get(outcome="done").detail["exception"] == "通知增加放假一天"


def test_confirming_again_replaces_the_year_and_leaves_the_others():
    confirm_year(CLERK, 2027, INVENTED, NOTICE)
    confirm_year(CLERK, 2027, [one for one in INVENTED if one.date.month < 10 or one.date.day < 6], "更正后的通知")
    assert is_workday(date(2027, 10, 6)) and not is_workday(date(2027, 10, 9))
    assert workdays_between(date(2025, 12, 31), date(2026, 12, 31)).days == 248


def test_a_make_up_day_in_the_year_before_changes_that_year_too(counted_again):
    # make-up day of a balanced year moved to the last Sunday of 2026
    rows = [NamedDay(date(2026, 12, 27), True, "调休上班"), *(one for one in INVENTED if not one.is_work)]
    confirm_year(CLERK, 2027, rows, NOTICE)
    assert is_workday(date(2026, 12, 27))
    assert sorted(OutboxMessage.objects.values_list("payload__year", flat=True)) == [2026, 2027]


def test_one_day_is_changed_by_a_later_notice(counted_again):
    assert is_workday(date(2026, 9, 3))
    set_day(CLERK, date(2026, 9, 3), is_work=False, name="纪念日", source="关于9月3日放假的通知（演示）")
    assert not is_workday(date(2026, 9, 3))
    assert add_workdays(date(2026, 9, 2), 1, law=True) == Due(date(2026, 9, 4), certain=True)
    drain_years = list(OutboxMessage.objects.filter(kind="workdays.recompute").values_list("payload__year", flat=True))
    assert drain_years == [2026]
    with pytest.raises(BadInput):
        set_day(CLERK, date(2026, 9, 3), is_work=True, name="", source="")


def test_a_day_of_an_unannounced_year_keeps_the_estimate_around_it():
    set_day(CLERK, date(2028, 1, 4), is_work=False, name="试", source="地方通知（演示）")
    assert not is_workday(date(2028, 1, 4))
    assert not is_workday(date(2028, 10, 2))  # National Day, still from the library
    assert add_workdays(date(2028, 1, 3), 1, law=True) == Pending((2028,))


def test_a_list_of_limits_asks_once_and_a_second_reading_is_one_query(django_assert_num_queries):
    calendar()
    with django_assert_num_queries(1):
        reading = calendar()
        for day in range(1, 29):
            reading.add(date(2026, 3, day), 20, law=True)
    with django_assert_num_queries(1):
        is_workday(date(2026, 3, 1))


def test_another_process_sees_a_change(django_assert_num_queries):
    calendar()
    kept = queries._read
    set_day(CLERK, date(2026, 9, 3), is_work=False, name="", source="关于9月3日放假的通知（演示）")
    queries._read = kept  # a process that has not noticed
    with django_assert_num_queries(2):
        assert not is_workday(date(2026, 9, 3))


def test_a_rolled_back_change_is_forgotten():
    def broken(actor):
        set_day(actor, date(2026, 9, 3), is_work=False, name="", source="关于9月3日放假的通知（演示）")
        assert not is_workday(date(2026, 9, 3))
        raise BadInput(what="坏了。")

    from taihe.ground.action import action

    with pytest.raises(BadInput):
        action("test.broken")(broken)(CLERK)
    assert is_workday(date(2026, 9, 3))


def test_a_recount_is_registered_once():
    with pytest.raises(RuntimeError, match="twice"):
        recompute.on_calendar_change("test.limits")(print)
    recompute.run("gone.with.the.release", 2026)
