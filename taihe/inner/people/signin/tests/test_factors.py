"""Second factors: set up, renewed, taken away; who must have one, and what the demo may know."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from taihe.ground.errors import BadSetup, NotAllowed
from taihe.inner.people.errors import SamePerson
from taihe.inner.people.models import Duty, Officer
from taihe.inner.people.signin import actions, demo, queries
from taihe.inner.people.tests.factories import (
    SYSTEM,
    AdminDutyFactory,
    AdminFactory,
    AppointmentFactory,
    OfficerFactory,
    acting,
)

from .conftest import PASSWORD, SECRET, bind, code, enter, entries, signed_in

pytestmark = pytest.mark.django_db


def shown_secret(client: Client) -> str:
    page = client.get("/account/second/totp/").content.decode()
    assert '<svg class="gv-qr"' in page
    [shown] = re.findall(r'gv-secret"><code>([A-Z2-7 ]+)</code>', page)
    return str(shown).replace(" ", "")


def shown_codes(answer) -> list[str]:
    return [one.replace(" ", "") for one in re.findall(r"<code>(\d{4} \d{4})</code>", answer.content.decode())]


# -- authenticator app ----------------------------------------------------------------------------


def test_scan_prove_print_and_sign_in_with_it(desk, person):
    secret = shown_secret(desk)
    assert shown_secret(desk) == secret, "looking again does not change what was scanned"
    answer = desk.post("/account/second/totp/", {"code": code(-1, secret), "password": PASSWORD})
    codes = shown_codes(answer)
    assert len(set(codes)) == 10
    assert enter(Client(), person, second=code(0, secret)).status_code == 302
    other = Client()
    enter(other, person)
    assert other.post("/signin/recovery/", {"code": codes[3]}).status_code == 302
    [entry] = entries("signin.activate_totp")
    assert entry.detail["factor"] == "totp" and secret not in str(vars(entry))


def test_the_code_that_bound_the_app_does_not_open_too(desk, person):
    secret = shown_secret(desk)
    spent = code(0, secret)
    desk.post("/account/second/totp/", {"code": spent, "password": PASSWORD})
    assert enter(Client(), person, second=spent).status_code == 422


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"code": "000000"}, "动态口令不正确"),
        ({"password": "Wrong-One-11"}, "当前密码不正确"),
        ({"code": ""}, "请输入动态口令"),
        ({"password": ""}, "请输入当前密码"),
    ],
)
def test_nothing_is_bound_without_both_proofs(desk, person, form, why):
    secret = shown_secret(desk)
    answer = desk.post("/account/second/totp/", {"code": code(0, secret), "password": PASSWORD} | form)
    assert answer.status_code == 422 and why in answer.content.decode()
    assert not queries.has_factor(person)


def test_one_app_at_a_time(client, bound):
    enter(client, bound, second=code())
    assert client.get("/account/second/totp/").status_code == 409


def test_secrets_rest_sealed(desk, person):
    secret = shown_secret(desk)
    desk.post("/account/second/totp/", {"code": code(0, secret), "password": PASSWORD})
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept and kept.count("v1.") == 2  # the secret and the seed of the recovery codes


def test_removing_the_last_takes_the_recovery_codes_with_it(client, bound):
    enter(client, bound, second=code())
    page = client.get("/account/second/totp/remove/").content.decode()
    assert "登录时只核对密码" in page
    assert client.post("/account/second/totp/remove/", {"password": "Wrong-One-11"}).status_code == 422
    assert client.post("/account/second/totp/remove/", {"password": PASSWORD})["Location"] == "/account/second/"
    assert not Authenticator.objects.exists()
    assert entries("signin.remove_totp")[0].detail["recovery_codes_removed"] is True
    assert client.post("/account/second/totp/remove/", {"password": PASSWORD}).status_code == 404


def test_new_recovery_codes_replace_the_old(client, person):
    [old, *_] = bind(person)
    enter(client, person, second=code())
    fresh = shown_codes(client.post("/account/second/codes/", {"password": PASSWORD}))
    assert len(fresh) == 10 and old not in fresh
    other = Client()
    enter(other, person)
    assert other.post("/signin/recovery/", {"code": old}).status_code == 422
    assert other.post("/signin/recovery/", {"code": fresh[0]}).status_code == 302
    assert queries.factors_of(person).codes_left == 9


def test_there_are_no_recovery_codes_without_a_factor(desk, person):
    assert desk.post("/account/second/codes/", {"password": PASSWORD}).status_code == 404
    assert not Authenticator.objects.exists()


# -- who must have one ----------------------------------------------------------------------------


@pytest.fixture
def admin(db, vault_keys):
    return AdminFactory(duty="system", appointed=True, password=PASSWORD)


def test_an_administrator_sets_one_up_before_anything_else(client, admin):
    enter(client, admin)
    assert client.get("/account/")["Location"] == "/account/second/"
    assert "须开通第二验证" in client.get("/account/second/").content.decode()
    secret = shown_secret(client)
    answer = client.post("/account/second/totp/", {"code": code(0, secret), "password": PASSWORD})
    assert len(shown_codes(answer)) == 10
    assert client.get("/account/").status_code == 200


def test_an_administrator_keeps_the_last_one(client, admin):
    bind(admin)
    enter(client, admin, second=code())
    assert "解除绑定" not in client.get("/account/second/").content.decode()
    assert client.post("/account/second/totp/remove/", {"password": PASSWORD}).status_code == 409
    assert queries.has_factor(admin)


def test_in_production_the_rule_names_who_else(person, settings, monkeypatch):
    holder = OfficerFactory(roles=["organ_keeper"], permissions=["people.import"])
    at_post = OfficerFactory()
    AppointmentFactory(officer=at_post, post=holder.appointments.get().post)
    words: list[str] = []
    monkeypatch.setattr(queries, "rule", lambda key: words)

    def asked() -> list[bool]:
        return [queries.must_have_factor(one) for one in (person, holder, at_post, AdminFactory())]

    for demo_mode, named, expected in [
        (True, ["administrators", "everyone"], [False, False, False, True]),
        (False, ["administrators", "everyone"], [True, True, True, True]),
        (False, ["administrators"], [False, False, False, True]),
        (False, ["organ_keeper"], [False, True, False, False]),
        (False, [], [False, False, False, False]),
    ]:
        settings.TAIHE_DEMO, words[:] = demo_mode, named
        assert asked() == expected, (demo_mode, named)


def test_the_countys_rule_asks_everyone_in_production(person, settings):
    settings.TAIHE_DEMO = False
    assert queries.must_have_factor(person)


def test_who_becomes_administrator_meanwhile_acts_as_one_after_a_new_sign_in(desk, person):
    AdminDutyFactory(officer=person, duty=Duty.SYSTEM)
    duty = person.admin_duties.get()
    assert desk.post("/account/post/", {"post": f"d{duty.pk}"}).status_code == 409
    secret = shown_secret(desk)
    desk.post("/account/second/totp/", {"code": code(0, secret), "password": PASSWORD})
    assert desk.post("/account/post/", {"post": f"d{duty.pk}"}).status_code == 302


# -- reset ----------------------------------------------------------------------------------------


def test_a_lost_phone_is_reset_by_the_security_administrator(client, bound):
    enter(client, bound, second=code())
    security = acting(AdminFactory(duty="security"))
    actions.reset_factors(security, bound.pk, reason="手机遗失，已核实本人")
    assert not signed_in(client)
    assert enter(Client(), bound)["Location"] == "/"
    [entry] = entries("signin.reset_factors")
    assert entry.detail["removed"] == ["recovery_codes", "totp"]


def test_nobody_resets_the_own_and_no_other_administrator_any(bound):
    security = AdminFactory(duty="security")
    with pytest.raises(SamePerson):
        actions.reset_factors(acting(security), security.pk, reason="手机遗失，已核实本人")
    for duty in ("system", "audit"):
        with pytest.raises(NotAllowed):
            actions.reset_factors(acting(AdminFactory(duty=duty)), bound.pk, reason="手机遗失，已核实本人")
    assert queries.has_factor(bound)


# -- the demo -------------------------------------------------------------------------------------


@pytest.fixture
def demo_county(settings):
    settings.TAIHE_COUNTY = {"demo": {"totp_secret": SECRET, "totp_accounts": ["demo_clerk", "demo_absent"]}}


def test_demo_accounts_get_the_known_secret_once(client, db, vault_keys, demo_county):
    clerk = OfficerFactory(sign_in_name="demo_clerk", password=PASSWORD)
    other = OfficerFactory(password=PASSWORD)
    assert (demo.bind_demo_factors(), demo.bind_demo_factors()) == (1, 0)
    assert enter(client, clerk, second=code()).status_code == 302
    assert not queries.has_factor(other)
    assert len(entries("signin.give_demo_factors")) == 1


def test_the_known_secret_never_reaches_production(db, vault_keys, demo_county, settings):
    OfficerFactory(sign_in_name="demo_clerk")
    settings.TAIHE_DEMO = False
    assert demo.bind_demo_factors() == 0
    with pytest.raises(BadSetup):
        actions.give_demo_factors(SYSTEM, ["demo_clerk"], SECRET)
    assert not Authenticator.objects.exists()


def test_the_countys_demo_names_accounts_that_exist():
    from pathlib import Path

    from django.conf import settings

    named = settings.TAIHE_COUNTY["demo"]
    officers = (Path(settings.COUNTY_DIR) / "demo" / "officers.csv").read_text("utf-8")
    for name in [*named["totp_accounts"], *named["accounts"]]:
        assert f"\n{name}," in officers
    assert len(code(0, named["totp_secret"])) == 6
    assert Officer.USERNAME_FIELD == "sign_in_name"
