"""Clerks who number at the same second: with the lock off they draw the same number, with it they never do."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import DatabaseError

from taihe.ground.actor import Actor
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.registers import actions
from taihe.ground.registers.actions import Subject
from taihe.ground.registers.models import Entry, Register, Volume
from taihe.ground.registers.queries import find_gaps
from tests.races.together import at_once, without_write_lock

CLERK = Actor("officer", "7", "示一甲", "12", "文书", "ZF01", "县政府办公室")
BOOK = "race"

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def book() -> None:
    actions.open_register(CLERK, BOOK, title="竞争测试登记簿", series="太政测")


def paper(name: object) -> Subject:
    return Subject("documents.document", str(name), f"第{name}件（演示）")


def number(name: object) -> int:
    return actions.allocate(CLERK, BOOK, paper(name)).number


def year() -> int:
    return Volume.objects.get().year


def test_without_the_lock_two_clerks_draw_the_same_number(monkeypatch):
    number("first")  # so that both meet a volume that is there
    both_have_read, drawn = threading.Barrier(2, timeout=30), []

    def read(place: str) -> None:
        assert place == "registers.number_read"
        drawn.append(Volume.objects.get().last + 1)
        both_have_read.wait()

    def unlocked(name: str) -> int:
        without_write_lock()
        return number(name)

    monkeypatch.setattr(actions, "_held", lambda key: Register.objects.get(key=key))
    monkeypatch.setattr(actions, "killpoint", read)
    results = at_once([lambda: unlocked("a"), lambda: unlocked("b")])
    assert drawn == [2, 2]
    # One of them is stopped only because the database keeps a number once; its clerk gets a fault.
    assert [type(one) for one in results].count(int) == 1
    assert sum(isinstance(one, DatabaseError) for one in results) == 1


def test_with_the_lock_every_clerk_gets_a_number_of_his_own():
    clerks, each = 6, 8
    results = at_once([lambda who=who: [number(f"{who}-{n}") for n in range(each)] for who in range(clerks)])
    assert sorted(one for numbers in results for one in numbers) == list(range(1, clerks * each + 1))
    assert find_gaps(BOOK, year()) == []
    assert all(numbers == sorted(numbers) for numbers in results)


def test_the_first_number_of_a_year_is_drawn_once():
    results = at_once([lambda who=who: number(who) for who in range(6)])
    assert sorted(results) == [1, 2, 3, 4, 5, 6]


def test_one_paper_numbered_by_many_gets_one_number():
    results = at_once([lambda: number("same")] * 6)
    assert Counter(type(one).__name__ for one in results) == {"int": 1, "AlreadyNumbered": 5}
    assert Entry.objects.count() == 1


def test_reserving_voiding_and_numbering_together_leave_no_gap():
    kept = [actions.reserve(CLERK, BOOK, purpose="备用").pk for _ in range(4)]

    def use(pk: int) -> None:
        actions.allocate_reserved(CLERK, pk, paper(f"kept-{pk}"))

    def drop(pk: int) -> None:
        actions.void(CLERK, pk, reason="会议取消不再需要")

    calls = [
        *(lambda pk=pk: use(pk) for pk in kept),
        *(lambda pk=pk: drop(pk) for pk in kept),
        *(lambda who=who: number(who) for who in range(4)),
    ]
    at_once(calls)
    statuses = Counter(Entry.objects.values_list("status", flat=True))
    assert find_gaps(BOOK, year()) == []
    assert Entry.objects.count() == 8
    assert statuses["reserved"] == 0
    assert statuses["void"] <= 4
    assert not OutboxMessage.objects.exists()
