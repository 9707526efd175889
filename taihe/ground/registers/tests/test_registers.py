"""Numbers are taken in order, given once, kept for a while, voided with a reason, and never lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, Missing
from taihe.ground.outbox import registry
from taihe.ground.outbox.actions import ensure_recurring
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.worker import drain
from taihe.ground.registers import actions
from taihe.ground.registers.actions import Subject, allocate, allocate_reserved, issue, reserve, void
from taihe.ground.registers.errors import (
    AlreadyNumbered,
    BackdateRefused,
    RegisterClosed,
    ReservationOver,
    WrongState,
)
from taihe.ground.registers.models import Entry, Register, Volume
from taihe.ground.registers.queries import entry_of, find_gaps, overdue_reservations, register_of, review
from taihe.ground.registers.states import MOVES, Status

CLERK = Actor("officer", "7", "示一甲", "12", "文书", "ZF01", "县政府办公室")
BOOK = "documents.太政办"
# 10:00 on a day of 2026, county time
MARCH = datetime(2026, 3, 10, 2, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_march():
    with clock.fixed(MARCH):
        yield


@pytest.fixture
def book() -> Register:
    return actions.open_register(CLERK, BOOK, title="县政府办公室发文登记簿", series="太政办")


def paper(name: object) -> Subject:
    return Subject("documents.document", str(name), f"关于第{name}件事的通知（演示）")


def statuses() -> list[tuple[int, str]]:
    return list(Entry.objects.order_by("year", "number").values_list("number", "status"))


def test_numbers_follow_one_another(book):
    assert [allocate(CLERK, BOOK, paper(n)).text for n in (1, 2, 3)] == [f"太政办〔2026〕{n}号" for n in (1, 2, 3)]
    row = entry_of("documents.document", "2")
    assert (row.number, row.allocated_by, row.subject_title) == (
        2,
        "示一甲 县政府办公室 文书",
        "关于第2件事的通知（演示）",
    )
    assert AuditEntry.objects.filter(action="registers.allocate").count() == 3


def test_a_paper_is_numbered_once_until_its_number_is_void(book):
    first = allocate(CLERK, BOOK, paper("a"))
    with pytest.raises(AlreadyNumbered, match="太政办〔2026〕1号"):
        allocate(CLERK, BOOK, paper("a"))
    void(CLERK, first.pk, reason="领导决定不发")
    assert allocate(CLERK, BOOK, paper("a")).number == 2
    assert statuses() == [(1, "void"), (2, "allocated")]


def test_a_cancelled_paper_leaves_its_number_void_and_the_next_goes_on(book):
    for n in range(1, 13):
        last = allocate(CLERK, BOOK, paper(n))
    void(CLERK, last.pk, reason="印发前领导取消")
    assert allocate(CLERK, BOOK, paper("next")).number == 13
    assert review(BOOK, 2026).void == ("太政办〔2026〕12号",)
    assert find_gaps(BOOK, 2026) == []


def test_a_reserved_number_is_kept_and_used(book):
    kept = reserve(CLERK, BOOK, purpose="常务会议纪要", until=date(2026, 3, 20))
    assert allocate(CLERK, BOOK, paper(1)).number == 2
    with clock.fixed(MARCH + timedelta(days=10)):
        assert allocate_reserved(CLERK, kept.pk, paper(2)).text == "太政办〔2026〕1号"
    kept.refresh_from_db()
    assert (kept.status, kept.purpose, kept.subject_id) == ("allocated", "常务会议纪要", "2")
    with pytest.raises(WrongState, match="已编号"):
        allocate_reserved(CLERK, kept.pk, paper(3))


def test_one_paper_does_not_take_a_reserved_number_beside_its_own(book):
    kept = reserve(CLERK, BOOK, purpose="备用")
    allocate(CLERK, BOOK, paper(1))
    with pytest.raises(AlreadyNumbered):
        allocate_reserved(CLERK, kept.pk, paper(1))


@pytest.mark.parametrize("until", [date(2026, 3, 9), date(2026, 4, 10)])
def test_a_reservation_lasts_thirty_days_at_most(book, until):
    with pytest.raises(BadInput, match="预留期限"):
        reserve(CLERK, BOOK, purpose="备用", until=until)
    assert reserve(CLERK, BOOK, purpose="备用").expires_on == date(2026, 4, 9)
    with pytest.raises(BadInput, match="用途"):
        reserve(CLERK, BOOK, purpose=" ")


def test_a_reservation_never_reaches_into_the_next_year(book):
    with clock.fixed(datetime(2026, 12, 20, 2, tzinfo=UTC)):
        kept = reserve(CLERK, BOOK, purpose="备用")
        assert kept.expires_on == date(2026, 12, 31)
    with clock.fixed(datetime(2027, 1, 4, 2, tzinfo=UTC)), pytest.raises(ReservationOver, match="2026-12-31"):
        allocate_reserved(CLERK, kept.pk, paper(1))


def test_what_was_reserved_and_not_used_becomes_void(book, monkeypatch):
    job = registry._known["registers.expire"]
    monkeypatch.setattr(registry, "_known", {job.kind: job})
    kept, later = (reserve(CLERK, BOOK, purpose="备用", until=date(2026, 3, day)) for day in (12, 13))
    with clock.fixed(MARCH + timedelta(days=3)):
        assert list(overdue_reservations()) == [kept]
        assert review(BOOK, 2026).overdue == (kept.text,)
        with unit_of_work("test", CLERK):
            ensure_recurring("main")
        drain("main")
    kept.refresh_from_db()
    later.refresh_from_db()
    assert (kept.status, kept.reason, later.status) == ("void", "预留到期未使用", "reserved")
    assert OutboxMessage.objects.get(kind="registers.expire").last_error == ""


def test_an_issued_number_stays(book):
    row = issue(CLERK, allocate(CLERK, BOOK, paper(1)).pk, dated=date(2026, 3, 9))
    assert (row.status, row.dated) == ("issued", date(2026, 3, 9))
    with pytest.raises(WrongState, match="已印发"):
        void(CLERK, row.pk, reason="印错了需要重来")
    with pytest.raises(AlreadyNumbered):
        allocate(CLERK, BOOK, paper(1))


def test_a_reserved_number_is_not_issued_and_a_void_one_not_used(book):
    kept = reserve(CLERK, BOOK, purpose="备用")
    with pytest.raises(WrongState):
        issue(CLERK, kept.pk, dated=date(2026, 3, 9))
    with pytest.raises(BadInput, match="4个字"):
        void(CLERK, kept.pk, reason=" 不用 ")
    void(CLERK, kept.pk, reason="会议取消不再需要")
    with pytest.raises(WrongState, match="作废"):
        allocate_reserved(CLERK, kept.pk, paper(1))
    assert set(MOVES) == set(Status)


def test_the_books_year_is_the_countys(book):
    """23:59 on 31 December in the county is 15:59 UTC: the next minute begins a new volume."""
    with clock.fixed(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)):
        assert allocate(CLERK, BOOK, paper(1)).text == "太政办〔2026〕1号"
        assert allocate(CLERK, BOOK, paper(2)).text == "太政办〔2026〕2号"
    with clock.fixed(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)):
        assert allocate(CLERK, BOOK, paper(3)).text == "太政办〔2027〕1号"
    assert (find_gaps(BOOK, 2026), find_gaps(BOOK, 2027)) == ([], [])


NEW_YEAR = datetime(2027, 1, 4, 2, tzinfo=UTC)


def test_last_years_number_needs_the_permission_and_a_reason(book):
    allocate(CLERK, BOOK, paper(1))
    with clock.fixed(NEW_YEAR):
        late = allocate(CLERK, BOOK, paper(2), year=2026, may_backdate=True, reason="2026年12月31日已签发")
        assert (late.text, late.backdated) == ("太政办〔2026〕2号", "2026年12月31日已签发")
        assert allocate(CLERK, BOOK, paper(3), year=2027).text == "太政办〔2027〕1号"
    assert AuditEntry.objects.filter(detail__backdated="2026年12月31日已签发").count() == 1


@pytest.mark.parametrize(
    "year, may, reason, why",
    [
        (2026, False, "12月31日已签发", "权限"),
        (2026, True, " ", "原因"),
        (2025, True, "12月31日已签发", "上一年"),
        (2028, True, "提前编号准备", "上一年"),
    ],
)
def test_other_years_are_refused_on_the_record(book, year, may, reason, why):
    with clock.fixed(NEW_YEAR), pytest.raises(BackdateRefused, match=why):
        allocate(CLERK, BOOK, paper(1), year=year, may_backdate=may, reason=reason)
    assert not Entry.objects.exists()
    assert AuditEntry.objects.get(outcome="refused").action == "registers.allocate"


def test_a_register_that_does_not_restart_runs_on():
    actions.open_register(CLERK, "orders", title="县政府令", series="县政府令", format="第{number}号", yearly=False)
    assert allocate(CLERK, "orders", paper(1)).text == "第1号"
    with clock.fixed(NEW_YEAR):
        kept = reserve(CLERK, "orders", purpose="备用")
        assert (kept.text, kept.year, kept.expires_on) == ("第2号", 0, date(2027, 2, 3))
    assert find_gaps("orders", 0) == []


def test_a_closed_register_takes_no_new_numbers_but_finishes_the_old(book):
    row = allocate(CLERK, BOOK, paper(1))
    actions.close_register(CLERK, BOOK)
    for again in (lambda: allocate(CLERK, BOOK, paper(2)), lambda: reserve(CLERK, BOOK, purpose="备用")):
        with pytest.raises(RegisterClosed, match="县政府办公室发文登记簿"):
            again()
    assert issue(CLERK, row.pk, dated=date(2026, 3, 9)).status == "issued"


def test_two_registers_never_write_the_same_number(book):
    for key, series in ((BOOK, "太政"), ("other", "太政办")):
        with pytest.raises(BadInput):
            actions.open_register(CLERK, key, title="另一本", series=series)
    assert register_of(BOOK) == book


def test_what_is_not_there_is_told(book):
    for ask in (
        lambda: allocate(CLERK, "none", paper(1)),
        lambda: issue(CLERK, 4711, dated=date(2026, 3, 9)),
        lambda: register_of("none"),
    ):
        with pytest.raises(Missing):
            ask()


def test_a_refused_paper_takes_no_number(book):
    from taihe.ground.action import action

    @action("test.broken")
    def broken(actor: Actor) -> None:
        allocate(actor, BOOK, paper(1))
        raise BadInput(what="坏了。")

    with pytest.raises(BadInput):
        broken(CLERK)
    assert not Entry.objects.exists()
    assert allocate(CLERK, BOOK, paper(2)).number == 1


def test_the_review_names_what_a_person_should_look_at(book):
    days = [date(2026, 3, 2), date(2026, 3, 5), date(2026, 3, 4), date(2025, 12, 31)]
    for n, day in enumerate(days, 1):
        issue(CLERK, allocate(CLERK, BOOK, paper(n)).pk, dated=day)
    found = review(BOOK, 2026)
    two, three, four = (f"太政办〔2026〕{n}号" for n in (2, 3, 4))
    assert found.whole
    assert found.out_of_order == ((two, three), (three, four))
    assert found.other_year == (four,)
    assert found.last == 4


def test_a_removed_row_shows_as_a_gap_even_at_the_end(book):
    for n in (1, 2, 3):
        allocate(CLERK, BOOK, paper(n))
    Entry.objects.filter(number__in=[1, 3]).delete()
    assert find_gaps(BOOK, 2026) == [1, 3]
    assert not review(BOOK, 2026).whole
    assert allocate(CLERK, BOOK, paper(4)).number == 4
    assert find_gaps("none", 2026) == []


GOOD = {"number": 9, "status": "reserved", "purpose": "备用", "expires_on": date(2026, 4, 1)}


@pytest.mark.db
@pytest.mark.parametrize(
    "fields",
    [
        {"number": 1},
        {"number": 0},
        {"purpose": ""},
        {"expires_on": None},
        {"status": "void", "reason": ""},
        {"status": "allocated"},
        {"status": "allocated", "subject_type": "documents.document", "subject_id": "1"},
        {"status": "issued", "subject_type": "x", "subject_id": "y"},
    ],
)
def test_the_database_itself_keeps_the_book(book, fields):
    allocate(CLERK, BOOK, paper(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(register=book, year=2026, text="x", **(GOOD | fields))
    Entry.objects.create(register=book, year=2026, text="x", **GOOD)  # the same row without the fault is accepted


@pytest.mark.db
def test_the_database_keeps_one_volume_a_year(book):
    allocate(CLERK, BOOK, paper(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        Volume.objects.create(register=book, year=2026)
