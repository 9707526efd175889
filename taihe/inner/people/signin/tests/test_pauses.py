"""Failures are counted per account and per address; pauses grow, pass with time, and can be lifted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from taihe.ground import clock
from taihe.ground.errors import BadInput, NotAllowed
from taihe.ground.rules import rule
from taihe.inner.people.models import SignInGuard
from taihe.inner.people.signin import actions, queries
from taihe.inner.people.signin.actions.attempts import address_key, attempt_on, begin_attempt
from taihe.inner.people.signin.errors import SignInPaused
from taihe.inner.people.tests.factories import AdminFactory, OfficerFactory, acting

from .conftest import PASSWORD, code, enter, entries

pytestmark = pytest.mark.django_db
LIMIT = rule("signin.account_failures")
PAUSES = rule("signin.lock_minutes")


def fail(who, times: int = LIMIT, **more) -> list[int]:
    client = Client(**more)
    return [enter(client, who, "Wrong-One-11").status_code for _ in range(times)]


def test_after_so_many_failures_even_the_right_password_must_wait(client, person):
    assert fail(person) == [422] * LIMIT
    answer = enter(client, person)
    assert answer.status_code == 429
    assert "登录已暂停" in answer.content.decode() and "请于 " in answer.content.decode()
    with clock.moved(timedelta(minutes=PAUSES[0], seconds=5)):
        assert enter(client, person).status_code == 302


def test_one_failure_less_does_not_pause(client, person):
    fail(person, LIMIT - 1)
    assert enter(client, person).status_code == 302


def test_the_pause_is_recorded_once_and_those_turned_away_are_counted(client, person):
    fail(person, LIMIT + 3)
    [entry] = entries("signin.pause")
    assert (entry.subject_title, entry.detail["minutes"], entry.detail["time"]) == (person.name, PAUSES[0], 1)
    assert len(entries("signin.fail")) == LIMIT
    assert SignInGuard.objects.get(kind="account").turned_away == 3


def test_pauses_grow_up_to_the_longest(person):
    moment = timedelta()
    for minutes in (*PAUSES, PAUSES[-1]):
        with clock.moved(moment):
            fail(person)
            guard = SignInGuard.objects.get(kind="account")
            assert guard.locked_until - guard.locked_at == timedelta(minutes=minutes)
        moment += timedelta(minutes=minutes, seconds=10)


def test_after_a_quiet_day_the_first_pause_is_short_again(person):
    fail(person)
    with clock.moved(timedelta(minutes=PAUSES[0], hours=rule("signin.lock_memory_hours") + 1)):
        fail(person)
        assert entries("signin.pause")[-1].detail["minutes"] == PAUSES[0]


def test_failures_long_ago_do_not_add_up(client, person):
    fail(person, LIMIT - 1)
    with clock.moved(timedelta(minutes=rule("signin.failure_window_minutes") + 1)):
        fail(person, LIMIT - 1)
        assert enter(client, person).status_code == 302


def test_a_name_nobody_has_pauses_in_the_same_words(person):
    fail(person)
    fail("nobody.at.all")
    answers = [enter(Client(), who) for who in (person, "nobody.at.all")]
    assert [one.status_code for one in answers] == [429, 429]
    assert len({str(one.context["form"].non_field_errors()) for one in answers}) == 1


def test_another_account_is_not_touched(client, person):
    fail(person)
    assert enter(client, OfficerFactory(password=PASSWORD)).status_code == 302


def test_an_address_that_tries_many_names_is_paused(client, person):
    limit = rule("signin.address_failures")
    for number in range(limit):
        enter(client, f"guess{number}", "x")
    assert enter(client, person).status_code == 429
    assert enter(Client(REMOTE_ADDR="10.9.8.7"), person).status_code == 302
    assert entries("signin.pause")[0].subject_title == "地址 127.0.0.1"


def test_right_passwords_from_a_shared_address_do_not_count(person):
    for _ in range(rule("signin.address_failures") + 5):
        assert enter(Client(), person).status_code == 302
    assert SignInGuard.objects.get(kind="address").failures == 0


def test_own_success_does_not_clear_the_address(person):
    limit = rule("signin.address_failures")
    for number in range(limit - 1):
        enter(Client(), f"guess{number}", "x")
    enter(Client(), person)
    enter(Client(), "guess-again", "x")
    assert enter(Client(), person).status_code == 429


def test_wrong_codes_count_although_the_password_is_right_each_time(bound):
    for _ in range(LIMIT):
        assert enter(Client(), bound, second="000000").status_code == 422
    assert enter(Client(), bound).status_code == 429


def test_a_completed_sign_in_clears_the_account(bound):
    with clock.fixed(clock.now().replace(second=15)):
        for _ in range(LIMIT - 1):
            enter(Client(), bound, second="000000")
        assert enter(Client(), bound, second=code()).status_code == 302
    guard = SignInGuard.objects.get(kind="account")
    assert (guard.failures, guard.locks) == (0, 0)


def test_attempts_sent_at_once_are_counted_before_they_are_examined(person):
    for _ in range(LIMIT):
        begin_attempt(person.sign_in_name, "127.0.0.1")  # none is answered yet
    with pytest.raises(SignInPaused):
        begin_attempt(person.sign_in_name, "127.0.0.1")
    assert len(entries("signin.pause")) == 1


def test_a_subscriber_of_ipv6_has_one_address(person):
    assert address_key("2001:db8:1:2:aaaa::1") == address_key("2001:db8:1:2:bbbb::2") == "2001:db8:1:2::/64"
    assert address_key("192.0.2.7") == "192.0.2.7"
    assert address_key("not an address") == "not an address"


# -- lifting --------------------------------------------------------------------------------------


def test_the_security_administrator_lifts_a_pause(client, person):
    fail(person)
    [guard] = queries.paused_guards()
    actions.lift_pause(acting(AdminFactory(duty="security")), guard.pk, reason="本人来电核实")
    assert enter(client, person).status_code == 302
    [entry] = entries("signin.lift_pause")
    assert entry.detail["reason"] == "本人来电核实"
    assert list(queries.paused_guards()) == []


@pytest.mark.parametrize("duty", ["system", "audit"])
def test_nobody_else_lifts_it(person, duty):
    fail(person)
    [guard] = queries.paused_guards()
    with pytest.raises(NotAllowed):
        actions.lift_pause(acting(AdminFactory(duty=duty)), guard.pk, reason="本人来电核实")


def test_what_is_not_paused_cannot_be_lifted_nor_without_a_reason(person):
    security = acting(AdminFactory(duty="security"))
    fail(person, 1)
    with pytest.raises(BadInput):
        actions.lift_pause(security, SignInGuard.objects.get(kind="account").pk, reason="本人来电核实")
    fail(person)
    with pytest.raises(BadInput):
        actions.lift_pause(security, queries.paused_guards()[0].pk, reason="")


def test_old_counts_are_forgotten_but_not_a_pause_in_force(person):
    from taihe.ground.action import unit_of_work
    from taihe.ground.actor import Actor

    attempt_on(person, "127.0.0.1")
    fail(person)
    with clock.moved(timedelta(days=rule("signin.guard_keep_days") + 1)):
        SignInGuard.objects.filter(kind="address").update(locked_until=clock.now() + timedelta(minutes=1))
        with unit_of_work("test", Actor.system("测试")):
            actions.purge()
    assert [one.kind for one in SignInGuard.objects.all()] == ["address"]
