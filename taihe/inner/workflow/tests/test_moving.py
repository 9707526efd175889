"""Open work belongs to posts: it moves when people leave, organs merge or appointments end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.ground import clock
from taihe.inner.people.actions import abolish_organ, leave_officer, merge_organ, rename_organ
from taihe.inner.people.models import Appointment
from taihe.inner.people.tests.factories import SYSTEM, AppointmentFactory, OfficerFactory, OrganFactory, acting
from taihe.inner.workflow import queries
from taihe.inner.workflow.actions import claim
from taihe.inner.workflow.actions.moving import ended_holdings
from taihe.inner.workflow.jobs import sweep_ended
from taihe.inner.workflow.models import FlowLog, WorkItem

from .kit import desk

pytestmark = pytest.mark.django_db


def leave(one):
    one.officer.refresh_from_db()
    leave_officer(SYSTEM, one.officer.pk, one.officer.version)


def test_the_work_of_one_who_left_lies_with_the_post(house):
    paper, colleague = house.paper(), desk(post=house.signers[0].post)
    leave(house.signers[0])
    item = house.item(paper, colleague)
    assert item.officer is None and item.officer_name == "" and item.status == "open"
    assert "已离岗" in FlowLog.objects.get(instance=paper, verb="move").text
    assert house.sign(paper, colleague).done_by == colleague.officer


def test_a_claimed_item_goes_back_to_the_post(house, kind):
    kind.places["sign"] = [house.signers[0].any_holder]
    paper, colleague = house.paper(), desk(post=house.signers[0].post)
    item = house.item(paper, house.signers[0])
    claim(house.signers[0].actor, item.pk, item.version)
    leave(house.signers[0])
    assert house.item(paper, colleague).claimed_at is None


@pytest.mark.db
def test_two_of_one_post_who_leave_are_one_place(house, kind):
    colleague, third = desk(post=house.signers[0].post), desk(post=house.signers[0].post)
    kind.places["sign"] = [house.signers[0].signer, colleague.signer]
    paper = house.paper()
    leave(house.signers[0])
    leave(colleague)
    rows = WorkItem.objects.filter(instance=paper, node="sign", status="open")
    assert [one.officer for one in rows] == [None]
    house.sign(paper, third)
    assert house.item(paper, house.issuer).node == "issue"


def test_what_nobody_holds_lies_on_the_shelf_of_flow_managers(house):
    paper = house.paper()
    keeper = acting(OfficerFactory(organ=house.organ, permissions=["workflow.manage"]))
    assert not queries.stranded(keeper).exists()
    leave(house.signers[0])
    Appointment.objects.filter(officer=house.signers[0].officer).update(valid_to=clock.today() - timedelta(days=1))
    assert [one.instance_id for one in queries.stranded(keeper)] == [paper.pk]
    assert not queries.stranded(house.drafter.actor).exists()


def test_a_merged_organs_work_goes_with_its_people(house):
    paper, successor = house.paper(), OrganFactory()
    first = house.signers[0]
    organ = first.post.organ
    merge_organ(SYSTEM, organ.pk, organ.version, into=successor.pk)
    item = WorkItem.objects.get(instance=paper, node="sign", officer=first.officer)
    assert item.post.organ == successor and item.post_organ_name == successor.short_name
    done = house.sign(paper, type(first)(first.officer, item.post, acting(first.officer)))
    assert done.status == "done"
    assert "并入" in FlowLog.objects.filter(instance=paper, verb="move").get().text


def test_an_abolished_organs_work_waits_for_a_flow_manager(house):
    paper, first = house.paper(), house.signers[0]
    yesterday = clock.today() - timedelta(days=1)
    Appointment.objects.filter(post=first.post).update(valid_to=yesterday)
    first.post.organ.refresh_from_db()
    abolish_organ(SYSTEM, first.post.organ_id, first.post.organ.version)
    assert "待流程管理员改派" in FlowLog.objects.get(instance=paper, verb="move").text
    keeper = acting(OfficerFactory(organ=house.organ, permissions=["workflow.manage"]))
    assert queries.stranded(keeper).count() == 1


def test_a_renamed_organ_shows_its_present_name(house):
    paper, organ = house.paper(), house.signers[0].post.organ
    rename_organ(SYSTEM, organ.pk, organ.version, name="太和县测试新局", short_name="测试新局")
    assert house.item(paper, house.signers[0]).post_organ_name == "测试新局"


@pytest.mark.db
def test_an_ended_appointment_is_noticed_by_the_hour(house):
    paper, colleague = house.paper(), desk(post=house.signers[0].post)
    yesterday = clock.today() - timedelta(days=1)
    Appointment.objects.filter(officer=house.signers[0].officer).update(valid_to=yesterday)
    AppointmentFactory(officer=house.signers[0].officer, is_main=True)
    assert ended_holdings().count() == 1
    sweep_ended()
    assert ended_holdings().count() == 0 and house.item(paper, colleague).officer is None
    sweep_ended()
