"""A form is carried out once, however often it is sent."""

from __future__ import annotations

import uuid
from datetime import timedelta
from urllib.parse import unquote

import pytest

from taihe.ground import clock
from taihe.ground.action import NotRecorded
from taihe.ground.audit.models import AuditEntry
from taihe.ground.formsafety import actions
from taihe.ground.formsafety.errors import AlreadySubmitted
from taihe.ground.formsafety.models import OneTimeKey
from taihe.ground.rules import rule
from taihe.ground.testkit.forms import hidden_fields, post_form

pytestmark = pytest.mark.django_db


def test_a_form_is_carried_out_and_leads_on(browser, office, clerk):
    answer = post_form(browser, "/note/", {"title": "收文"})
    assert unquote(answer.url) == "/listing/?last=收文"
    assert office.notes == ["收文"]
    used = OneTimeKey.objects.get()
    assert (used.form, used.person_id, used.location) == ("test.note", "7", "/listing/?last=收文")
    assert "已保存。" in browser.get(answer.url).content.decode()


def test_no_row_stands_for_a_key_only_handed_out(browser, clerk):
    browser.get("/note/")
    assert not OneTimeKey.objects.exists()


def test_sent_twice_it_is_done_once_and_leads_to_the_same_place(browser, office, clerk):
    filled = hidden_fields(browser.get("/note/")) | {"title": "收文"}
    first = browser.post("/note/", filled)
    second = browser.post("/note/", filled)
    assert second.url == first.url
    assert office.notes == ["收文"]
    page = browser.get(second.url).content.decode()
    assert "已提交过，未重复办理。" in page


def test_htmx_is_led_by_header(browser, office, clerk):
    filled = hidden_fields(browser.get("/note/")) | {"title": "收文"}
    browser.post("/note/", filled)
    again = browser.post("/note/", filled, headers={"HX-Request": "true"})
    assert (again.status_code, unquote(again["HX-Redirect"])) == (200, "/listing/?last=收文")


def test_two_tabs_have_two_keys(browser, office, clerk):
    one, two = (hidden_fields(browser.get("/note/")) for _ in range(2))
    browser.post("/note/", one | {"title": "甲"})
    browser.post("/note/", two | {"title": "乙"})
    assert office.notes == ["甲", "乙"]


def test_a_refusal_frees_the_key_and_keeps_what_was_typed(browser, office, clerk):
    filled = hidden_fields(browser.get("/note/"))
    refused = browser.post("/note/", filled | {"title": "不行", "text": "长长的正文"})
    page = refused.content.decode()
    assert "标题不能是“不行”。" in page and "长长的正文" in page
    assert not OneTimeKey.objects.exists()
    assert AuditEntry.objects.get(action="test.note").outcome == "refused"
    again = hidden_fields(refused)
    browser.post("/note/", again | {"title": "行"})
    assert office.notes == ["行"]
    assert unquote(browser.post("/note/", filled | {"title": "还行"}).url) == "/listing/?last=行"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda key: "", "缺少校验信息"),
        (lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"), "缺少校验信息"),
        (lambda key: "x" * 9000, "缺少校验信息"),
    ],
)
def test_a_key_not_issued_here_is_refused(browser, office, clerk, spoil, said):
    filled = hidden_fields(browser.get("/note/"))
    page = browser.post("/note/", filled | {"title": "收文", "form_key": spoil(filled["form_key"])})
    assert said in page.content.decode() and office.notes == []


def test_a_key_of_another_form_is_refused(browser, office, notice, clerk):
    key = hidden_fields(browser.get(f"/notice/{notice.pk}/"))["form_key"]
    filled = hidden_fields(browser.get("/note/")) | {"title": "收文", "form_key": key}
    assert "缺少校验信息" in browser.post("/note/", filled).content.decode() and office.notes == []


def test_an_old_key_is_refused_before_its_record_is_forgotten(browser, office, clerk):
    filled = hidden_fields(browser.get("/note/")) | {"title": "收文"}
    browser.post("/note/", filled)
    days = rule("formsafety.key_days")
    with clock.moved(timedelta(days=days, minutes=30)):
        _clear()
        assert OneTimeKey.objects.exists()
    with clock.moved(timedelta(days=days, hours=2)):
        _clear()
        assert not OneTimeKey.objects.exists()
        office.notes.clear()
        page = browser.post("/note/", filled)
        assert "打开时间过久" in page.content.decode() and office.notes == []
        assert hidden_fields(page)["form_key"] != filled["form_key"]


def _clear():
    from taihe.ground.action import unit_of_work
    from taihe.ground.actor import Actor

    with unit_of_work("test", Actor.system("试")):
        actions.clear()


def test_the_session_is_part_of_the_key(browser, office, clerk):
    filled = hidden_fields(browser.get("/note/")) | {"title": "收文"}
    session = browser.session
    session.cycle_key()
    session.save()
    browser.cookies[_session_cookie()] = session.session_key
    page = browser.post("/note/", filled)
    assert "登录状态已变化" in page.content.decode() and office.notes == []
    browser.post("/note/", hidden_fields(page) | {"title": "收文"})
    browser.post("/note/", hidden_fields(page) | {"title": "收文二"})
    assert office.notes == ["收文"]


def _session_cookie():
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME


@pytest.mark.db
def test_an_action_may_claim_a_key_itself(office):
    key = uuid.uuid4().hex
    office.add_direct(office.CLERK, key, "甲")
    with pytest.raises(AlreadySubmitted) as repeat:
        office.add_direct(office.CLERK, key, "乙")
    assert repeat.value.location == "/listing/?last=甲" and office.notes == ["甲"]


def test_the_first_result_is_not_told_to_another_person(office):
    from taihe.ground.actor import Actor

    office.add_direct(office.CLERK, "k" * 32, "甲")
    with pytest.raises(AlreadySubmitted) as repeat:
        office.add_direct(Actor(kind="officer", person_id="8", person_name="演示乙"), "k" * 32, "乙")
    assert repeat.value.location == ""


def test_no_key_is_used_outside_an_action(office):
    with pytest.raises(NotRecorded):
        actions.use_key(office.CLERK, "k", "test.note")
