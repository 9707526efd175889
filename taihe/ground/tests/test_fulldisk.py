"""A full disk is one refusal in plain words, from whichever side it is met."""

from __future__ import annotations

import errno
import sqlite3

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, DiskFull
from taihe.ground.fulldisk import full_disk_is_told, is_full
from taihe.ground.outbox import worker
from taihe.ground.outbox.actions import enqueue
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.registry import handler
from taihe.ground.ui.refusals import RefusalMiddleware

ASKER = Actor.system("试")


def of_sqlite() -> Exception:
    """What SQLite really raises: a database that may not grow."""
    small = sqlite3.connect(":memory:")
    small.execute("PRAGMA max_page_count=1")
    try:
        small.execute("CREATE TABLE grows (x)")
    except sqlite3.OperationalError as full:
        return full
    finally:
        small.close()
    raise AssertionError("it grew")


def wrapped(cause: Exception) -> Exception:
    """As Django hands it on."""
    try:
        raise OperationalError("wrapped") from cause
    except OperationalError as error:
        return error


class _OfPostgres(Exception):
    sqlstate = "53100"


@pytest.mark.parametrize("cause", [of_sqlite(), _OfPostgres(), OSError(errno.ENOSPC, "x"), OSError(errno.EDQUOT, "x")])
def test_what_says_that_the_disk_is_full(cause):
    """Bare, and as the cause of Django's own error."""
    assert is_full(cause) and is_full(wrapped(cause))


@pytest.mark.parametrize("cause", [OSError(errno.EACCES, "x"), sqlite3.OperationalError("locked"), ValueError()])
def test_what_does_not(cause):
    """Other faults stay what they are."""
    assert not is_full(cause) and not is_full(wrapped(cause))
    with pytest.raises(type(cause)), full_disk_is_told():
        raise cause


@action("test.writes")
def writes(actor: Actor, fault: Exception) -> None:
    record(("test", "1", "试"))
    raise fault


@pytest.mark.django_db(transaction=True)
def test_an_action_says_it():
    """The caller meets DiskFull, nothing is kept."""
    with pytest.raises(DiskFull, match=r"ground\.disk_full"):
        writes(ASKER, wrapped(of_sqlite()))
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_that_cannot_be_recorded_is_a_full_disk(monkeypatch):
    """A refused attempt must be recorded; without room for that the asker is told why."""

    def no_room(_refusal):
        raise wrapped(of_sqlite())

    monkeypatch.setattr("taihe.ground.action.record_refusal", no_room)
    with pytest.raises(DiskFull):
        writes(ASKER, BadInput(what="不可用。"))


@handler("test.needs_room", max_attempts=1)
def needs_room(_payload):
    raise OSError(errno.ENOSPC, "no room")


@pytest.mark.django_db(transaction=True)
def test_queued_work_waits_for_room():
    """However few tries a message has, a full disk uses none of them up."""

    @action("test.promises")
    def promises(actor: Actor) -> None:
        enqueue("test.needs_room")
        record(("test", "1", "试"))

    promises(ASKER)
    worker.run_round("main")
    row = OutboxMessage.objects.get(kind="test.needs_room")
    assert (row.status, row.attempts) == (Status.WAITING, 0)
    assert row.not_before > row.created_at


def test_a_page_says_it():
    """A view that meets it outside an action is answered with the same words."""
    request = RequestFactory().get("/", headers={"Accept": "application/json"})
    answer = RefusalMiddleware(lambda _request: None).process_exception(request, wrapped(of_sqlite()))
    assert answer is not None and answer.status_code == 507
    assert "磁盘空间已满" in answer.content.decode()
