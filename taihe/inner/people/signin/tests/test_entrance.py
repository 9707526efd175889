"""Through the door and out again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse

from taihe.ground import clock
from taihe.inner.people.models import Officer, SessionNote, SignInGuard
from taihe.inner.people.signin.errors import WrongNameOrPassword
from taihe.inner.people.tests.factories import OfficerFactory

from .conftest import PASSWORD, bind, code, enter, entries, signed_in

pytestmark = pytest.mark.django_db


def test_the_right_password_opens_and_is_recorded(client, person):
    answer = enter(client, person)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert signed_in(client)
    [entry] = entries("signin.sign_in")
    assert (entry.person_id, entry.outcome, entry.address) == (str(person.pk), "done", "127.0.0.1")
    assert entry.detail["method"] == "password"
    note = SessionNote.objects.get()
    assert (note.officer, note.method, note.ended_at) == (person, "password", None)
    assert note.session_key not in str(entry.detail), "the record may not hold what opens a session"


def test_letter_case_and_blanks_around_the_name_do_not_matter(client, person):
    assert enter(client, f"  {person.sign_in_name.upper()} ").status_code == 302


def test_full_width_letters_and_digits_are_understood(client, bound):
    wide = str.maketrans({chr(one): chr(one + 0xFEE0) for one in range(0x21, 0x7F)})
    assert enter(client, bound.sign_in_name.translate(wide), second=code().translate(wide)).status_code == 302


@pytest.mark.parametrize("typed", ["\x00", "demo\x00x", "x" * 5000, "\ud83d\ude00" * 30, "' or 1=1 --", " "])
def test_whatever_is_typed_is_no_fault(client, person, typed):
    typed = typed.encode("utf-16", "surrogatepass").decode("utf-16")
    assert enter(client, typed, typed).status_code == 422


@pytest.mark.parametrize("wanted", ["/account/", "/account/?tab=1"])
def test_the_wanted_page_follows(client, person, wanted):
    assert enter(client, person, next=wanted)["Location"] == wanted


@pytest.mark.parametrize("wanted", ["https://other.example/", "//other.example/", "javascript:alert(1)", "/\\x"])
def test_no_way_leads_elsewhere(client, person, wanted):
    assert enter(client, person, next=wanted)["Location"] == "/"


def test_every_refusal_says_the_same_whoever_is_asked_for(client, person):
    locked = OfficerFactory(locked=True, password=PASSWORD)
    left = OfficerFactory(left=True, password=PASSWORD)
    no_password = OfficerFactory()
    tries = [(person, "Wrong-One-11"), (locked, PASSWORD), (left, PASSWORD), (no_password, PASSWORD), ("nobody", "x")]
    answers = [enter(Client(), who, password) for who, password in tries]
    assert {one.status_code for one in answers} == {422}
    said = {str(one.context["form"].non_field_errors()) for one in answers}
    assert len(said) == 1 and "登录名或密码不正确" in said.pop()
    assert SessionNote.objects.count() == 0


def test_failures_are_recorded_and_an_unknown_name_only_as_a_digest(client, person):
    enter(client, person, "Wrong-One-11")
    enter(client, "my-secret-typed-here", "x")
    known, unknown = entries("signin.fail")
    assert (known.subject_type, known.subject_id) == ("inner_people.officer", str(person.pk))
    assert known.detail == {"step": "password", "failures": {"account": 1, "address": 1}}
    assert (known.actor_kind, known.address) == ("system", "127.0.0.1"), "nobody has proved who he is"
    assert unknown.subject_title == "未知登录名"
    kept = str([vars(unknown), *map(vars, SignInGuard.objects.all())])
    assert "secret-typed" not in kept


def test_what_was_typed_is_not_lost_but_the_password_is_not_sent_back(client, person):
    page = enter(client, person, "Wrong-One-11").content.decode()
    assert f'value="{person.sign_in_name}"' in page and "Wrong-One-11" not in page


def test_a_planted_session_is_worth_nothing_after_sign_in(person):
    attacker, victim = Client(), Client()
    bind(OfficerFactory(sign_in_name="mallory", password=PASSWORD))
    enter(attacker, "mallory")  # waits for the second step, so there is a session to plant
    planted = attacker.cookies[settings.SESSION_COOKIE_NAME].value
    victim.cookies[settings.SESSION_COOKIE_NAME] = planted
    enter(victim, person)
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert "signin_pending" not in victim.session
    assert signed_in(victim)
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not signed_in(attacker)


def test_the_form_protection_token_changes_at_sign_in(person):
    client = Client(enforce_csrf_checks=True)
    client.get("/signin/")
    before = client.cookies[settings.CSRF_COOKIE_NAME].value
    form = {"name": person.sign_in_name, "password": PASSWORD, "csrfmiddlewaretoken": before}
    assert client.post("/signin/", form).status_code == 302
    assert client.cookies[settings.CSRF_COOKIE_NAME].value != before


def test_without_the_token_nobody_is_signed_in(person):
    client = Client(enforce_csrf_checks=True)
    assert enter(client, person).status_code == 403
    assert SessionNote.objects.count() == 0


def test_a_lapsed_one_time_password_says_so_only_to_who_knows_it(client, person):
    Officer.objects.filter(pk=person.pk).update(
        must_change_password=True, password_expires_at=clock.now() + timedelta(hours=1)
    )
    with clock.moved(timedelta(hours=2)):
        assert "已过有效期" in enter(client, person).content.decode()
        assert "已过有效期" not in enter(client, person, "Wrong-One-11").content.decode()
    assert enter(client, person).status_code == 302


def test_signing_out_ends_the_session(client, person):
    enter(client, person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/signout/").status_code == 405
    assert client.post("/signout/")["Location"] == "/signout/done/"
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert not signed_in(client)
    assert SessionNote.objects.get().ended_why == "signed_out"
    assert [one.person_id for one in entries("signin.sign_out")] == [str(person.pk)]


def test_a_password_replaced_between_proof_and_entry_opens_nothing(person):
    from taihe.inner.people.signin.acting import plain_actor
    from taihe.inner.people.signin.actions import sign_in

    request = RequestFactory().post("/signin/")
    request.session = Client().session
    Officer.objects.filter(pk=person.pk).update(password="replaced")
    with pytest.raises(WrongNameOrPassword):
        sign_in(plain_actor(request, person), request, person, method="password")
    assert SessionNote.objects.count() == 0


# -- the second step ------------------------------------------------------------------------------


def test_with_an_app_bound_the_password_alone_opens_nothing(client, bound):
    assert enter(client, bound, next="/account/")["Location"] == "/signin/second/"
    assert not signed_in(client)
    assert client.post("/signin/second/", {"code": code()})["Location"] == "/account/"
    assert signed_in(client)
    assert entries("signin.sign_in")[0].detail["method"] == "totp"


def test_a_code_opens_once(bound):
    shown = code()
    assert enter(Client(), bound, second=shown).status_code == 302
    again = Client()
    answer = enter(again, bound, second=shown)
    assert answer.status_code == 422 and "已使用过" in answer.content.decode()
    assert not signed_in(again)


@pytest.mark.parametrize(("offset", "status"), [(-2, 422), (-1, 302), (0, 302), (1, 302), (2, 422)])
def test_a_clock_one_step_off_is_forgiven(client, bound, offset, status):
    noon = clock.now().replace(second=15)  # mid-step, so that the test itself does not cross one
    with clock.fixed(noon):
        assert enter(client, bound, second=code(offset)).status_code == status


def test_an_earlier_step_opens_no_more_after_a_later_one(bound):
    with clock.fixed(clock.now().replace(second=15)):
        assert enter(Client(), bound, second=code(1)).status_code == 302
        assert enter(Client(), bound, second=code(0)).status_code == 422
    with clock.fixed(clock.now().replace(second=15) + timedelta(seconds=60)):
        assert enter(Client(), bound, second=code(0)).status_code == 302


def test_a_recovery_code_opens_once_however_it_is_spaced(client, person):
    first, *_ = bind(person)
    enter(client, person)
    assert client.post("/signin/recovery/", {"code": f" {first[:4]}-{first[4:]} "})["Location"] == "/"
    other = Client()
    enter(other, person)
    assert other.post("/signin/recovery/", {"code": first}).status_code == 422
    assert [one.detail["step"] for one in entries("signin.fail")] == ["recovery"]


def test_the_second_step_waits_some_minutes_only(client, bound):
    enter(client, bound)
    with clock.moved(timedelta(minutes=6)):
        answer = client.post("/signin/second/", {"code": code()})
        assert answer["Location"] == "/signin/?why=step"
        assert "已超时" in client.get(answer["Location"]).content.decode()


def test_the_second_step_falls_with_the_password(client, bound):
    enter(client, bound)
    bound.set_password("Another-Stream-88")
    bound.save()
    assert client.post("/signin/second/", {"code": code()})["Location"] == "/signin/?why=step"


@pytest.mark.parametrize("path", ["/signin/second/", "/signin/recovery/"])
def test_there_is_no_second_step_without_the_first(client, bound, path):
    assert client.get(path)["Location"] == "/signin/?why=step"
    assert client.post(path, {"code": code()})["Location"] == "/signin/?why=step"


def test_an_empty_second_step_counts_as_nothing(client, bound):
    enter(client, bound)
    assert "请输入动态口令" in client.post("/signin/second/", {}).content.decode()
    assert entries("signin.fail") == []


def test_the_demo_code_is_shown_for_demo_secrets_only(client, person, settings):
    bind(person)
    settings.TAIHE_COUNTY = {"demo": {"totp_secret": "TAIHEYANSHIDEMO2TAIHEYANSHIDEMO2"}}
    enter(client, person)
    assert f"<code>{code()}</code>" in client.get("/signin/second/").content.decode()
    settings.TAIHE_COUNTY = {"demo": {"totp_secret": "MFRGGZDFMZTWQ2LKMFRGGZDFMZTWQ2LK"}}
    assert "当前动态口令" not in client.get("/signin/second/").content.decode()
    settings.TAIHE_COUNTY, settings.TAIHE_DEMO = {"demo": {"totp_secret": "TAIHEYANSHIDEMO2TAIHEYANSHIDEMO2"}}, False
    assert "当前动态口令" not in client.get("/signin/second/").content.decode()


# -- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["accounts/login/", "accounts/signup/", "accounts/password/reset/", "accounts/email/", "accounts/2fa/", "login/",
     "signup/", "2fa/", "2fa/totp/deactivate/", "password/reset/", "accounts/confirm-email/x/"],
)  # fmt: skip
def test_the_library_shows_no_page_of_its_own(client, person, path):
    assert client.get(f"/{path}").status_code == 404
    enter(client, person)
    assert client.get(f"/{path}").status_code == 404


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "mfa_index"])
def test_the_library_has_no_addresses(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_unsigned_visitors_are_led_to_the_door_and_back(client, person):
    answer = client.get("/account/?x=1")
    assert answer["Location"] == "/signin/?next=%2Faccount%2F%3Fx%3D1"
    assert client.post("/account/post/", {"post": "a1"})["Location"] == "/signin/"
    fragment = client.get("/account/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (204, "/signin/?next=%2Faccount%2F")


def test_who_is_signed_in_does_not_see_the_door(desk):
    assert desk.get("/signin/?next=/account/")["Location"] == "/account/"


def test_the_demo_table_is_shown_in_the_demo_only(client, db, settings):
    settings.TAIHE_COUNTY = {"demo": {"password": "Demo-Password-1", "accounts": {"demo_clerk": "文书"}}}
    page = client.get("/signin/").content.decode()
    assert "Demo-Password-1" in page and "?name=demo_clerk" in page
    assert 'value="demo_clerk"' in client.get("/signin/?name=demo_clerk").content.decode()
    settings.TAIHE_DEMO = False
    page = client.get("/signin/").content.decode()
    assert "Demo-Password-1" not in page and "演示账号" not in page


def test_passwords_rest_as_argon2id_and_old_costs_are_renewed(client, person, settings):
    settings.PASSWORD_HASHERS = ["taihe.inner.people.signin.hashers.CountyArgon2"]
    settings.TAIHE_ARGON2 = (1, 1024, 1)
    person.set_password(PASSWORD)
    person.save()
    assert person.password.startswith("argon2$argon2id$v=19$m=1024,t=1,p=1$")
    assert identify_hasher(person.password).algorithm == "argon2"
    settings.TAIHE_ARGON2 = (2, 2048, 1)
    settings.PASSWORD_HASHERS = list(settings.PASSWORD_HASHERS)  # hashers are made once and kept
    assert enter(client, person).status_code == 302
    assert signed_in(client)
    person.refresh_from_db()
    assert "$m=2048,t=2,p=1$" in person.password
