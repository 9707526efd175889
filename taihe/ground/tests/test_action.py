"""The one door: what it records, what it undoes, what it refuses."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from taihe.ground.action import NotRecorded, action, current_frame, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import NotAllowed
from taihe.ground.outbox.actions import enqueue
from taihe.ground.outbox.models import OutboxMessage

CLERK = Actor("officer", "7", "示一甲", "12", "文书", "341222-ZFB", "县政府办公室", session="s1", address="127.0.0.1")


@action("test.note")
def note(actor: Actor, text: str) -> str:
    return record(("note", text, text), before={"t": ""}, after={"t": text}, detail={"length": len(text)})


@action("test.forget")
def forget(actor: Actor) -> None:
    OutboxMessage.objects.create(queue="main", kind="x", not_before="2026-01-01T00:00Z", created_at="2026-01-01T00:00Z")


@action("test.refuse")
def refuse(actor: Actor) -> None:
    record(("note", "x", "x"))
    raise NotAllowed(what="测试")


@action("test.outer")
def outer(actor: Actor) -> str:
    note(actor, "inner")
    record(("note", "outer", "outer"))
    return current_frame().event


@pytest.mark.django_db
def test_an_action_leaves_a_copy_of_who_what_and_when():
    event = note(CLERK, "收文")
    entry = AuditEntry.objects.get()
    assert (entry.event, entry.action, entry.outcome) == (event, "test.note", "done")
    assert (entry.person_name, entry.post_name, entry.organ_name, entry.address) == (
        "示一甲",
        "文书",
        "县政府办公室",
        "127.0.0.1",
    )
    assert entry.before != entry.after
    assert entry.detail == {"length": 2}


@pytest.mark.django_db
def test_an_action_that_records_nothing_is_undone():
    with pytest.raises(NotRecorded):
        forget(CLERK)
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_a_refusal_undoes_the_change_and_is_kept_once():
    with pytest.raises(NotAllowed):
        refuse(CLERK)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.detail["code"]) == ("test.refuse", "refused", "ground.not_allowed")


@pytest.mark.django_db
def test_an_action_inside_another_names_its_parent():
    event = outer(CLERK)
    inner = AuditEntry.objects.get(action="test.note")
    assert inner.parent == event
    assert inner.event != event


def test_nothing_is_queued_outside_an_action():
    with pytest.raises(NotRecorded):
        enqueue("audit.seal")


@pytest.mark.django_db
def test_an_inner_refusal_caught_by_the_outer_action_undoes_only_the_inner():
    @action("test.forgiving")
    def forgiving(actor: Actor) -> None:
        record(("note", "kept", "kept"))
        with pytest.raises(NotAllowed):
            refuse(actor)

    forgiving(CLERK)
    assert list(AuditEntry.objects.values_list("subject_id", flat=True)) == ["kept"]


@pytest.mark.db
@pytest.mark.django_db(transaction=True)
def test_a_unit_of_work_may_not_open_inside_a_transaction():
    with transaction.atomic(), pytest.raises(RuntimeError), unit_of_work("x", Actor.system("试")):
        pass


@pytest.mark.db
@pytest.mark.django_db
@pytest.mark.parametrize("change", [lambda rows: rows.update(person_name="某某"), lambda rows: rows.delete()])
def test_the_database_refuses_to_change_or_remove_an_entry(change):
    note(CLERK, "一")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change(AuditEntry.objects.all())
    assert AuditEntry.objects.get().person_name == "示一甲"
