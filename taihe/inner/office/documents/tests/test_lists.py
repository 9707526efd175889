"""The lists: the newest first, exactly what one may read, narrowed down, at a fixed number of queries."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taihe.ground import clock
from taihe.inner.office.documents.access import may_read
from taihe.inner.office.documents.models import Document
from taihe.inner.office.documents.queries import lists
from taihe.inner.office.documents.queries.lists import Wanted, everything, mine, of_office, reach_of, rows_of
from taihe.inner.people.tests.factories import OrganFactory

from .rows import delivery, document, flow, incoming, office

pytestmark = pytest.mark.django_db
CLERK = ("documents.draft", "documents.read", "documents.register", "documents.receive")


def seen(actor, wanted=lists.ALL) -> set[int]:
    return set(everything(actor, reach_of(actor), wanted).pks)


@pytest.fixture
def papers():
    """A county with papers of every kind, and people who read them on every ground."""
    government = OrganFactory(code="ZF", kind="government")
    health, finance = OrganFactory(code="WJ", parent=government), OrganFactory(code="CZ", parent=government)
    party = OrganFactory(code="DW", kind="party_committee", system="party")
    drafter, money, secretary = office(health, "documents.draft"), office(finance, *CLERK), office(party, *CLERK)
    leader = office(government)
    for by, to, more in (
        (drafter, government, {}),
        (drafter, None, {"state": "issued"}),
        (money, None, {"state": "issued", "audience": "named"}),
        (secretary, None, {"state": "issued"}),
        (secretary, None, {}),
    ):
        document(by, organ=to, **more)
    own, issued, named, sent, _ = Document.objects.order_by("pk")
    flow(own, drafter, leader)
    delivery(sent, finance)
    delivery(named, health, "signed")
    gone = delivery(issued, party, "recalled")
    handler = office(health)
    copy = delivery(issued, finance, "signed")
    flow(incoming(copy, finance), money, handler, kind="documents.incoming")
    people = [drafter, money, secretary, leader, handler, office(government, *CLERK)]
    return [*people, office(health, "documents.receive"), office(finance, "documents.read"), office(gone.organ)]


@pytest.mark.parametrize("few", [lists.FEW, 0])
def test_a_list_holds_exactly_what_may_be_read(papers, few, monkeypatch):
    monkeypatch.setattr(lists, "FEW", few)  # both ways of reading the register
    for one in papers:
        allowed = {paper.pk for paper in Document.objects.all() if may_read(one.actor, paper)}
        assert seen(one.actor) == allowed
    assert {len(seen(one.actor)) for one in papers} >= {0, 1, 2, 3}


def test_newest_first_and_no_more_than_the_window(papers):
    drafter = papers[0]
    at = clock.now()
    made = [document(drafter, at=at - timedelta(minutes=number)).pk for number in range(6)]
    found = mine(drafter.actor, size=4)
    assert found.pks == tuple(made[:4]) and found.more
    assert [row.pk for row in rows_of(found.pks)] == made[:4]
    assert not mine(drafter.actor, size=50).more


def test_of_the_office_only_what_it_issued_or_drafted(papers):
    money = papers[1]
    paper = document(money)
    assert of_office(money.actor, reach_of(money.actor)).pks == (paper.pk,)
    assert of_office(papers[3].actor, reach_of(papers[3].actor)).pks == ()


def test_narrowed(papers):
    drafter = papers[0]
    night = datetime(2026, 1, 1, tzinfo=clock.COUNTY_ZONE)
    old = document(drafter, at=night - timedelta(minutes=1), genre="函", title="关于演示用水的函", state="numbered")
    new = document(drafter, at=night, genre="函", title="关于演示用电的函")
    for wanted, found in (
        (Wanted(year=2025), {old.pk}),
        (Wanted(genre="函"), {old.pk, new.pk}),
        (Wanted(text="用电"), {new.pk}),
        (Wanted(text=old.number), {old.pk}),
        (Wanted(text="100%_"), set()),
        (Wanted(genre="函", state="draft"), {new.pk}),
        (Wanted(genre="函", organ=old.organ_id + 1), set()),
    ):
        assert seen(drafter.actor, wanted) == found


def test_a_year_reaches_behind_the_newest_copies(papers, monkeypatch):
    finance, drafter = papers[7], papers[0]
    night = datetime(2026, 1, 1, tzinfo=clock.COUNTY_ZONE)
    old = document(drafter, state="issued", at=night - timedelta(days=200))
    delivery(old, finance.post.organ)
    delivery(document(drafter, state="issued", at=night + timedelta(days=9)), finance.post.organ)
    monkeypatch.setattr(lists, "rule", lambda key: 1)  # one copy is looked at, the newest of that year
    assert seen(finance.actor, Wanted(year=2025)) == {old.pk}


def test_as_many_queries_for_many_rows(papers):
    clerk = papers[5]

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            rows_of(everything(clerk.actor, reach_of(clerk.actor)).pks)
        return len(queries)

    before = asked()
    for _ in range(30):
        document(papers[0])
    assert asked() == before
