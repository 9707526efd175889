"""What a person typed outlives the session: sealed, offered again to the same person, never sent by itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings as live
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.formsafety import actions, queries
from taihe.ground.formsafety.models import OneTimeKey, ParkedForm
from taihe.ground.formsafety.parking import cookie_name
from taihe.ground.formsafety.tests.models import Notice
from taihe.ground.testkit.forms import hidden_fields

pytestmark = pytest.mark.django_db

TYPED = {
    "title": "关于防汛值守的便笺",
    "text": "第一段\n“第二段” <b>不加粗</b>",
    "day": "2026-13-45",
    "kinds": ["a", "b"],
    "more": '{"坏的',
    "moment_0": "2026-05-01",
    "moment_1": "08:30",
    "phrase": "绝密口令一",
    "sms_code": "135790",
    "remark": "不宜暂存",
    "late": "后来加的",
}
OFFER = "/form-safety/parked/"


def expire() -> None:
    """Every session ends, as the server's clearing does it; the browser's cookies stay."""
    Session.objects.all().delete()


def sign_in(browser, someone, onward="/listing/"):
    return browser.post(f"/sign-in/?next={onward}", {"who": someone.pk})


def fill(page, **typed):
    return hidden_fields(page) | TYPED | typed


def offered(browser):
    """The addresses under 恢复填写."""
    page = browser.get(OFFER).content.decode()
    return [one.replace("&amp;", "&") for one in re.findall(r'href="([^"]*restore=[^"]*)"', page)]


@pytest.fixture
def parked(browser, office, clerk):
    """A note parked because its session ended; the answer to the late form."""
    page = browser.get("/note/?from=list&x=1")
    file = SimpleUploadedFile("防汛通知.docx", b"content", "application/octet-stream")
    expire()
    return browser.post("/note/", fill(page, attachment=file))


def test_a_late_form_leads_to_sign_in_and_is_told_so(browser, parked, office):
    assert (parked.status_code, parked.url) == (302, f"/sign-in/?next={OFFER}")
    assert office.notes == []
    page = browser.get(parked.url).content.decode()
    assert "登录已过期，“便笺”尚未提交" in page and "加密暂存" in page


def test_after_sign_in_it_is_offered_and_put_back_unsent(browser, parked, office, clerk):
    assert sign_in(browser, clerk, OFFER).url == OFFER
    page = browser.get(OFFER).content.decode()
    for text in ("便笺", "/note/?from=list&amp;x=1", "防汛通知.docx", "恢复填写", "放弃", "暂存时间"):
        assert text in page, text
    (address,) = offered(browser)
    assert address.startswith("/note/?from=list&x=1&restore=")

    restored = browser.get(address)
    page = restored.content.decode()
    assert office.notes == [] and not OneTimeKey.objects.exists()
    assert "尚未提交" in page and "附件（防汛通知.docx）" in page
    form = restored.content.decode()
    assert 'value="关于防汛值守的便笺"' in form and 'value="2026-13-45"' in form and 'value="后来加的"' in form
    assert "“第二段” &lt;b&gt;不加粗&lt;/b&gt;" in form and "{&quot;坏的" in form
    assert 'value="2026-05-01"' in form and 'value="08:30"' in form
    assert form.count(" selected") == 2
    assert " checked" not in form, "加急, ticked by default, had been unticked"
    assert "errorlist" not in form, "nothing is checked before it is sent"


def test_passwords_codes_and_named_fields_are_never_kept(browser, parked, clerk):
    row = ParkedForm.objects.get()
    token = browser.cookies[cookie_name()].value
    from taihe.ground.formsafety.parking import open_parked

    kept = open_parked(row, token).data
    assert {"phrase", "sms_code", "remark", "csrfmiddlewaretoken", "form_key"}.isdisjoint(kept)
    assert kept["title"] == TYPED["title"]
    sign_in(browser, clerk)
    page = browser.get(offered(browser)[0]).content.decode()
    for secret in ("绝密口令一", "135790", "不宜暂存"):
        assert secret not in page


@pytest.mark.parametrize(
    "name",
    ["password", "new_password2", "old-passwd", "otp", "a-otp", "totp", "pin", "smsCode", "recovery_code", "验证码"],
)
def test_names_of_secrets(name):
    from taihe.ground.formsafety.parking import SECRET_NAMES

    assert SECRET_NAMES.search(name)


@pytest.mark.parametrize("name", ["code", "organ_code", "passport", "opinion", "spin", "shipping", "post_code"])
def test_names_that_are_none(name):
    from taihe.ground.formsafety.parking import SECRET_NAMES

    assert not SECRET_NAMES.search(name)


def test_submitted_once_restored_it_is_no_longer_kept(browser, parked, office, clerk):
    sign_in(browser, clerk)
    restored = browser.get(offered(browser)[0])
    right = {"title": "防汛", "day": "", "more": "", "moment_0": "", "moment_1": ""}
    assert browser.post(restored.request["PATH_INFO"], fill(restored, **right)).status_code == 302
    assert office.notes == ["防汛"]
    assert not ParkedForm.objects.exists()
    assert "没有暂存的表单" in browser.get(OFFER).content.decode()


def test_what_was_done_before_the_session_ended_is_not_done_again(browser, office, clerk):
    """The first answer got lost on the way; the person sends the page again an hour later."""
    filled = hidden_fields(browser.get("/note/")) | {"title": "防汛"}
    browser.post("/note/", filled)
    expire()
    browser.post("/note/", filled)
    sign_in(browser, clerk)
    restored = browser.get(offered(browser)[0])
    again = browser.post("/note/", hidden_fields(restored) | {"title": "防汛（再次）"})
    assert "last=" in again.url and office.notes == ["防汛"]


def test_the_version_first_seen_is_put_back_too(browser, notice, clerk):
    page = browser.get(f"/notice/{notice.pk}/")
    expire()
    values = {"title": "我的标题", "urgency": "no", "public": "on"}
    browser.post(f"/notice/{notice.pk}/", hidden_fields(page) | values)
    Notice._default_manager.filter(pk=notice.pk).update(version=2, title="对方的标题")
    sign_in(browser, clerk)
    restored = browser.get(offered(browser)[0])
    assert hidden_fields(restored)["form_version"] == "1"
    refused = browser.post(f"/notice/{notice.pk}/", hidden_fields(restored) | values)
    assert "对方的标题" in refused.content.decode()
    notice.refresh_from_db()
    assert notice.title == "对方的标题"


def test_another_tab_signed_in_again_fails_the_csrf_check_and_loses_nothing(browser, office, clerk):
    page = browser.get("/note/")
    expire()
    sign_in(browser, clerk)  # in the other tab: a new session and a new CSRF secret
    late = browser.post("/note/", fill(page))
    assert late.url == OFFER and office.notes == []
    page = browser.get(OFFER).content.decode()
    assert "页面校验没有通过" in page
    assert TYPED["title"] in browser.get(offered(browser)[0]).content.decode()


def test_two_late_tabs_are_both_kept(browser, office, clerk):
    pages = [browser.get("/note/"), browser.get("/note/")]
    expire()
    for number, page in enumerate(pages):
        browser.post("/note/", fill(page, title=f"第{number}张"))
    sign_in(browser, clerk)
    shown = [browser.get(address).content.decode() for address in offered(browser)]
    assert len(shown) == 2 and "第1张" in shown[0] and "第0张" in shown[1]


def test_the_same_late_form_is_kept_once_in_its_last_state(browser, office, clerk):
    page = browser.get("/note/")
    expire()
    browser.post("/note/", fill(page, title="先"))
    browser.post("/note/", fill(page, title="后"))
    sign_in(browser, clerk)
    (address,) = offered(browser)
    assert 'value="后"' in browser.get(address).content.decode()


def test_another_person_sees_a_sentence_and_nothing_else(browser, parked, person, clerk):
    (row,) = ParkedForm.objects.all()
    sign_in(browser, person("yanshi-yi"))
    direct = browser.get(f"/note/?restore={row.pk}").content.decode()
    assert "无法恢复" in direct and TYPED["title"] not in direct
    page = browser.get(OFFER).content.decode()
    assert "另有一位登录人暂存的表单，不属于您，已经删除" in page and TYPED["title"] not in page
    assert not ParkedForm.objects.exists()
    sign_in(browser, clerk)
    assert offered(browser) == []


def test_a_form_sent_while_another_is_signed_in_is_refused_and_not_kept(browser, office, clerk, person):
    page = browser.get("/note/")
    sign_in(browser, person("yanshi-yi"))
    refused = browser.post("/note/", fill(page))
    assert (refused.status_code, refused["X-Error-Code"]) == (403, "formsafety.other_person")
    assert not ParkedForm.objects.exists() and office.notes == []


def test_another_persons_key_is_refused_even_with_a_right_csrf_token(browser, office, clerk, person):
    page = browser.get("/note/")
    sign_in(browser, person("yanshi-yi"))
    own = hidden_fields(browser.get("/note/"))
    refused = browser.post("/note/", own | {"title": "甲", "form_key": hidden_fields(page)["form_key"]})
    assert "另一位登录人" in refused.content.decode() and office.notes == []


def test_another_browser_gets_nothing(browser, parked, clerk):
    (row,) = ParkedForm.objects.all()
    elsewhere = Client()
    sign_in(elsewhere, clerk)
    assert offered(elsewhere) == []
    assert TYPED["title"] not in elsewhere.get(f"/note/?restore={row.pk}").content.decode()
    elsewhere.cookies[cookie_name()] = "A" * 43
    assert offered(elsewhere) == []
    answer = elsewhere.post(f"/form-safety/parked/{row.pk}/abandon/")
    assert (answer.status_code, answer["X-Error-Code"]) == (410, "formsafety.parked_gone")
    assert ParkedForm.objects.exists()


def test_the_cookie_is_out_of_reach_of_scripts(browser, parked):
    cookie = browser.cookies[cookie_name()]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["max-age"] == 7200
    assert cookie_name().startswith(live.SESSION_COOKIE_NAME)


def test_the_database_holds_neither_text_nor_token(browser, parked):
    (row,) = ParkedForm.objects.values()
    token = browser.cookies[cookie_name()].value
    stored = repr(row)
    assert token not in stored and TYPED["title"] not in stored and "防汛" not in stored
    entry = AuditEntry.objects.get(action="formsafety.park")
    assert TYPED["title"] not in repr(vars(entry)) and entry.address == "127.0.0.1"


def _flip(text):
    return text[:-9] + ("A" if text[-9] != "A" else "B") + text[-8:]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: {"sealed": _flip(row.sealed)},
        lambda row: {"sealed": "没有"},
        lambda row: {"page": "/letter/"},
    ],
)
def test_altered_or_moved_content_does_not_open(browser, parked, clerk, spoil):
    (row,) = ParkedForm.objects.all()
    ParkedForm.objects.filter(pk=row.pk).update(**spoil(row))
    sign_in(browser, clerk)
    page = browser.get(OFFER).content.decode()
    assert "已损坏，无法恢复" in page and "restore=" not in page
    for path in ("/note/", "/letter/"):
        answer = browser.get(f"{path}?restore={row.pk}").content.decode()
        assert TYPED["title"] not in answer and "无法恢复" in answer
    browser.post(f"/form-safety/parked/{row.pk}/abandon/", hidden(browser))
    assert not ParkedForm.objects.exists()


def test_the_zones_key_alone_does_not_open_it(browser, parked):
    from taihe.ground.formsafety.errors import ParkedGone
    from taihe.ground.formsafety.parking import open_parked

    (row,) = ParkedForm.objects.all()
    with pytest.raises(ParkedGone):
        open_parked(row, "B" * 43)


def test_it_opens_only_on_its_own_page(browser, parked, clerk):
    (row,) = ParkedForm.objects.all()
    sign_in(browser, clerk)
    page = browser.get(f"/letter/?restore={row.pk}").content.decode()
    assert "无法恢复" in page and TYPED["title"] not in page


def hidden(browser):
    """The CSRF token of the offer page's first form."""
    page = browser.get(OFFER).content.decode()
    return {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page).group(1)}


def test_given_up_it_is_gone(browser, parked, clerk):
    sign_in(browser, clerk)
    (row,) = ParkedForm.objects.all()
    token = hidden(browser)
    assert browser.get(f"/form-safety/parked/{row.pk}/abandon/").status_code == 405
    answer = browser.post(f"/form-safety/parked/{row.pk}/abandon/", token)
    assert answer.url == "/" and not ParkedForm.objects.exists()
    assert AuditEntry.objects.get(action="formsafety.drop").detail["reason"] == "本人放弃"


def test_past_its_time_it_is_neither_offered_nor_kept(browser, parked, clerk):
    (row,) = ParkedForm.objects.all()
    sign_in(browser, clerk)
    with clock.moved(timedelta(minutes=119)):
        assert len(offered(browser)) == 1
    with clock.moved(timedelta(minutes=121)):
        assert offered(browser) == []
        page = browser.get(f"/note/?restore={row.pk}").content.decode()
        assert "无法恢复" in page and TYPED["title"] not in page
        with unit_of_work("test", Actor.system("试")):
            actions.clear()
    assert not ParkedForm.objects.exists()


def test_what_is_too_large_stays_before_the_persons_eyes(browser, office, clerk):
    page = browser.get("/note/")
    expire()
    answer = browser.post("/note/", fill(page, text="太长" * 200_000))
    assert (answer.status_code, answer["X-Error-Code"]) == (403, "formsafety.not_parked")
    text = answer.content.decode()
    assert "512 KB" in text and "太长太长" in text and TYPED["title"] in text and "绝密口令一" not in text
    assert not ParkedForm.objects.exists() and cookie_name() not in browser.cookies


def test_no_room_and_no_vault_are_said_as_well(browser, office, clerk, monkeypatch, settings, tmp_path):
    page = browser.get("/note/")
    expire()
    monkeypatch.setattr(actions, "parked_size", lambda: 10**12)
    assert "暂存空间已满" in browser.post("/note/", fill(page)).content.decode()
    monkeypatch.undo()
    settings.TAIHE_KEY_DIR = tmp_path / "elsewhere"
    answer = browser.post("/note/", fill(page)).content.decode()
    assert "暂时不可用" in answer and TYPED["title"] in answer


def test_a_browser_keeps_a_handful(browser, office, clerk):
    pages = [browser.get("/note/") for _ in range(12)]
    expire()
    for number, page in enumerate(pages):
        browser.post("/note/", fill(page, title=f"第{number}张"))
    sign_in(browser, clerk)
    shown = "".join(browser.get(address).content.decode() for address in offered(browser))
    assert ParkedForm.objects.count() == 10 and "第11张" in shown and "第1张" not in shown.replace("第11张", "")


def test_forms_from_another_site_are_never_kept(browser, office, clerk):
    page = browser.get("/letter/")
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        filled = fill(page, csrfmiddlewaretoken="x" * 64)
        answer = browser.post("/letter/", filled, headers=headers)
        assert (answer.status_code, answer["X-Error-Code"]) == (403, "ui.form_expired")
    assert not ParkedForm.objects.exists()


def test_without_a_key_of_ours_the_csrf_refusal_is_plain(browser, office):
    answer = browser.post("/letter/", {"title": "x"})
    assert (answer.status_code, answer["X-Error-Code"]) == (403, "ui.form_expired")
    as_json = browser.post("/letter/", '{"title": 1}', content_type="application/json")
    assert as_json.json()["code"] == "ui.form_expired"
    assert not ParkedForm.objects.exists()


def test_a_visitors_form_needs_no_sign_in_to_be_put_back(browser, office):
    page = browser.get("/letter/")
    browser.cookies.pop(live.CSRF_COOKIE_NAME)
    assert browser.post("/letter/", fill(page)).url == OFFER
    (address,) = offered(browser)
    restored = browser.get(address)
    assert TYPED["title"] in restored.content.decode()
    right = {"title": "来信", "day": "", "more": "", "moment_0": "", "moment_1": ""}
    browser.post("/letter/", fill(restored, **right))
    assert office.notes == ["来信"]


def test_filled_in_first_and_signed_in_later(browser, office, clerk):
    """A citizen fills in an application as a visitor; sending it asks for sign-in."""
    browser.cookies.clear()
    page = browser.get("/letter/")
    late = browser.post("/apply/", fill(page))
    assert late.url == f"/sign-in/?next={OFFER}"
    sign_in(browser, clerk, OFFER)
    (address,) = offered(browser)
    assert TYPED["title"] in browser.get(address).content.decode()


def test_a_page_without_a_form_simply_asks_for_sign_in(browser, office):
    assert browser.get("/apply/?a=1").url == "/sign-in/?next=/apply/%3Fa%3D1"
    token = hidden_fields(browser.get("/letter/"))["csrfmiddlewaretoken"]
    assert browser.post("/apply/", {"csrfmiddlewaretoken": token}).url == "/sign-in/?next=/"


def test_htmx_leaves_the_fragment_for_the_sign_in_page(browser, office, clerk):
    page = browser.get("/note/")
    expire()
    answer = browser.post("/note/", fill(page), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, f"/sign-in/?next={OFFER}")
    large = browser.post("/note/", fill(page, text="太长" * 200_000), headers={"HX-Request": "true"})
    assert large.status_code == 403 and "<html" not in large.content.decode()


def test_a_sign_in_that_leads_elsewhere_says_that_a_form_waits(browser, parked, clerk):
    page = browser.get(sign_in(browser, clerk, "/listing/").url).content.decode()
    assert f'有 1 张您没有提交的表单已加密暂存，可以<a href="{OFFER}">恢复填写</a>' in page


def test_a_sign_in_without_parked_forms_says_nothing(browser, clerk, person, parked):
    assert "没有提交的表单" not in browser.get(sign_in(browser, person("yanshi-yi")).url).content.decode()


def test_the_offer_asks_for_sign_in_first(browser, parked):
    assert browser.get(OFFER).url == f"/sign-in/?next={OFFER}"


def test_bodies_that_a_view_reads_itself_are_left_alone(browser, office, clerk):
    page = browser.get("/note/")
    expire()
    assert browser.post("/upload/", fill(page)).status_code == 200


def test_nothing_is_asked_of_the_database_for_ordinary_pages(browser, office, django_assert_num_queries):
    with django_assert_num_queries(0):
        browser.get("/letter/")
    assert queries.parked_with("") == []
