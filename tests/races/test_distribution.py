"""Two clerks at the same second: a document goes out once, a copy is signed for once, and 收回 always wins."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial

import pytest
from django.db import DatabaseError

from taihe.ground.actor import Actor
from taihe.inner.office.documents.actions import collecting, distributing, following_up
from taihe.inner.office.documents.models import Delivery, DeliveryEvent, Dispatch, Document, Incoming
from taihe.inner.office.documents.tests.sending import Senders, SendingKind, build, copy_of
from taihe.inner.people.models import Organ, Post, Role
from taihe.inner.people.tests.factories import AppointmentFactory, OfficerFactory, RoleGrantFactory, acting
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.registry import forget_subject, register_subject
from tests.races.together import at_once, without_write_lock

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
WHY = "误发该单位"


@pytest.fixture
def senders():
    kind = SendingKind()
    register_subject(kind)
    yield build(kind)
    forget_subject(kind.kind)


def colleague(post: Post, role: str, organ: Organ) -> Actor:
    """A second holder of a clerk's post, with the same rights."""
    officer = OfficerFactory()
    held = AppointmentFactory(officer=officer, post=post, is_main=True)
    RoleGrantFactory(appointment=held, role=Role.objects.get(key=role), scope=organ)
    return acting(officer)


def senders_two(senders: Senders) -> list[Actor]:
    return [senders.clerk.actor, colleague(senders.clerk.post, "t_office", senders.organ)]


def receivers_two(senders: Senders, organ: Organ) -> list[Actor]:
    desk = senders.receiver(organ)
    return [desk.actor, colleague(desk.post, "t_receive", organ)]


def names(results: list[object]) -> Counter[str]:
    return Counter(type(one).__name__ for one in results)


def test_without_the_lock_both_clerks_send(senders, monkeypatch):
    document, item = senders.sealed()
    both_have_read, found = threading.Barrier(2, timeout=30), []

    def look(actor: Actor, pk: int, version: int) -> Document:
        row = Document.objects.select_related("series__office").get(instance_id=item.instance_id)
        found.append((row.state, WorkItem.objects.get(pk=pk).status))
        both_have_read.wait()
        return row

    def unlocked(actor: Actor) -> Document:
        without_write_lock()
        return distributing.distribute(actor, item.pk, item.version)

    monkeypatch.setattr(distributing, "_at_last_step", look)
    results = at_once([partial(unlocked, one) for one in senders_two(senders)])
    assert found == [("sealed", "open")] * 2
    # One of them is stopped only because the database keeps a round once; its clerk gets a fault.
    assert sum(isinstance(one, DatabaseError) for one in results) == 1, results
    assert Dispatch.objects.filter(document=document).count() == 1


def test_with_the_lock_one_sends_and_the_other_is_told(senders):
    for _ in range(4):
        document, item = senders.sealed()
        actors = senders_two(senders)
        results = at_once([partial(distributing.distribute, one, item.pk, item.version) for one in actors])
        assert names(results) == {"Document": 1, "ItemClosed": 1}, results
        assert Dispatch.objects.filter(document=document).count() == 1
        copies = Delivery.objects.filter(document=document).values_list("organ", flat=True)
        assert sorted(copies) == sorted(one.pk for one in senders.organs)
        assert DeliveryEvent.objects.filter(delivery__document=document).count() == len(senders.organs)


def test_without_the_lock_a_copy_is_signed_for_twice(senders, monkeypatch):
    document, organ = senders.sent(), senders.organs[0]
    row, actors = copy_of(document, organ), receivers_two(senders, organ)
    both_have_read, found = threading.Barrier(2, timeout=30), []

    def look(actor: Actor, pk: int, version: int | None, states: object, verb: str) -> Delivery:
        seen = Delivery.objects.select_related("organ").get(pk=pk)
        found.append(seen.state)
        both_have_read.wait()
        return seen

    def unlocked(actor: Actor) -> Delivery:
        without_write_lock()
        return collecting.sign_for(actor, row.pk, row.version)

    monkeypatch.setattr(collecting, "_mine", look)
    results = at_once([partial(unlocked, one) for one in actors])
    assert found == ["sent", "sent"], results
    # PostgreSQL lets both sign, SQLite stops the second with a fault: neither clerk is told who was faster.
    assert names(results)["DeliveryClosed"] == 0


def test_with_the_lock_one_clerk_signs(senders):
    for organ in senders.organs:
        row, actors = copy_of(senders.sent([organ]), organ), receivers_two(senders, organ)
        results = at_once([partial(collecting.sign_for, one, row.pk, row.version) for one in actors])
        assert names(results) == {"Delivery": 1, "DeliveryClosed": 1}, results
        assert DeliveryEvent.objects.filter(delivery=row, kind="signed").count() == 1
        assert Incoming.objects.filter(delivery=row).count() == 1


def test_recall_and_signing_at_once_end_in_a_recall(senders):
    organ = senders.organs[0]
    clerk = senders.receiver(organ).actor
    for _ in range(6):
        document = senders.sent([organ])
        row = copy_of(document, organ)
        results = at_once(
            [
                partial(collecting.sign_for, clerk, row.pk, row.version),
                partial(following_up.recall, senders.clerk.actor, document.pk, None, deliveries=[row.pk], reason=WHY),
            ]
        )
        row.refresh_from_db()
        assert row.state == "recalled" and not isinstance(results[1], Exception), results
        incoming = Incoming.objects.filter(delivery=row).values_list("state", flat=True)
        assert list(incoming) in ([], ["recalled"])


def test_urging_at_once_reminds_once(senders):
    document = senders.sent()
    results = at_once([partial(following_up.urge, one, document.pk) for one in senders_two(senders)])
    assert names(results) == {"int": 1, "UrgedEnough": 1}, results
    assert DeliveryEvent.objects.filter(delivery__document=document, kind="urged").count() == len(senders.organs)


def test_further_rounds_at_once_send_one_copy(senders):
    document = senders.sent(senders.organs[:1])
    organ = senders.organs[2].pk
    calls = [
        partial(distributing.send_further, one, document.pk, document.version, organs=[organ], reason="初次漏列")
        for one in senders_two(senders)
    ]
    results = at_once(calls)
    assert names(results) == {"Dispatch": 1, "StaleVersion": 1}, results
    assert Delivery.objects.filter(document=document, organ=organ).count() == 1
