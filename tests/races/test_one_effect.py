"""Six acts promise the same effect at the same instant: none of them fails, and it waits once."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.outbox import actions
from taihe.ground.outbox.models import OutboxMessage, Status

from .together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
KIND, NAME = "search.touch", "search.touch:test:1"


def promise() -> str:
    with unit_of_work("test", Actor.system("试")):
        return "added" if actions.enqueue(KIND, {"kind": "test", "key": "1"}, dedupe=NAME) else "waits already"


def test_the_same_effect_waits_once():
    results = at_once([promise] * 6)
    assert not [one for one in results if isinstance(one, Exception)], results
    assert results.count("added") == 1
    assert OutboxMessage.objects.filter(dedupe=NAME, status=Status.WAITING).count() == 1


def test_without_looking_first_somebody_fails():
    """The look left out: of six bare inserts one gets in and five fail on the constraint, with their whole act."""

    def insert() -> None:
        with unit_of_work("test", Actor.system("试")):
            now = clock.now()
            OutboxMessage.objects.create(queue="index", kind=KIND, dedupe=NAME, not_before=now, created_at=now)

    results = at_once([insert] * 6)
    assert [type(one) for one in results].count(IntegrityError) == 5, results
