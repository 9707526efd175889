"""The calendar's pages: everybody looks, the keeper confirms after a check, and nothing typed is lost."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from openpyxl import load_workbook

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import NotAllowed
from taihe.ground.files.models import SecretIncident
from taihe.ground.testkit.alone import stand_alone
from taihe.ground.testkit.forms import hidden_fields, post_form
from taihe.ground.workdays.actions import confirm_year, set_day
from taihe.ground.workdays.announced import NamedDay, from_library
from taihe.ground.workdays.glance import changes, drawn
from taihe.ground.workdays.models import WorkDay, WorkYear
from taihe.ground.workdays.queries import Special, is_workday

urlpatterns = [
    path("calendar/", include("taihe.ground.workdays.urls")),
    path("form-safety/", include("taihe.ground.formsafety.urls")),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "taihe.ground.ui.refusals.RefusalMiddleware",
    "taihe.ground.formsafety.middleware.AnswerRepeats",
]
KEEPER = Actor("officer", "7", "示一甲", "12", "科员", "BB01", "县委编办")
NOTICE = "关于2027年部分节假日安排的通知（演示）"
INVENTED = [
    *(one for one in from_library(2027) if not one.is_work),
    NamedDay(date(2027, 10, 6), False, "调休"),
    NamedDay(date(2027, 10, 9), True, "调休上班"),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


@pytest.fixture
def rights(monkeypatch):
    """What the asker holds; clear it for somebody who only looks."""
    stand_alone(monkeypatch)
    held = {"calendar.confirm"}
    access.set_access(actor_of=lambda request: KEEPER, may=lambda actor, permission: permission in held)
    return held


@pytest.fixture
def browser(rights, settings):
    settings.MIDDLEWARE = MIDDLEWARE
    return Client()


def csv(rows) -> SimpleUploadedFile:
    lines = ["日期,上班/休息,名称", *(f"{one.date},{'班' if one.is_work else '休'},{one.name}" for one in rows)]
    return SimpleUploadedFile("2027.csv", "\n".join(lines).encode(), "text/csv")


def check(browser, rows, source: str = NOTICE):
    return post_form(browser, "/calendar/2027/confirm/", {"source": source, "file": csv(rows)})


def text(answer) -> str:
    return answer.content.decode()


def test_everybody_sees_the_year_and_only_the_keeper_its_buttons(browser, rights):
    page = text(browser.get("/calendar/2026/"))
    assert "已公布" in page and "国务院办公厅关于2026年" in page and "国庆节" in page and "重新确认" in page
    rights.clear()
    looked = text(browser.get("/calendar/2026/"))
    assert "国庆节" in looked and "重新确认" not in looked and "/day/" not in looked


def test_a_year_nobody_announced_says_so(browser):
    page = text(browser.get("/calendar/2031/"))
    assert "暂按推算" in page and "待日历公布" in page and "尚未确认" in page
    assert browser.get("/calendar/1900/").status_code == 404


@pytest.mark.parametrize("place", ["confirm/", "confirm/go/", "day/"])
def test_who_may_not_change_is_refused(browser, rights, place):
    assert browser.get(f"/calendar/2027/{place}", follow=True).status_code == 200
    rights.clear()
    for ask in (browser.get, browser.post):
        assert ask(f"/calendar/2027/{place}")["X-Error-Code"] == "ground.not_allowed"


def test_nobody_signed_in_sees_nothing(browser, monkeypatch):
    def nobody(request):
        raise NotAllowed(what="办理业务")

    monkeypatch.setattr(access._answers, "actor_of", nobody)
    for place in ("", "2026/", "2026/table/"):
        assert browser.get(f"/calendar/{place}").status_code == 403


def test_a_balanced_table_is_checked_then_confirmed_once(browser):
    page = check(browser, INVENTED)
    assert "调休平衡" in text(page) and not WorkYear.objects.filter(year=2027).exists()
    hidden = hidden_fields(page)
    done = browser.post("/calendar/2027/confirm/go/", hidden | {"source": NOTICE})
    assert done["Location"] == "/calendar/2027/"
    row = WorkYear.objects.get(year=2027)
    assert (row.confirmed, row.source, row.version) == (True, NOTICE, 1)
    assert is_workday(date(2027, 10, 9)) and not is_workday(date(2027, 10, 6))
    browser.post("/calendar/2027/confirm/go/", hidden | {"source": NOTICE})
    assert AuditEntry.objects.filter(action="workdays.confirm_year", outcome="done").count() == 1


def test_an_unbalanced_table_needs_a_reason_and_keeps_what_was_typed(browser):
    page = check(browser, INVENTED[:-1])
    assert "调休不平衡" in text(page)
    sent = hidden_fields(page) | {"source": "另一份通知（演示）", "exception": ""}
    again = browser.post("/calendar/2027/confirm/go/", sent)
    assert "须写明原因" in text(again) and "另一份通知（演示）" in text(again) and "调休不平衡" in text(again)
    assert not WorkYear.objects.filter(year=2027).exists()
    sent = hidden_fields(again) | {"source": NOTICE, "exception": "通知原文如此（演示）"}
    assert browser.post("/calendar/2027/confirm/go/", sent).status_code in (302, 303)
    assert AuditEntry.objects.get(action="workdays.confirm_year").detail["exception"] == "通知原文如此（演示）"


@pytest.mark.parametrize(
    "data, word", [("日期\n昨天,也许\n", "第2行"), ("日期,班休\n", "没有一天"), ("x" * 600_000, "过大")]
)
def test_an_unreadable_table_is_told_and_the_notice_stays(browser, data, word):
    file = SimpleUploadedFile("a.csv", data.encode())
    page = text(post_form(browser, "/calendar/2027/confirm/", {"source": NOTICE, "file": file}))
    assert word in page and f'value="{NOTICE}"' in page


def test_what_was_checked_cannot_be_exchanged_on_the_way(browser):
    hidden = hidden_fields(check(browser, INVENTED))
    for url, packed in (("2027", "forged"), ("2028", hidden["packed"])):
        key = hidden_fields(check(browser, INVENTED)) | {"packed": packed, "source": NOTICE}
        page = text(browser.post(f"/calendar/{url}/confirm/go/", key))
        assert "重新上传" in page and NOTICE in page
    assert not WorkYear.objects.filter(year__gte=2027).exists()


def test_who_comes_second_sees_what_the_first_did(browser):
    page = check(browser, INVENTED)
    confirm_year(KEEPER, 2027, INVENTED, "先确认的通知（演示）")
    late = browser.post("/calendar/2027/confirm/go/", hidden_fields(page) | {"source": NOTICE})
    assert "先确认的通知（演示）" in text(late) and NOTICE in text(late)
    assert WorkYear.objects.get(year=2027).source == "先确认的通知（演示）"
    sent = hidden_fields(late) | {"source": NOTICE}
    assert browser.post("/calendar/2027/confirm/go/", sent).status_code in (302, 303)
    assert WorkYear.objects.get(year=2027).source == NOTICE


def test_one_day_is_set_right_with_its_source(browser):
    page = browser.get("/calendar/2026/day/?day=2026-10-10")
    assert 'value="2026-10-10"' in text(page) and "调休上班" in text(page)
    wanted = {"day": "2026-10-10", "is_work": "0", "name": "休息", "source": "临时调整通知（演示）"}
    short = post_form(browser, "/calendar/2026/day/", wanted | {"source": "无"})
    assert "有 1 处需要修改" in text(short) and 'value="休息"' in text(short)
    outside = post_form(browser, "/calendar/2026/day/", wanted | {"day": "2027-10-10"})
    assert "只能更正2026年" in text(outside)
    assert post_form(browser, "/calendar/2026/day/", wanted)["Location"] == "/calendar/2026/"
    assert not is_workday(date(2026, 10, 10))
    assert "临时调整通知（演示）" in text(browser.get("/calendar/2026/"))


def test_a_day_changed_meanwhile_is_shown_beside_what_was_typed(browser):
    hidden = hidden_fields(browser.get("/calendar/2026/day/"))
    set_day(KEEPER, date(2026, 10, 10), is_work=False, name="先改的", source="先来的通知（演示）")
    wanted = {"day": "2026-10-10", "is_work": "1", "name": "后改的", "source": NOTICE}
    late = text(browser.post("/calendar/2026/day/", hidden | wanted))
    assert "先改的" in late and "后改的" in late
    assert WorkDay.objects.get(date=date(2026, 10, 10)).name == "先改的"


def test_the_table_goes_out_as_it_comes_in(browser):
    answer = browser.get("/calendar/2026/table/")
    rows = list(load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert ("2026-10-10", "班", "调休上班") in rows
    file = SimpleUploadedFile("2026.xlsx", answer.content)
    page = text(post_form(browser, "/calendar/2026/confirm/", {"source": NOTICE, "file": file}))
    assert "调休平衡" in page and "没有不同" in page


@pytest.mark.parametrize("place", ["", "2026/", "2027/", "2026/confirm/", "2026/day/?day=2026-10-01", "2026/table/"])
def test_pages_ask_little(browser, place):
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(f"/calendar/{place}").status_code == 200
    assert len(seen) <= 15


def test_a_month_joins_neighbouring_days_of_one_name():
    off = [Special(date(2026, 10, day), False, "国庆节", "") for day in (1, 2, 3, 5)]
    year = drawn(2026, [*off, Special(date(2026, 10, 10), True, "调休上班", "")], date(2026, 10, 2))
    october = year.months[9]
    assert [(run.days, run.name) for run in october.runs] == [
        ("1日至3日", "国庆节"),
        ("5日", "国庆节"),
        ("10日", "调休上班"),
    ]
    assert (october.worked, year.made_up, year.worked + year.rest) == (20, 1, 365)
    assert [cell.day.day for week in october.weeks for cell in week if cell and cell.today] == [2]


def test_changes_are_the_days_worked_otherwise():
    now = [Special(date(2027, 10, 1), False, "国庆节", ""), Special(date(2027, 10, 9), True, "调休上班", "")]
    rows = [NamedDay(date(2027, 10, 1), False, "改名"), NamedDay(date(2027, 10, 8), False, "放假")]
    assert [(one.day.day, one.is_work) for one in changes(2027, now, rows)] == [(8, False), (9, False)]


def test_a_table_with_a_secret_mark_is_an_incident_and_the_notice_stays(browser):
    file = SimpleUploadedFile("2027.csv", ("日期,班休\n" + "机密" + "★" + "10年,休\n").encode())
    page = text(post_form(browser, "/calendar/2027/confirm/", {"source": NOTICE, "file": file}))
    assert "带有国家秘密标志" in page and f'value="{NOTICE}"' in page
    assert SecretIncident.objects.get().owner_type == "workdays.import"
