"""Who may read a document and a paper that came in."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taihe.ground.errors import NotAllowed
from taihe.ground.files.models import Attachment
from taihe.ground.files.owners import keeper_of
from taihe.inner.office.documents.access import may_read, may_read_incoming, require_read
from taihe.inner.office.documents.models import Document
from taihe.inner.people.models import Appointment
from taihe.inner.people.permissions import remembering
from taihe.inner.people.tests.factories import OrganFactory, RoleFactory, RoleGrantFactory, StandInFactory, acting, days

from .rows import delivery, document, flow, incoming, office

pytestmark = pytest.mark.django_db
CLERK = ("documents.draft", "documents.read", "documents.register", "documents.receive")


@pytest.fixture
def county():
    """A government with two bureaus, and the party committee beside it."""
    government = OrganFactory(code="ZF", kind="government")
    return {
        "government": government,
        "health": OrganFactory(code="WJ", parent=government),
        "finance": OrganFactory(code="CZ", parent=government),
        "party": OrganFactory(code="DW", kind="party_committee", system="party"),
    }


def test_by_office_by_hand_and_nobody_else(county):
    drafter = office(county["health"], "documents.draft")
    paper = document(drafter, organ=county["government"])
    assert may_read(drafter.actor, paper)
    assert may_read(office(county["government"], *CLERK).actor, paper)
    assert may_read(office(county["health"], "documents.read").actor, paper)
    assert not may_read(office(county["finance"], *CLERK).actor, paper)
    assert not may_read(office(county["health"], "documents.receive").actor, paper)
    assert not may_read(office(county["health"]).actor, paper)
    with pytest.raises(NotAllowed):
        require_read(office(county["finance"], *CLERK).actor, paper)


def test_party_papers_stay_with_the_party_until_they_are_sent(county):
    party = office(county["party"], *CLERK)
    paper = document(party, state="issued")
    mayor, health = office(county["government"], *CLERK), office(county["health"], *CLERK)
    assert not may_read(mayor.actor, paper) and not may_read(health.actor, paper)
    delivery(paper, county["health"])
    assert may_read(health.actor, paper)
    assert not may_read(office(county["finance"], *CLERK).actor, paper)


@pytest.mark.parametrize("state", ["recalled", "replaced", "returned"])
def test_what_was_taken_back_is_out_of_sight(county, state):
    paper = document(office(county["government"], *CLERK), state="issued")
    clerk, handler = office(county["health"], *CLERK), office(county["health"])
    copy = delivery(paper, county["health"], "signed")
    flow(incoming(copy, county["health"]), clerk, handler, kind="documents.incoming")
    assert may_read(clerk.actor, paper) and may_read(handler.actor, paper)
    copy.state, copy.ended_reason = state, "演示"
    copy.save()
    assert not may_read(clerk.actor, paper) and not may_read(handler.actor, paper)


def test_a_part_in_the_flow_open_or_done(county):
    drafter = office(county["health"], "documents.draft")
    paper = document(drafter)
    leader, colleague, reader = (office(county["finance"]) for _ in range(3))
    flow(paper, drafter, leader)
    assert may_read(leader.actor, paper) and not may_read(colleague.actor, paper)
    paper.refresh_from_db()
    item = {"status": "done", "precedence": None, "done_at": paper.created_at, "done_by": reader.officer}
    other = document(drafter)
    flow(other, drafter, leader, **item)
    assert may_read(reader.actor, other)


def test_named_persons_only(county):
    drafter = office(county["health"], "documents.draft")
    paper = document(drafter, state="issued", audience="named")
    delivery(paper, county["finance"], "signed")
    signer = office(county["government"])
    flow(paper, drafter, signer)
    paper.refresh_from_db()
    for one in (drafter, signer, office(county["finance"], "documents.receive")):
        assert may_read(one.actor, paper)
    for one in (office(county["health"], *CLERK), office(county["finance"], "documents.read")):
        assert not may_read(one.actor, paper)


def test_a_secretary_reads_what_lies_with_the_leader(county):
    secretary, leader = office(county["government"], "workflow.record_for"), office(county["government"])
    paper = document(office(county["health"], "documents.draft"))
    flow(paper, leader, leader)
    paper.refresh_from_db()
    assert not may_read(secretary.actor, paper)
    leader.post.rank = "county_lead"
    leader.post.save()
    assert may_read(secretary.actor, paper)


def test_a_stand_in_for_other_matters_reads_nothing(county):
    drafter = office(county["health"], "documents.draft")
    paper = document(drafter)
    held = Appointment.objects.get(officer=drafter.officer)
    for covers, expected in ((["flow:documents.incoming"], False), (["flow:documents.issue"], True)):
        one = StandInFactory(principal=held, covers_all=False, permissions=covers)
        actor = replace(acting(drafter.officer), person_id=str(one.deputy_id), on_behalf_of=drafter.officer.name)
        assert may_read(actor, paper) is expected


def test_rights_that_ended_open_nothing(county):
    reader = office(county["health"])
    grant = RoleGrantFactory(
        appointment=Appointment.objects.get(officer=reader.officer),
        role=RoleFactory(permissions=["documents.read"]),
        scope=county["health"],
    )
    paper = document(office(county["health"], "documents.draft"))
    assert may_read(reader.actor, paper)
    grant.status = "ended"
    grant.save()
    assert not may_read(reader.actor, paper)


def test_a_successor_reads_what_its_predecessors_issued(county):
    paper = document(office(county["finance"], *CLERK))
    clerk = office(county["health"], *CLERK)
    assert not may_read(clerk.actor, paper)
    old = county["finance"]
    old.status, old.successor, old.valid_to = "merged", county["health"], days(-1)
    old.save()
    assert may_read(clerk.actor, paper)


def test_files_follow_the_document_and_leave_a_trace(county):
    drafter = office(county["health"], "documents.draft")
    paper, keeper = document(drafter), keeper_of("documents.document")
    assert keeper is not None and keeper.audited
    file = Attachment(owner_type="documents.document", owner_id=str(paper.pk))
    assert keeper.may_open(drafter.actor, file)
    assert not keeper.may_open(office(county["finance"], *CLERK).actor, file)
    assert not keeper.may_open(drafter.actor, Attachment(owner_type="documents.document", owner_id="nonsense"))


def test_incoming_papers_belong_to_the_receiving_organ(county):
    clerk, handler = office(county["health"], "documents.receive"), office(county["health"])
    mail = incoming(None, county["health"])
    assert may_read_incoming(clerk.actor, mail) and not may_read_incoming(handler.actor, mail)
    flow(mail, clerk, handler, kind="documents.incoming")
    assert may_read_incoming(handler.actor, mail)
    assert not may_read_incoming(office(county["finance"], *CLERK).actor, mail)
    keeper = keeper_of("documents.incoming")
    assert keeper and not keeper.may_open(
        office(county["finance"], *CLERK).actor, Attachment(owner_type="documents.incoming", owner_id=str(mail.pk))
    )


def test_two_queries_besides_the_rights(county):
    drafter = office(county["health"], *CLERK)
    paper = document(drafter)
    with remembering():
        may_read(drafter.actor, paper)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            may_read(drafter.actor, Document(pk=paper.pk))
    assert len(asked) <= 2
