"""收文办理: from 签收 to 办结, by the rules of 条例第二十四条 (R01-R04)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.errors import BadInput, Missing, NotAllowed
from taihe.ground.files.actions import attach
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import made_here
from taihe.ground.registers.models import Entry
from taihe.inner.office.documents.actions import collecting, following_up, receiving
from taihe.inner.office.documents.errors_incoming import BadProposal, MustBeAccounted, NoResult, ReadersUnread
from taihe.inner.office.documents.incoming_flow import IncomingPaper
from taihe.inner.office.documents.models import Delivery, Document, Incoming
from taihe.inner.office.documents.queries import incoming as queries
from taihe.inner.people.actions import merge_organ
from taihe.inner.people.models import Appointment, Organ
from taihe.inner.people.tests.factories import (
    SYSTEM,
    OfficerFactory,
    OrganFactory,
    StandInFactory,
    acting,
)
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow import drawing
from taihe.inner.workflow import queries as work
from taihe.inner.workflow.errors import OpinionRequired
from taihe.inner.workflow.models import WorkItem

from . import rows
from .incoming import build, leader, letter, person, seated, unit

pytestmark = pytest.mark.django_db
SOON = timedelta(days=20)


@pytest.fixture
def bureau(tmp_path, settings):
    settings.TAIHE_FOLDER = tmp_path
    return build()


def open_at(row: Incoming) -> list[str]:
    found = WorkItem.objects.filter(instance_id=row.instance_id, kind="do", status="open").order_by("pk")
    return [f"{one.node}:{one.post_organ_name}" for one in found]


# -- 签收、登记、初审 ---------------------------------------------------------------------------------------


def test_what_is_signed_for_waits_to_be_registered_with_the_clerks(bureau):
    row = bureau.received(title="关于开展演示检查的通知")
    assert (row.state, row.number, row.source_name) == ("received", "", bureau.sender.post.organ.name)
    assert [one.title for one in work.todo(bureau.clerk.actor)] == ["关于开展演示检查的通知"]
    assert list(work.todo(bureau.second.actor)), "either clerk may register it"
    copy = Delivery.objects.get(pk=row.delivery_id)
    assert receiving.receive(bureau.clerk.actor, copy) == row and Incoming.objects.count() == 1
    with pytest.raises(NotAllowed):
        receiving.receive(bureau.office.actor, copy)


def test_registering_gives_the_organs_own_numbers_one_after_another(bureau):
    first, second = bureau.received(), bureau.received()
    bureau.do(second, bureau.clerk, "accept")
    bureau.do(first, bureau.second, "accept")
    year = clock.today().year
    assert [second.number, first.number] == [f"收〔{year}〕1号", f"收〔{year}〕2号"]
    assert first.registered_by_name == bureau.second.officer.name and first.state == "handling"
    assert Entry.objects.get(pk=first.entry_id).register.key == f"incoming.{bureau.organ.code}"
    assert open_at(first) == [f"propose:{bureau.organ.short_name}"]


def test_what_is_not_ours_goes_back_and_the_sender_sees_why(bureau):
    row = bureau.received()
    with pytest.raises(OpinionRequired):
        bureau.do(row, bureau.clerk, "refuse", "", faults=["rules"])
    bureau.do(row, bureau.clerk, "refuse", "应当报送县财政局。", faults=["not_ours"])
    assert (row.state, row.number) == ("returned", "")
    copy = Delivery.objects.get(pk=row.delivery_id)
    assert copy.state == "returned" and copy.ended_reason == "不应由本机关办理；应当报送县财政局。"
    assert bureau.flow(row).end == "returned"


def test_nobody_without_the_right_registers(bureau):
    row = bureau.received()
    item = bureau.item(row, bureau.clerk)
    workflow.transfer(bureau.clerk.actor, item.pk, item.version, signer=bureau.reader.signer, reason="请代为登记")
    with pytest.raises(NotAllowed):
        bureau.do(row, bureau.reader, "accept")
    row.refresh_from_db()
    assert row.state == "received"


# -- 拟办 ----------------------------------------------------------------------------------------------


def test_a_paper_to_be_known_goes_straight_to_the_clerk(bureau):
    row = bureau.proposed(handling="read")
    assert open_at(row) == [f"close:{bureau.organ.short_name}"] * 2
    assert IncomingPaper().skips(bureau.flow(row)) == {"instruct", "handle"}
    bureau.do(row, bureau.clerk, "done")
    assert row.state == "closed" and row.closed_at and bureau.flow(row).end == "closed"


@pytest.mark.parametrize(
    ("paper", "fields", "said"),
    [
        ({}, {"helpers": ("finance", "planning")}, "明确一个主办单位"),  # R02
        ({"urgency": "urgent"}, {"main": "finance"}, "明确办理时限"),  # R03
        ({"urgency": "critical"}, {"leaders": ("head",)}, "明确办理时限"),
        ({}, {"main": "finance", "helpers": ("finance",)}, "不能同时"),
        ({}, {"main": "finance", "handling": "read"}, "请选择“办件”"),
        ({}, {"main": "finance", "due_on": "2020-01-01"}, "早于今天"),
        ({}, {"main": "sender"}, "不能接收"),
        ({}, {"leaders": ("reader",)}, "不在任"),
    ],
)
def test_a_bad_proposal_is_refused_and_nothing_moves(bureau, paper, fields, said):
    row = bureau.registered(**paper)
    given = {"handling": "handle", **fields}
    if "main" in fields:
        given["main"] = unit(getattr(bureau, fields["main"]))
    given["helpers"] = [unit(getattr(bureau, one)) for one in fields.get("helpers", ())]
    given["leaders"] = [leader(getattr(bureau, one)) for one in fields.get("leaders", ())]
    with pytest.raises(BadProposal, match=said):
        bureau.do(row, bureau.office, "submit", "拟办。", **given)
    row.refresh_from_db()
    assert row.proposal == "" and open_at(row) == [f"propose:{bureau.organ.short_name}"]


def test_an_urgent_paper_for_two_units_with_main_and_deadline_passes(bureau):
    due = clock.today() + SOON
    row = bureau.proposed(
        paper={"urgency": "urgent"},
        handling="handle", main=unit(bureau.finance), helpers=[unit(bureau.planning)], due_on=due.isoformat(),
    )  # fmt: skip
    assert open_at(row) == ["handle:财务科", "handle:规划科"]
    item = bureau.item(row, bureau.finance)
    assert item.due_at and clock.local(item.due_at).date() <= due and (due - clock.local(item.due_at).date()).days < 9


# -- 批示 ----------------------------------------------------------------------------------------------


def test_leaders_stand_by_rank_whoever_was_quicker_and_their_words_stay(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.deputy), leader(bureau.head)])
    with pytest.raises(BadInput):
        workflow.complete(
            bureau.head.actor, bureau.item(row, bureau.head).pk, 1, outcome="approve", opinion="长" * 9999
        )
    bureau.do(row, bureau.deputy, "approve", "请局长阅示。")
    bureau.do(row, bureau.head, "approve", "同意，抓紧办理。")
    instance = bureau.flow(row)
    cells = drawing.cells(work.stepper(instance), IncomingPaper.by_rank)
    said = next(one.said for one in cells if one.label == "批示")
    assert [one.opinion for one in said] == ["同意，抓紧办理。", "请局长阅示。"]
    assert open_at(row) == [f"close:{bureau.organ.short_name}"] * 2


def test_somebody_instructs_on_behalf_of_an_absent_leader(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.head)])
    deputy = OfficerFactory(appointed=True, name="演代办")
    StandInFactory(principal=Appointment.objects.get(officer=bureau.head.officer), deputy=deputy)
    done = bureau.do(row, bureau.head, "approve", "请财务科办理。", actor=acting(deputy, index=1))
    assert done.done_by_name == f"演代办代{bureau.head.officer.name}"


def test_a_secretary_writes_down_what_a_leader_said_only_at_the_leaders_step(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.head)])
    secretary = acting(OfficerFactory(organ=bureau.organ, permissions=["workflow.record_for"]))
    photo = made_here(BytesIO(b"photo"), name="批示.png", mime="image/png", looked_at="测试")
    item = bureau.item(row, bureau.head)
    done = workflow.record_for(secretary, item.pk, item.version, outcome="approve", opinion="同意。", photo=photo)
    assert done.recorded == "pending" and open_at(row) == [f"close:{bureau.organ.short_name}"] * 2
    assert "record_for" not in work.may(secretary, bureau.item(row, bureau.clerk))


# -- 承办、传阅、办结 -----------------------------------------------------------------------------------


def test_every_unit_tells_what_it_did_the_main_unit_first(bureau):
    row = bureau.proposed(handling="handle", main=unit(bureau.finance), helpers=[unit(bureau.township)])
    bureau.do(row, bureau.township, "done", "已配合核对台账。")
    item = bureau.item(row, bureau.finance)
    workflow.transfer(bureau.finance.actor, item.pk, item.version, signer=bureau.reader.signer, reason="具体由其办理")
    bureau.do(row, bureau.reader, "done", "已汇总上报。")
    assert row.result == "财务科：已汇总上报。\n测试站：已配合核对台账。"
    bureau.do(row, bureau.clerk, "done")
    assert row.state == "closed"


def test_a_matter_without_a_result_is_not_closed(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.head)])
    bureau.do(row, bureau.head, "approve", "办公室研究答复。")
    with pytest.raises(NoResult):
        bureau.do(row, bureau.clerk, "done")
    row.refresh_from_db()
    assert row.state == "handling"
    bureau.do(row, bureau.clerk, "done", result="已电话答复来文单位。")
    assert (row.state, row.result) == ("closed", "已电话答复来文单位。")


def test_unread_mandatory_copies_hold_up_the_close_and_go_round_in_turn(bureau):
    readers = [person(bureau.reader), person(bureau.deputy)]
    row = bureau.proposed(handling="read", readers=readers, mandatory=True, serial=True)
    with pytest.raises(ReadersUnread, match=bureau.reader.officer.name):
        bureau.do(row, bureau.clerk, "done")
    workflow.mark_read(bureau.reader.actor, bureau.item(row, bureau.reader, kind="cc").pk, opinion="已阅。")
    with pytest.raises(ReadersUnread, match=bureau.deputy.officer.name):
        bureau.do(row, bureau.clerk, "done")
    workflow.mark_read(bureau.deputy.actor, bureau.item(row, bureau.deputy, kind="cc").pk)
    bureau.do(row, bureau.clerk, "done")
    assert row.state == "closed"


def test_sent_back_to_the_office_it_may_propose_anew_and_the_number_stays(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.head)])
    number, item = row.number, bureau.item(row, bureau.head)
    workflow.send_back(bureau.head.actor, item.pk, item.version, node="propose", reason="请规划科主办", resume="again")
    bureau.do(row, bureau.office, "submit", "拟请规划科办理。", handling="handle", main=unit(bureau.planning))
    assert open_at(row) == ["handle:规划科"] and row.number == number and row.leaders == []
    item = bureau.item(row, bureau.planning)
    workflow.send_back(bureau.planning.actor, item.pk, item.version, node="register", reason="登记有误", resume="again")
    bureau.do(row, bureau.clerk, "accept")
    assert row.number == number and Entry.objects.count() == 1


def test_what_was_signed_for_cannot_be_made_to_vanish(bureau):
    row = bureau.received()
    with pytest.raises(MustBeAccounted):
        workflow.cancel(bureau.clerk.actor, row.instance_id, reason="不想办了")
    with pytest.raises(MustBeAccounted):
        workflow.withdraw_start(bureau.clerk.actor, row.instance_id, bureau.flow(row).version, reason="不想办了")


# -- 收回、换版、机构并入 ----------------------------------------------------------------------------------


def test_a_paper_taken_back_ends_what_was_under_way(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.head)])
    document = row.delivery.document_id
    following_up.recall(bureau.sender.actor, document, None, deliveries=[row.delivery_id], reason="发错了单位")
    row.refresh_from_db()
    instance = bureau.flow(row)
    assert row.state == "recalled" and instance.status == "cancelled" and open_at(row) == []
    assert "发文单位收回：发错了单位" in [line.log.text for line in work.timeline(instance)]
    assert Delivery.objects.get(pk=row.delivery_id).state == "recalled"
    assert queries.paper_of(row) == ()


def test_a_corrected_paper_replaces_what_is_not_registered_and_marks_what_is(bureau):
    fresh, going = bureau.received(), bureau.registered()
    for one in (fresh, going):
        receiving.replaced(bureau.sender.actor, Delivery.objects.get(pk=one.delivery_id), "第3页数字有误")
        one.refresh_from_db()
    assert (fresh.state, bureau.flow(fresh).status) == ("recalled", "cancelled")
    assert (going.state, bureau.flow(going).status) == ("handling", "running")


def test_who_handles_a_replaced_paper_is_shown_the_corrected_one(bureau):
    row = bureau.registered()
    Delivery.objects.filter(pk=row.delivery_id).update(state="replaced", ended_reason="第3页数字有误")
    scan = made_here(BytesIO(b"%PDF"), name="更正.pdf", mime="application/pdf", looked_at="测试")
    assert queries.paper_of(Incoming.objects.get(pk=row.pk)) == ()
    corrected = rows.document(bureau.sender, state="issued", replaces=row.delivery.document)
    with unit_of_work("test.attach", SYSTEM):
        key = attach(SYSTEM, scan, Owner("documents.document", str(corrected.pk)), purpose="正本").key
    Document.objects.filter(pk=corrected.pk).update(pdf=key)
    copy = rows.delivery(corrected, bureau.organ)
    collecting.sign_for(bureau.clerk.actor, copy.pk, copy.version)
    shown = Incoming.objects.get(pk=row.pk)
    assert [one.name for one in queries.paper_of(shown)] == ["更正.pdf"]
    assert queries.corrected(shown).delivery == copy


def test_a_merged_organs_papers_are_finished_by_its_successor(bureau):
    row, successor = bureau.registered(), OrganFactory(short_name="县承接局")
    organ = Organ.objects.get(pk=bureau.organ.pk)
    merge_organ(SYSTEM, organ.pk, organ.version, into=successor.pk, on=clock.today(), basis="测试〔2026〕1号")
    row.refresh_from_db()
    assert row.organ == successor and row.organ_name == "太和县测试委员会" and row.number
    clerk = seated(successor, "收发", "document_clerk")
    assert list(queries.visible(clerk.actor, own=True)) == [row]


# -- 纸质来文 --------------------------------------------------------------------------------------------


def test_a_paper_by_post_goes_the_same_way(bureau):
    scan = made_here(BytesIO(b"%PDF"), name="来文.pdf", mime="application/pdf", looked_at="测试")
    row = receiving.receive_paper(bureau.clerk.actor, letter(urgency="urgent", pages=2), scan)
    assert row.delivery is None and [one.name for one in queries.scans(row)] == ["来文.pdf"]
    bureau.do(row, bureau.clerk, "refuse", "不属于本单位职责。", faults=["not_ours"])
    assert row.state == "returned"
    with pytest.raises(NotAllowed):
        receiving.receive_paper(bureau.office.actor, letter(), None)
    with pytest.raises(BadInput):
        receiving.receive_paper(bureau.clerk.actor, letter(title=" "), None)


# -- 谁看得到 --------------------------------------------------------------------------------------------


def test_only_the_organ_and_those_with_a_part_see_a_paper(bureau):
    row = bureau.proposed(handling="handle", leaders=[leader(bureau.head)])
    for one in (bureau.clerk, bureau.office, bureau.head):
        assert queries.get(one.actor, row.pk) == row
    for one in (bureau.deputy, bureau.reader, bureau.sender, bureau.township):
        with pytest.raises(Missing):
            queries.get(one.actor, row.pk)
    assert not queries.visible(bureau.sender.actor).exists() and queries.visible(bureau.clerk.actor).exists()


def test_what_is_meant_for_named_persons_mere_readers_do_not_find(bureau):
    open_, named = bureau.received(), bureau.received(audience="named")
    reader = acting(OfficerFactory(organ=bureau.organ, permissions=["documents.read"]))
    assert list(queries.visible(reader)) == [open_]
    with pytest.raises(Missing):
        queries.get(reader, named.pk)
    assert set(queries.visible(bureau.clerk.actor)) == {open_, named}


def test_the_list_is_searched_by_words_source_and_day(bureau):
    row = bureau.registered(title="关于防汛演练的通知")
    found = queries.visible(bureau.clerk.actor)
    today = clock.today()
    assert list(queries.narrowed(found, text="防汛", source="演示局", since=today, until=today)) == [row]
    assert list(queries.narrowed(found, text=row.number)) == [row]
    assert not queries.narrowed(found, text="抗旱").exists()
    assert not queries.narrowed(found, since=today + timedelta(days=1)).exists()
    assert queries.standing(found) == {"handling": 1}


def test_the_county_office_registers_and_its_reviewers_propose_for_the_government(bureau):
    """The series of an organ say which office works for it."""
    from taihe.inner.office.documents.queries import assigning

    office = OrganFactory(short_name="县政府办")
    director = seated(office, "主任", "reviewer", "signer", rank="dept_lead")
    made = rows.series(bureau.organ)
    made.office = office
    made.save()
    assert [one.post_id for one in assigning.proposers(bureau.organ)] == [director.post.pk]
    assert [base.short_name for base, _ in assigning.leaders_of(office)] == [bureau.organ.short_name, "县政府办"]
    assert {one.short_name for one in assigning.units_of(office)} == {"财务科", "规划科", "测试站"}
