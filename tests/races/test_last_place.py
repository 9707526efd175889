"""Two appointments to the last place of a post: with the lock off both are made, with it one."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from taihe.inner.people.actions import appoint, appointments
from taihe.inner.people.models import Appointment, Post
from taihe.inner.people.tests.factories import SYSTEM, OfficerFactory, PostFactory
from tests.races.together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def post() -> Post:
    return PostFactory(max_holders=1)


def take(post: Post, look=lambda: None, wanting: int = 2) -> list:
    def one(pk: int) -> Appointment:
        look()
        return appoint(SYSTEM, officer=pk, post=post.pk, is_main=True)

    return at_once([partial(one, pk) for pk in [OfficerFactory().pk for _ in range(wanting)]])


def test_without_the_lock_the_last_place_is_taken_twice(post, monkeypatch):
    """Room is asked for before the post is locked, by both, and believed afterwards."""
    meet = threading.Barrier(2, timeout=30)
    monkeypatch.setattr(appointments, "_check_room", lambda new: None)

    def look() -> None:
        assert not Appointment.objects.filter(post=post).exists()
        meet.wait()

    assert [type(one) for one in take(post, look)] == [Appointment, Appointment]
    assert Appointment.objects.filter(post=post).count() == 2


def test_with_the_lock_all_but_one_are_refused(post):
    results = take(post, wanting=6)
    assert sorted(type(one).__name__ for one in results) == ["Appointment"] + ["PostFull"] * 5
    assert Appointment.objects.filter(post=post).count() == 1
