"""Two clerks who register at the same second (T05): n and n+1, both in the register, whichever was first."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError

from taihe.ground import clock
from taihe.ground.registers import actions as registers
from taihe.ground.registers.models import Entry, Register, Volume
from taihe.ground.registers.queries import find_gaps
from taihe.ground.vault.keys import vault_at
from taihe.inner.office.documents.actions import numbering
from taihe.inner.office.documents.models import Document
from taihe.inner.office.documents.tests.issuing import House, sit
from taihe.inner.workflow.actions import complete
from taihe.inner.workflow.errors import ItemClosed
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.tests.kit import Desk
from tests.races.together import at_once, without_write_lock

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(tmp_path, settings):
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    made = House()
    made.second = sit(made.office, "机要文书", "clerk", ["document_clerk"], "documents.register")
    return made


def test_without_the_lock_both_documents_draw_the_same_number(house, monkeypatch):
    papers = [house.document("rechecked") for _ in range(2)]
    registers.reserve(house.clerk.actor, house.series.key, purpose="占位")  # the year's volume is there for both
    both_have_read, drawn = threading.Barrier(2, timeout=30), []

    def read(place: str) -> None:
        assert place == "registers.number_read"
        drawn.append(Volume.objects.get().last + 1)
        both_have_read.wait()

    def unlocked(paper: Document) -> str:
        without_write_lock()
        return numbering.number(house.clerk.actor, paper, {"number": "next"}).number

    monkeypatch.setattr(registers, "_held", lambda key: Register.objects.get(key=key))
    monkeypatch.setattr(registers, "killpoint", read)
    results = at_once([lambda paper=paper: unlocked(paper) for paper in papers])
    assert drawn == [2, 2]
    assert [type(one) for one in results].count(str) == 1
    assert sum(isinstance(one, DatabaseError) for one in results) == 1


def test_two_clerks_at_the_same_second_get_n_and_the_next(house):
    papers, clerks = [house.document("rechecked") for _ in range(4)], [house.clerk, house.second]

    def register(paper: Document, number: int) -> str:
        house.decide(paper, clerks[number % 2], "done", fields={"number": "next"})
        return Document.objects.get(pk=paper.pk).number

    results = at_once([lambda paper=paper, n=n: register(paper, n) for n, paper in enumerate(papers)])
    year = clock.today().year
    assert sorted(results) == [f"演政〔{year}〕{n}号" for n in range(1, 5)]
    assert find_gaps(house.series.key, year) == []
    held = {entry.subject_id: entry.text for entry in Entry.objects.filter(status="allocated")}
    assert held == {str(paper.pk): number for paper, number in zip(papers, results, strict=True)}


def test_both_clerks_on_one_document_give_it_one_number(house):
    paper = house.document("rechecked")
    items = [(desk, house.item(paper, desk)) for desk in (house.clerk, house.second)]

    def register(desk: Desk, item: WorkItem) -> str:
        complete(desk.actor, item.pk, item.version, outcome="done", fields={"number": "next"})
        return "done"

    results = at_once([lambda one=one: register(*one) for one in items])
    assert results.count("done") == 1 and any(isinstance(one, ItemClosed) for one in results)
    assert Entry.objects.count() == 1
