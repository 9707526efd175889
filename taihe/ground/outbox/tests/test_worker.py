"""The queue keeps its promises: once, in order, patiently, and shelves what will not go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.ground import clock
from taihe.ground.action import action, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, Missing
from taihe.ground.outbox import actions, registry
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.worker import drain

ASKER = Actor.system("试")
seen: list[object] = []


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    seen.clear()
    monkeypatch.setattr(registry, "_known", dict(registry._known))

    @registry.handler("test.note")
    def note(payload):
        seen.append(payload["n"])

    @registry.handler("test.broken", max_attempts=2, backoff_seconds=60)
    def broken(payload):
        promise_note(ASKER, 99)
        raise BadInput(what="坏了。")

    @registry.handler("test.slow", transactional=False)
    def slow(payload):
        seen.append("slow")

    @registry.recurring("test.again", every_seconds=60)
    def again():
        seen.append("again")


@action("test.promise")
def promise_note(actor: Actor, number: int, dedupe: str | None = None, priority: int = 5) -> None:
    actions.enqueue("test.note", {"n": number}, dedupe=dedupe, priority=priority)
    record(("note", str(number), ""))


def promise(kind: str) -> OutboxMessage:
    with unit_of_work("test", ASKER):
        row = actions.enqueue(kind)
    assert row
    return row


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_promises_are_kept_in_order_and_once():
    for number in range(5):
        promise_note(ASKER, number)
    promise_note(ASKER, 9, priority=0)
    drain("main")
    drain("main")
    assert seen == [9, 0, 1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_a_named_effect_waits_only_once():
    promise_note(ASKER, 1, dedupe="list")
    promise_note(ASKER, 2, dedupe="list")
    drain("main")
    promise_note(ASKER, 3, dedupe="list")
    drain("main")
    assert seen == [1, 3]


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_failing_handler_is_undone_waits_and_goes_to_the_shelf():
    row = promise("test.broken")
    drain("main")
    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.WAITING, 1)
    assert row.not_before > clock.now() + timedelta(seconds=50)
    assert not OutboxMessage.objects.filter(kind="test.note").exists()
    assert AuditEntry.objects.filter(action="test.broken").count() == 0
    with clock.moved(timedelta(minutes=5)):
        drain("main")
    row.refresh_from_db()
    assert row.status == Status.SHELVED
    assert "坏了" in row.last_error


@pytest.mark.django_db(transaction=True)
def test_an_operator_takes_it_off_the_shelf_or_gives_a_reason():
    row = promise("test.broken")
    OutboxMessage.objects.filter(pk=row.pk).update(status=Status.SHELVED)
    with pytest.raises(BadInput):
        actions.discard_shelved(ASKER, row.pk, " ")
    actions.retry_shelved(ASKER, row.pk)
    row.refresh_from_db()
    assert (row.status, row.attempts) == (Status.WAITING, 0)
    OutboxMessage.objects.filter(pk=row.pk).update(status=Status.SHELVED)
    actions.discard_shelved(ASKER, row.pk, "测试数据，不再需要")
    with pytest.raises(Missing):
        actions.retry_shelved(ASKER, row.pk)
    assert AuditEntry.objects.filter(action="outbox.discard", outcome="done").exists()


@pytest.mark.django_db(transaction=True)
def test_slow_work_runs_outside_the_transaction_and_is_freed_when_its_worker_died():
    row = promise("test.slow")
    drain("main")
    row.refresh_from_db()
    assert (row.status, seen) == (Status.DONE, ["slow"])
    held = promise("test.slow")
    with unit_of_work("test", ASKER):
        actions.lease(OutboxMessage.objects.get(pk=held.pk))
    drain("main")
    assert seen == ["slow"]
    with unit_of_work("test", ASKER):
        actions.ensure_recurring("main")
    drain("main")
    assert seen.count("slow") == 2


@pytest.mark.django_db(transaction=True)
def test_a_recurring_job_comes_again():
    with unit_of_work("test", ASKER):
        actions.ensure_recurring("main")
        actions.ensure_recurring("main")
    row = OutboxMessage.objects.get(kind="test.again")
    OutboxMessage.objects.exclude(pk=row.pk).delete()
    drain("main")
    with clock.moved(timedelta(seconds=61)):
        drain("main")
    assert seen == ["again", "again"]


@pytest.mark.django_db(transaction=True)
def test_a_kind_this_release_does_not_know_is_shelved_not_lost():
    row = promise("test.note")
    OutboxMessage.objects.filter(pk=row.pk).update(kind="from.the.future")
    drain("main")
    row.refresh_from_db()
    assert row.status == Status.SHELVED


@pytest.mark.django_db(transaction=True)
def test_a_change_made_while_its_effect_is_being_carried_out_gets_an_effect_of_its_own():
    with unit_of_work("test", ASKER):
        first = actions.enqueue("test.slow", dedupe="same")
    with unit_of_work("test", ASKER):
        assert actions.enqueue("test.slow", dedupe="same") is None
        actions.lease(OutboxMessage.objects.get(pk=first.pk))
    with unit_of_work("test", ASKER):
        assert actions.enqueue("test.slow", dedupe="same") is not None
