"""What a password may be, when it must change, and what changing it does."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground import clock
from taihe.ground.errors import StaleVersion
from taihe.ground.rules import rule
from taihe.inner.people.models import Officer, PasswordHistory
from taihe.inner.people.signin import passwords
from taihe.inner.people.signin.acting import plain_actor
from taihe.inner.people.signin.actions import change_password
from taihe.inner.people.signin.errors import UnfitPassword
from taihe.inner.people.signin.passwords import Fresh, NotCountyWords, check_new
from taihe.inner.people.tests.factories import OfficerFactory

from .conftest import PASSWORD, enter, entries, signed_in

pytestmark = pytest.mark.django_db
NEW = "Reed-And-Willow-5"


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str | None = None):
    return client.post("/account/password/", {"old": old, "new": new, "again": new if again is None else again})


@pytest.fixture
def named(db):
    return OfficerFactory(sign_in_name="yan.qinghe", name="演清禾")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Sh0rt-One", "不少于 10 个字符"),
        ("onlysmallletters", "至少包含 3 种"),
        ("onlysmall123456789", "至少包含 3 种"),
        ("Yan.qinghe-2031", "不得包含登录名"),
        ("My-Qinghe-River-9", "不得包含登录名"),
        ("My-YANQINGHE-River-9", "不得包含登录名"),
        ("Qing-演清禾-River-9", "不得包含登录名"),
        ("Taihe@2026!!", "不得主要由地名"),
        ("T@ihe-2026-Gov", "不得主要由地名"),
        ("Fuyang-Taihe-2024", "不得主要由地名"),
        ("Zhengfu_20260101", "不得主要由地名"),
        ("Admin@123456", "不得主要由地名"),
        ("P@ssw0rd-2026", "不得主要由地名"),
        ("Abcdefgh-1234", "不得主要由地名"),
        ("Aaaaaa-111111", "不得主要由地名"),
        ("Gongwen-341222", "不得主要由地名"),
    ],
)
def test_unfit_ones_are_refused_with_the_reason(named, password, why):
    with pytest.raises(UnfitPassword) as refused:
        check_new(named, password)
    assert why in refused.value.sentence()


@pytest.mark.parametrize("password", [NEW, "Huai-River-Boats-31", "三条河Aa-流过平原2", "kX7#mQ2$vT9!"])
def test_good_ones_pass(named, password):
    check_new(named, password)


def test_the_commonest_of_the_world_are_refused(named, settings):
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": "taihe.inner.people.signin.passwords.NotCommon"}]
    with pytest.raises(UnfitPassword, match="不得是常见密码"):
        check_new(named, "trustno1")


@pytest.mark.parametrize(
    ("password", "left"),
    [
        ("abcd", ""), ("dcba9876", ""), ("abc", "abc"), ("abdc", "abdc"), ("xabcdy", "xy"), ("ab12", "abl2"),
        ("2345", ""), ("aaa", ""), ("aab", "aab"), ("1998", ""), ("19981231", ""), ("1898", "l898"), ("T@IHE", ""),
    ],
)  # fmt: skip
def test_guessable_pieces_are_taken_out(password, left):
    assert passwords.unguessed(password) == left


@given(st.text(max_size=40))
def test_any_text_is_judged_and_taking_pieces_out_never_adds(text):
    NotCountyWords().fails(text, None)
    assert len(passwords.unguessed(text)) <= len(text.lower())


def test_after_the_change_the_new_one_opens_and_the_old_one_does_not(desk, person):
    assert change(desk)["Location"] == "/"
    assert signed_in(desk)
    assert enter(Client(), person).status_code == 422
    assert enter(Client(), person, NEW).status_code == 302
    [entry] = entries("signin.change_password")
    assert (entry.person_id, entry.detail) == (str(person.pk), {"forced": False})
    assert NEW not in str(vars(entry))


def test_the_change_ends_all_other_sessions_and_renews_this_ones_key(desk, person):
    other = Client()
    enter(other, person)
    before = desk.session.session_key
    change(desk)
    assert desk.session.session_key != before
    assert signed_in(desk) and not signed_in(other)
    assert desk.get("/account/sessions/").content.decode().count("本机") == 1


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"old": "Wrong-One-11"}, "当前密码不正确"),
        ({"again": "Reed-And-Willow-6"}, "两次输入的新密码不一致"),
        ({"new": "short"}, "不少于 10 个字符"),
        ({"new": PASSWORD}, "不得与最近"),
        ({"old": ""}, "请输入当前密码"),
    ],
)
def test_what_does_not_do_changes_nothing(desk, person, form, why):
    before = Officer.objects.get(pk=person.pk).password
    answer = change(desk, **form)
    assert answer.status_code == 422 and why in answer.content.decode()
    assert Officer.objects.get(pk=person.pk).password == before


def test_guessing_the_old_password_from_an_open_desk_pauses_the_account(desk, person):
    for _ in range(rule("signin.account_failures")):
        assert change(desk, old="Wrong-One-11").status_code == 422
    assert change(desk).status_code == 429
    assert {one.detail["step"] for one in entries("signin.fail")} == {"confirm"}


def test_the_last_few_do_not_return_and_older_ones_may(desk, person):
    used = [PASSWORD] + [f"Reed-And-Willow-{number}" for number in range(rule("signin.password_history"))]
    for old, new in pairwise(used):
        assert change(desk, old, new).status_code == 302
    assert change(desk, used[-1], used[1]).status_code == 422
    assert change(desk, used[-1], used[0]).status_code == 302
    assert PasswordHistory.objects.filter(officer=person).count() == rule("signin.password_history")


def test_two_changes_at_once_do_not_both_count(desk, person, rf):
    request = rf.post("/")
    request.session, request.user = desk.session, person
    fresh = Fresh(person.pk, "md5$x$y", replaces="what it was before")
    with pytest.raises(StaleVersion):
        change_password(plain_actor(request, person), request, fresh)


def test_a_password_grown_too_old_must_be_changed_first(client, person):
    days = rule("signin.password_max_days")
    with clock.moved(timedelta(days=days - 1)):
        enter(client, person)
        assert client.get("/account/").status_code == 200
    late = Client()
    with clock.moved(timedelta(days=days + 1)):
        enter(late, person)
        assert late.get("/account/")["Location"] == "/account/password/"
        assert late.get("/contacts/")["Location"] == "/account/password/"
        assert late.post("/account/post/", {"post": "a1"})["Location"] == "/account/password/"
        assert "密码已到期" in late.get("/account/password/").content.decode()
        assert change(late).status_code == 302
        assert late.get("/account/").status_code == 200


def test_who_owes_a_change_may_still_sign_out(client, person):
    Officer.objects.filter(pk=person.pk).update(must_change_password=True)
    enter(client, person)
    assert client.post("/signout/")["Location"] == "/signout/done/"
