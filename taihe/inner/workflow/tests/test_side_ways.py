"""传阅, 催办, 代理 and 代录: beside the flow, and on another's behalf."""

from __future__ import annotations

from io import BytesIO

import pytest

from taihe.ground.errors import BadInput, Missing, NotAllowed
from taihe.ground.files.actions import Prepared
from taihe.ground.files.queries import may_open, zone_store
from taihe.inner.people.tests.factories import OfficerFactory, StandInFactory, acting
from taihe.inner.workflow import queries
from taihe.inner.workflow.actions import (
    circulate,
    complete,
    confirm_recorded,
    drop_signer,
    mark_read,
    record_for,
    resume,
    urge,
    withdraw,
)
from taihe.inner.workflow.errors import (
    CannotWithdraw,
    NothingToConfirm,
    NotRecordable,
    NotYourItem,
    ReadersWait,
    UrgedEnough,
)
from taihe.inner.workflow.models import FlowLog, WorkItem

from .kit import desk, open_at

pytestmark = pytest.mark.django_db


# -- 传阅 ---------------------------------------------------------------------------------------------


def test_readers_get_copies_and_their_reading_is_noted(house):
    paper, reader = house.paper(), desk()
    sender = house.signers[0].actor
    (copy,) = circulate(sender, paper.pk, signers=[reader.signer], note="请阅")
    assert list(queries.circulated(reader.actor)) == [copy] and queries.counts(reader.actor).unread == 1
    mark_read(reader.actor, copy.pk, opinion="请按期落实")
    assert list(queries.circulated(reader.actor, unread=False)) == [copy]
    assert "请按期落实" in [line.log.text for line in queries.timeline(paper)]
    assert len(open_at(paper)) == 3


def test_who_must_read_holds_up_the_sender_only(house):
    paper, reader = house.paper(), desk()
    circulate(house.signers[0].actor, paper.pk, signers=[reader.signer], mandatory=True)
    with pytest.raises(ReadersWait, match=reader.officer.name):
        house.sign(paper, house.signers[0])
    house.sign(paper, house.signers[1])
    mark_read(reader.actor, WorkItem.objects.get(kind="cc").pk)
    house.sign(paper, house.signers[0])


def test_a_reader_may_be_taken_away_again(house):
    paper, reader = house.paper(), desk()
    (copy,) = circulate(house.signers[0].actor, paper.pk, signers=[reader.signer], mandatory=True)
    drop_signer(house.signers[0].actor, copy.pk, copy.version, reason="出差在外")
    house.sign(paper, house.signers[0])


def turns(paper):
    """Who of the readers has the paper, who waits."""
    rows = WorkItem.objects.filter(instance=paper, kind="cc").order_by("round", "order")
    return [one.status for one in rows]


def go_round(house, paper, readers, **more):
    return circulate(house.signers[0].actor, paper.pk, signers=[one.signer for one in readers], serial=True, **more)


def test_a_paper_goes_round_one_reader_after_another(house):
    paper, readers = house.paper(), [desk() for _ in range(3)]
    first, second, _ = go_round(house, paper, readers, mandatory=True)
    assert turns(paper) == ["open", "waiting", "waiting"]
    assert list(queries.circulated(readers[0].actor)) == [first] and not queries.circulated(readers[1].actor)
    assert mark_read(readers[1].actor, second.pk) is None and turns(paper)[1] == "waiting"
    mark_read(readers[0].actor, first.pk, opinion="已阅")
    assert turns(paper) == ["done", "open", "waiting"]
    with pytest.raises(ReadersWait, match=readers[2].officer.name):
        house.sign(paper, house.signers[0])  # the last one has not even got it
    assert list(queries.circulated(readers[1].actor)) == [second] and queries.counts(readers[1].actor).unread == 1


def test_a_reader_taken_away_does_not_hold_up_those_after_him(house):
    paper, readers = house.paper(), [desk() for _ in range(3)]
    first, second, _ = go_round(house, paper, readers)
    drop_signer(house.signers[0].actor, second.pk, second.version, reason="出差在外")
    drop_signer(house.signers[0].actor, first.pk, first.version, reason="出差在外")
    assert turns(paper) == ["void", "void", "open"]


def test_two_rounds_do_not_mix(house):
    paper, readers = house.paper(), [desk() for _ in range(4)]
    first, _ = go_round(house, paper, readers[:2])
    go_round(house, paper, readers[2:])
    mark_read(readers[0].actor, first.pk)
    assert turns(paper) == ["done", "open", "open", "waiting"]
    with pytest.raises(BadInput, match="未读"):
        go_round(house, paper, [readers[3]])  # who waits has his copy already


def test_strangers_do_not_circulate(house):
    with pytest.raises(Missing):
        circulate(desk().actor, house.paper().pk, signers=[house.issuer.signer])


# -- 催办 ---------------------------------------------------------------------------------------------


def test_reminders_are_capped_by_item_and_day(house):
    item = house.item(house.paper(), house.signers[0])
    for _ in range(2):
        urge(house.drafter.actor, item.pk)
    with pytest.raises(UrgedEnough, match="2"):
        urge(house.drafter.actor, item.pk)
    item.refresh_from_db()
    assert item.urged == 2 and item.urged_at
    complete(house.signers[0].actor, item.pk, item.version, outcome="agree")


def test_reminders_are_capped_by_receiver_and_day(house):
    items = [house.item(house.paper(), house.signers[0]) for _ in range(11)]
    for one in items[:10]:
        urge(house.drafter.actor, one.pk)
    with pytest.raises(UrgedEnough, match="10"):
        urge(house.drafter.actor, items[10].pk)


def test_strangers_and_the_holder_do_not_remind(house):
    item = house.item(house.paper(), house.signers[0])
    for actor in (desk().actor, house.signers[0].actor):
        with pytest.raises(Missing):
            urge(actor, item.pk)


# -- 代理 ---------------------------------------------------------------------------------------------


def deputy_of(one, **fields):
    appointment = one.officer.appointments.get()
    deputy = OfficerFactory(appointed=True)
    StandInFactory(principal=appointment, deputy=deputy, **fields)
    return acting(deputy, index=1)


def test_a_stand_in_signs_as_b_for_a(house):
    paper = house.paper()
    actor = deputy_of(house.signers[0])
    assert [one.title for one in queries.todo(actor)] == [paper.title]
    done = house.item(paper, house.signers[0])
    done = complete(actor, done.pk, done.version, outcome="agree")
    assert done.done_by_name == f"{actor.person_name}代{house.signers[0].officer.name}"
    assert done.principal == house.signers[0].officer
    assert list(queries.delegated(house.signers[0].actor)) == [done] and list(queries.done(actor)) == [done]
    withdraw(house.signers[0].actor, done.pk, done.version)


def test_a_stand_in_for_other_matters_does_not(house):
    paper = house.paper()
    actor = deputy_of(house.signers[0], covers_all=False, permissions=["flow:other"])
    item = house.item(paper, house.signers[0])
    assert not queries.todo(actor).exists()
    with pytest.raises(NotYourItem):
        complete(actor, item.pk, item.version, outcome="agree")
    named = deputy_of(house.signers[1], covers_all=False, permissions=["flow:test.paper"])
    item = house.item(paper, house.signers[1])
    complete(named, item.pk, item.version, outcome="agree")


def test_a_stand_in_ended_since_sign_in_signs_nothing(house):
    paper = house.paper()
    actor = deputy_of(house.signers[0])
    house.signers[0].officer.appointments.get().stand_ins.update(status="revoked")
    item = house.item(paper, house.signers[0])
    with pytest.raises(NotYourItem):
        complete(actor, item.pk, item.version, outcome="agree")


# -- 代录 ---------------------------------------------------------------------------------------------


@pytest.fixture
def photo(tmp_path, settings):
    """A clean picture in the store."""
    settings.TAIHE_FOLDER = tmp_path
    stored = zone_store().put(BytesIO(b"\x89PNG demo"))
    return Prepared(stored, "批示照片.png", "image/png", {"sha256": stored.sha256, "verdict": "clean"})


@pytest.fixture
def secretary(house):
    return acting(OfficerFactory(organ=house.organ, permissions=["workflow.record_for"]))


def at_issue(house):
    paper = house.paper()
    for one in house.signers:
        house.sign(paper, one)
    return paper, house.item(paper, house.issuer)


def record(secretary, item, photo, **fields):
    wishes = {"outcome": "agree", "opinion": "同意，抓紧办理。", "photo": photo, **fields}
    return record_for(secretary, item.pk, item.version, **wishes)


def test_a_secretary_records_what_the_leader_said_and_the_leader_confirms(house, secretary, photo):
    paper, item = at_issue(house)
    assert list(queries.recordable(secretary)) == [item]
    done = record(secretary, item, photo)
    assert (done.recorded, done.done_by) == ("pending", house.issuer.officer)
    assert done.get_recorded_display() == "代录待确认" and done.recorded_by_name == secretary.person_name
    paper.refresh_from_db()
    assert paper.status == "finished"
    assert queries.counts(house.issuer.actor).to_confirm == 1
    assert list(queries.to_confirm(house.issuer.actor)) == [done]
    assert may_open(house.issuer.actor, done.recorded_photo)
    with pytest.raises(Missing):
        may_open(desk().actor, done.recorded_photo)
    with pytest.raises(Missing):
        confirm_recorded(secretary, done.pk, done.version, agree=True)
    done = confirm_recorded(house.issuer.actor, done.pk, done.version, agree=True)
    assert done.recorded == "confirmed" and queries.counts(house.issuer.actor).to_confirm == 0
    with pytest.raises(NothingToConfirm):
        confirm_recorded(house.issuer.actor, done.pk, done.version, agree=False, note="并非本意")


def test_a_disputed_opinion_stops_the_running_flow(house, kind, secretary, photo):
    kind.places["sign"] = [house.issuer.signer, house.signers[0].signer]
    kind.recordable = lambda instance, node: True
    paper = house.paper()
    item = house.item(paper, house.issuer)
    done = record(secretary, item, photo)
    with pytest.raises(CannotWithdraw):
        withdraw(house.issuer.actor, done.pk, done.version)
    confirm_recorded(house.issuer.actor, done.pk, done.version, agree=False, note="并非本意")
    paper.refresh_from_db()
    assert paper.status == "suspended" and kind.heard[-1] == ("disputed", "同意，抓紧办理。")
    resume(house.drafter.actor, paper.pk, paper.version)


def test_recording_needs_the_right_the_rank_and_the_node(house, kind, secretary, photo):
    paper = house.paper()
    item = house.item(paper, house.signers[0])
    with pytest.raises(NotAllowed):
        record(secretary, item, photo)  # another organ's post
    paper, item = at_issue(house)
    with pytest.raises(NotAllowed):
        record(house.drafter.actor, item, photo)
    kind.recordable = lambda instance, node: False
    with pytest.raises(NotRecordable, match="本人办理"):
        record(secretary, item, photo)
    kind.recordable = lambda instance, node: True
    house.issuer.post.rank = "clerk"
    house.issuer.post.save()
    with pytest.raises(NotRecordable, match="领导岗位"):
        record(secretary, item, photo)
    assert FlowLog.objects.filter(verb="record").count() == 0


def test_a_leader_does_not_record_for_himself(house, photo):
    boss = desk(house.organ, rank="county_lead", roles=["secretary"], permissions=["workflow.record_for"])
    house.kind.places["issue"] = [boss.signer]
    paper = house.paper()
    for one in house.signers:
        house.sign(paper, one)
    with pytest.raises(NotRecordable):
        record(boss.actor, house.item(paper, boss), photo)
