"""One code sent twice at once, and a burst of guesses: without the lock both get through, with it neither."""

from __future__ import annotations

import threading

import pytest
from allauth.mfa.models import Authenticator

from taihe.ground.rules import rule
from taihe.ground.testkit.keys import key_dir  # noqa: F401  a fixture
from taihe.inner.people.models import SignInGuard
from taihe.inner.people.signin.actions import attempts, factors
from taihe.inner.people.signin.errors import SignInPaused
from taihe.inner.people.signin.tests.conftest import bind, code
from taihe.inner.people.tests.factories import OfficerFactory
from tests.races.together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
ADDRESS = "127.0.0.1"
LIMIT = rule("signin.account_failures")


@pytest.fixture
def person(key_dir):  # noqa: F811
    return OfficerFactory(name="演登录")


def looked_at_before(monkeypatch, module, name: str, fetch, people: int) -> None:
    """`module.name` returns what was fetched before any of the others wrote: the row without its lock."""
    meet, seen = threading.Barrier(people, timeout=30), threading.local()

    def stale(*args):
        if not hasattr(seen, "rows"):
            seen.rows = {}
        return seen.rows[args] if args in seen.rows else fetch(*args)

    def look(*calls) -> None:
        seen.rows = {args: fetch(*args) for args in calls}
        meet.wait()

    monkeypatch.setattr(module, name, stale)
    monkeypatch.setattr(module, "look_first", look, raising=False)


# -- a code ---------------------------------------------------------------------------------------


def send_code(person, shown: str, look=lambda *calls: None) -> list:
    def once():
        look((person, "totp"))
        return factors.use_totp(person, shown, ADDRESS)

    return at_once([once, once])


def test_without_the_lock_a_code_opens_twice(person, monkeypatch):
    bind(person)

    def unlocked(officer, kind, pk=None):
        return Authenticator.objects.filter(user_id=officer.pk, type=kind).first()

    looked_at_before(monkeypatch, factors, "_own", unlocked, 2)
    assert send_code(person, code(), factors.look_first) == [True, True]


def test_with_it_a_code_opens_once(person):
    bind(person)
    for offset in (-1, 0, 1):
        assert sorted(send_code(person, code(offset))) == [False, True]


def test_a_recovery_code_opens_once(person):
    for shown in bind(person)[:3]:
        results = at_once([lambda shown=shown: factors.use_recovery_code(person, shown, ADDRESS)] * 2)
        assert sorted(results) == [False, True]


# -- a burst of guesses ---------------------------------------------------------------------------


def burst(person, size: int, look=lambda *calls: None) -> int:
    """How many of so many attempts sent at once were let through to the password."""
    calls = [("account", attempts.account_key(person.sign_in_name), person), ("address", ADDRESS, person)]

    def once():
        look(*calls)
        return attempts.begin_attempt(person.sign_in_name, ADDRESS)

    results = at_once([once] * size)
    assert all(isinstance(one, attempts.Attempt | SignInPaused) for one in results), results
    return sum(isinstance(one, attempts.Attempt) for one in results)


def test_without_the_lock_a_burst_gets_more_guesses_than_allowed(person, monkeypatch):
    real = attempts._locked
    attempts.begin_attempt(person.sign_in_name, ADDRESS)  # so that the rows exist

    def unlocked(kind, key, officer):
        return SignInGuard.objects.get(kind=kind, key=key) if SignInGuard.objects.exists() else real(kind, key, officer)

    looked_at_before(monkeypatch, attempts, "_locked", unlocked, LIMIT + 3)
    assert burst(person, LIMIT + 3, attempts.look_first) == LIMIT + 3


def test_with_it_exactly_as_many_as_allowed(person):
    assert burst(person, LIMIT + 3) == LIMIT
    guard = SignInGuard.objects.get(kind="account")
    assert guard.locks == 1 and guard.turned_away == 3
