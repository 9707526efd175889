"""Two approvals for one officer at once: with lock and constraint off two duties open, with either only one."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import connection

from taihe.ground.audit.models import AuditEntry
from taihe.inner.people.actions import approve_duty, close_duty, lock_officer
from taihe.inner.people.actions import duties as deciding
from taihe.inner.people.errors import DutyTaken
from taihe.inner.people.models import AdminDuty, Officer
from taihe.inner.people.tests.factories import AdminDutyFactory, AdminFactory, OfficerFactory, acting
from tests.races.together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two_requests():
    """One officer asked for in two duties, and each request with a security administrator to approve it."""
    person = OfficerFactory(name="演当事")
    asked = [AdminDutyFactory(officer=person, duty=duty, waiting=True) for duty in ("system", "audit")]
    approvers = [acting(AdminFactory(duty="security")) for _ in asked]
    return person, [(actor, one.pk) for actor, one in zip(approvers, asked, strict=True)]


@pytest.fixture
def lock_off(monkeypatch):
    """Whether the officer is free is asked before the officer is locked, by both, and believed afterwards."""
    meet, free = threading.Barrier(2, timeout=30), deciding._check_free
    monkeypatch.setattr(deciding, "_check_free", lambda person: None)

    def look_first(person: Officer) -> None:
        free(person)
        meet.wait()

    return look_first


@pytest.fixture
def constraint_off(transactional_db):
    """The database without its rule of one open duty per officer, for one test."""
    rule = next(one for one in AdminDuty._meta.constraints if one.name == "admin_duty_one_open")
    with connection.schema_editor() as editor:
        editor.remove_constraint(AdminDuty, rule)
    yield
    AdminDuty.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(AdminDuty, rule)


def approve(two_requests, look=lambda person: None) -> list:
    person, requests = two_requests

    def one(actor, pk):
        look(person)
        return approve_duty(actor, pk, 1)

    return at_once([partial(one, actor, pk) for actor, pk in requests])


def open_duties(two_requests) -> int:
    return AdminDuty.objects.filter(officer=two_requests[0], status="open").count()


def test_without_lock_and_constraint_one_officer_gets_two_duties(two_requests, lock_off, constraint_off):
    results = approve(two_requests, lock_off)
    assert [type(one) for one in results] == [AdminDuty, AdminDuty]
    assert open_duties(two_requests) == 2


def test_without_the_lock_the_constraint_refuses_the_second_in_words(two_requests, lock_off):
    results = approve(two_requests, lock_off)
    assert sorted(type(one).__name__ for one in results) == ["AdminDuty", "DutyTaken"]
    assert open_duties(two_requests) == 1


def test_without_the_constraint_the_lock_keeps_it_one(two_requests, constraint_off):
    for _ in range(5):
        results = approve(two_requests)
        assert sorted(type(one).__name__ for one in results) == ["AdminDuty", "DutyTaken"]
        assert open_duties(two_requests) == 1
        AdminDuty.objects.filter(officer=two_requests[0]).update(status="requested", approved_by="", version=1)


def test_with_both_one_is_opened_and_the_refusal_is_recorded(two_requests):
    results = approve(two_requests)
    assert sum(isinstance(one, DutyTaken) for one in results) == 1
    assert open_duties(two_requests) == 1
    entries = AuditEntry.objects.filter(action="people.approve_duty").values_list("outcome", flat=True)
    assert sorted(entries) == ["done", "refused"]


def test_all_administrators_of_a_kind_do_not_close_at_once():
    actor = acting(AdminFactory(duty="security"))
    held = [AdminDutyFactory(duty="audit").pk for _ in range(6)]
    results = at_once([lambda pk=pk: close_duty(actor, pk, 1, reason="同时办理卸任") for pk in held])
    assert sorted(type(one).__name__ for one in results) == ["AdminDuty"] * 5 + ["LastAdministrator"]
    assert AdminDuty.objects.filter(duty="audit", status="open").count() == 1


def test_all_administrators_of_a_kind_are_not_locked_at_once():
    actor = acting(AdminFactory(duty="system"))
    held = [AdminFactory(duty="audit").pk for _ in range(6)]
    results = at_once([lambda pk=pk: lock_officer(actor, pk, 1, reason="同时停用账号") for pk in held])
    assert sorted(type(one).__name__ for one in results) == ["LastAdministrator"] + ["Officer"] * 5
    assert Officer.objects.filter(pk__in=held, is_active=True).count() == 1
