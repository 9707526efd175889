"""Sessions: how long they last, who sees and ends them, and what people are told when one is over."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, NotAllowed
from taihe.ground.rules import rule
from taihe.inner.people.actions import (
    approve_password_reset,
    leave_officer,
    lock_officer,
    request_password_reset,
    set_initial_password,
)
from taihe.inner.people.models import Officer, SessionNote
from taihe.inner.people.signin import actions, queries
from taihe.inner.people.tests.factories import AdminFactory, OfficerFactory, acting

from .conftest import PASSWORD, enter, entries, signed_in

pytestmark = pytest.mark.django_db
IDLE = timedelta(minutes=rule("signin.idle_minutes"))
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"
)


def note_of(client: Client) -> SessionNote:
    return SessionNote.objects.get(session_key=client.cookies[settings.SESSION_COOKIE_NAME].value)


# -- time limits ----------------------------------------------------------------------------------


def test_left_alone_too_long_it_ends_and_says_why(desk):
    cookie = desk.cookies[settings.SESSION_COOKIE_NAME].value
    with clock.moved(IDLE + timedelta(seconds=5)):
        answer = desk.get("/account/")
        assert answer["Location"] == "/signin/?next=%2Faccount%2F&why=idle"
        assert f"已超过 {rule('signin.idle_minutes')} 分钟没有操作" in desk.get(answer["Location"]).content.decode()
    desk.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not signed_in(desk), "the session is gone for good, not merely refused while late"
    assert SessionNote.objects.get().ended_why == "idle"
    assert entries("signin.expire")[0].detail["why"] == "idle"


def test_used_again_and_again_it_stays(desk):
    for step in range(1, 4):
        with clock.moved(step * (IDLE - timedelta(minutes=2))):
            assert signed_in(desk)


def test_even_in_constant_use_it_ends_after_its_lifetime(desk):
    hours = rule("signin.lifetime_hours")
    for minutes in range(20, hours * 60, 20):
        with clock.moved(timedelta(minutes=minutes)):
            assert signed_in(desk)
    with clock.moved(timedelta(hours=hours, seconds=5)):
        assert desk.get("/account/")["Location"].endswith("why=expired")


def test_last_use_is_written_once_a_minute_at_most(desk, django_assert_num_queries):
    desk.get("/account/sessions/")
    before = note_of(desk).seen_at
    with clock.moved(timedelta(seconds=50)):
        desk.get("/account/sessions/")
        assert note_of(desk).seen_at == before
    with clock.moved(timedelta(seconds=70)):
        desk.get("/account/sessions/")
        first = note_of(desk).seen_at
        desk.get("/account/sessions/")
        assert note_of(desk).seen_at == first > before


def test_a_form_sent_too_late_is_kept_and_offered_after_sign_in(desk, person):
    page = desk.get("/stand-ins/new/").content.decode()
    [key] = re.findall(r'name="form_key" value="([^"]+)"', page)
    late = {"form_key": html.unescape(key), "form_version": "", "reason": "赴省里培训，写了很久"}
    with clock.moved(IDLE + timedelta(minutes=1)):
        door = desk.post("/stand-ins/new/", late)["Location"]
        assert door.startswith("/signin/?next=/form-safety/parked/")
        assert "已加密暂存" in desk.get(door).content.decode()
        offer = enter(desk, person, next="/form-safety/parked/")["Location"]
        page = desk.get(offer).content.decode()
        assert "登记代理" in page
        [back] = re.findall(r'href="(/stand-ins/new/\?restore=[^"]+)"', page)
        assert "赴省里培训，写了很久" in desk.get(back).content.decode()


def test_a_session_not_made_at_our_door_counts_for_nothing_in_production(client, person, settings):
    client.force_login(person)
    assert signed_in(client)
    settings.TAIHE_DEMO = False
    assert not signed_in(client)


def test_sessions_nobody_came_back_to_are_closed_by_the_clock(desk, person):
    other = Client()
    enter(other, OfficerFactory(password=PASSWORD))
    with clock.moved(IDLE - timedelta(minutes=5)):
        signed_in(other)
    with clock.moved(IDLE + timedelta(minutes=2)), unit_of_work("test", Actor.system("测试")):
        assert actions.end_overdue() == 1
    assert [one.officer for one in SessionNote.objects.filter(ended_at__isnull=False)] == [person]
    assert entries("signin.end_sessions")[0].detail == {"ended": 1, "why": "idle"}
    assert not signed_in(desk) and signed_in(other)


def test_old_notes_are_forgotten(desk):
    desk.post("/signout/")
    with clock.moved(timedelta(days=rule("signin.session_keep_days") + 1)), unit_of_work("test", Actor.system("测试")):
        actions.purge()
    assert SessionNote.objects.count() == 0


# -- the list -------------------------------------------------------------------------------------


def test_the_list_shows_where_and_with_what(person):
    here, there = Client(HTTP_USER_AGENT=CHROME), Client(REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="curl/8")
    enter(here, person)
    enter(there, person)
    page = here.get("/account/sessions/").content.decode()
    assert "Chrome · Windows 10/11" in page and "未知设备" in page and "10.1.2.3" in page
    assert page.count("本机") == 1 and page.count(">结束<") == 1


def test_one_other_session_is_ended_and_told_so(desk, person):
    other = Client()
    enter(other, person)
    assert desk.post(f"/account/sessions/{note_of(other).pk}/end/").status_code == 302
    assert other.get("/account/")["Location"].endswith("why=elsewhere")
    assert signed_in(desk)
    assert entries("signin.end_own_session")[0].person_id == str(person.pk)


def test_all_others_are_ended_at_once(desk, person):
    others = [Client() for _ in range(2)]
    for one in others:
        enter(one, person)
    assert desk.post("/account/sessions/end-others/").status_code == 302
    assert [signed_in(one) for one in others] == [False, False]
    assert signed_in(desk)
    assert entries("signin.end_others")[0].detail == {"ended": 2}


def test_nobody_ends_somebody_elses_from_the_own_page(desk):
    other = Client()
    enter(other, OfficerFactory(password=PASSWORD))
    assert desk.post(f"/account/sessions/{note_of(other).pk}/end/").status_code == 404
    assert signed_in(other)


def test_the_oldest_unused_gives_way_when_there_are_too_many(person):
    browsers = []
    for number in range(rule("signin.max_sessions") + 1):
        with clock.moved(timedelta(minutes=number)):
            browsers.append(Client())
            enter(browsers[-1], person)
    with clock.moved(timedelta(minutes=number)):
        assert [signed_in(one) for one in browsers] == [False] + [True] * rule("signin.max_sessions")
    assert browsers[0].cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert SessionNote.objects.get(ended_why="crowded").pk == min(SessionNote.objects.values_list("pk", flat=True))


# -- ended by others ------------------------------------------------------------------------------


def test_the_security_administrator_ends_a_session(desk, person):
    security = acting(AdminFactory(duty="security"))
    [note] = queries.all_open_sessions()
    actions.end_session(security, note.pk, reason="设备遗失")
    assert desk.get("/account/")["Location"].endswith("why=admin")
    assert entries("signin.end_session")[0].detail["reason"] == "设备遗失"
    with pytest.raises(Missing):
        actions.end_session(security, note.pk, reason="设备遗失")


@pytest.mark.parametrize("duty", ["system", "audit"])
def test_other_administrators_may_not(desk, duty):
    with pytest.raises(NotAllowed):
        actions.end_session(acting(AdminFactory(duty=duty)), queries.all_open_sessions()[0].pk, reason="设备遗失")
    assert signed_in(desk)


def test_locking_the_account_ends_its_sessions(desk, person):
    lock_officer(acting(AdminFactory(duty="system")), person.pk, person.version, reason="测试停用")
    assert desk.get("/account/")["Location"].endswith("why=locked")
    assert SessionNote.objects.get().ended_why == "locked"


def test_an_officer_leaving_while_signed_in_is_out_at_once(desk, person):
    registrar = acting(AdminFactory(duty="system"))
    leave_officer(registrar, person.pk, person.version, reason="退休")
    assert desk.get("/account/")["Location"].endswith("why=left")
    assert desk.post("/account/post/", {"post": "a1"})["Location"].startswith("/signin/")
    assert enter(Client(), person).status_code == 422
    [entry] = entries("signin.end_sessions")
    assert (entry.detail, entry.parent) == ({"ended": 1, "why": "left"}, entries("people.leave_officer")[0].event)


def test_a_reset_password_ends_them_too(desk, person):
    system, security = acting(AdminFactory(duty="system")), acting(AdminFactory(duty="security"))
    asked = request_password_reset(system, person.pk, reason="本人忘记密码")
    plain = approve_password_reset(security, asked.pk)
    assert desk.get("/account/")["Location"].endswith("why=password")
    assert enter(Client(), person).status_code == 422
    assert enter(Client(), person, plain).status_code == 302


def test_the_first_password_leads_to_choosing_ones_own(client, db, vault_keys):
    person = OfficerFactory(appointed=True, must_change_password=True)
    plain = set_initial_password(acting(AdminFactory(duty="system")), person.pk, person.version)
    assert enter(client, person, plain)["Location"] == "/"
    assert client.get("/account/")["Location"] == "/account/password/"
    form = {"old": plain, "new": "Reed-And-Willow-5", "again": "Reed-And-Willow-5"}
    assert "首次改密" in client.get("/account/password/").content.decode()
    assert client.post("/account/password/", form)["Location"] == "/"
    assert client.get("/account/").status_code == 200
    assert Officer.objects.get(pk=person.pk).password_expires_at is None
