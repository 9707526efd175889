"""Passkeys as second factor: registered, used, copied, replayed, removed (a software key answers)."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from taihe.inner.people.signin import queries
from taihe.inner.people.tests.factories import OfficerFactory

from .authenticator import SoftKey
from .conftest import PASSWORD, bind, code, enter, entries, signed_in

pytestmark = pytest.mark.django_db
HERE = "localhost"


def options(answer) -> dict:
    text = re.search(r'id="passkey-options" type="application/json">(.*?)</script>', answer.content.decode(), re.S)
    assert text, "the page offers no passkey"
    return json.loads(unescape(text[1]))


def add(client: Client, key: SoftKey, **more):
    asked = options(client.get("/account/second/passkeys/add/"))
    form = {"name": "办公室电脑", "password": PASSWORD, "credential": json.dumps(key.create(asked))}
    return client.post("/account/second/passkeys/add/", form | more)


@pytest.fixture
def here(person):
    client = Client(HTTP_HOST=HERE)
    enter(client, person)
    return client


@pytest.fixture
def key(here):
    made = SoftKey()
    assert add(here, made).status_code == 200
    return made


def second(person, key: SoftKey, asked=None, client: Client | None = None):
    client = client or Client(HTTP_HOST=HERE)
    enter(client, person)
    asked = asked or options(client.get("/signin/second/"))
    return client, client.post("/signin/second/", {"credential": json.dumps(key.get(asked))})


def test_added_with_recovery_codes_and_then_asked_for_at_sign_in(here, person, key):
    [held] = queries.factors_of(person).passkeys
    assert (held.name, held.used_at, queries.factors_of(person).codes_left) == ("办公室电脑", None, 10)
    client, answer = second(person, key)
    assert answer["Location"] == "/" and signed_in(client)
    assert entries("signin.sign_in")[-1].detail["method"] == "passkey"
    assert entries("signin.add_passkey")[0].detail["factor"] == "passkey"


def test_used_again_and_again(person, key):
    for _ in range(3):
        assert second(person, key)[1].status_code == 302


def test_a_copied_key_is_noticed_by_its_counter(person, key):
    second(person, key)
    copy = SoftKey(credential_id=key.credential_id, private=key.private, counter=0)
    client, answer = second(person, copy)
    assert answer.status_code == 422 and not signed_in(client)
    assert [one.detail["step"] for one in entries("signin.fail")] == ["passkey"]


def test_an_answer_opens_only_where_and_when_it_was_asked(person, key):
    first = Client(HTTP_HOST=HERE)
    enter(first, person)
    asked = options(first.get("/signin/second/"))
    answer = {"credential": json.dumps(key.get(asked))}
    other = Client(HTTP_HOST=HERE)
    enter(other, person)
    other.get("/signin/second/")
    assert other.post("/signin/second/", answer).status_code == 422
    assert first.post("/signin/second/", answer).status_code == 302


def test_a_wrong_answer_spends_the_challenge(person, key):
    client = Client(HTTP_HOST=HERE)
    enter(client, person)
    asked = options(client.get("/signin/second/"))
    stranger = SoftKey()
    assert client.post("/signin/second/", {"credential": json.dumps(stranger.get(asked))}).status_code == 422
    assert client.post("/signin/second/", {"credential": json.dumps(key.get(asked))}).status_code == 422


def test_another_persons_key_opens_nothing(person, key):
    other = OfficerFactory(password=PASSWORD)
    browser = Client(HTTP_HOST=HERE)
    enter(browser, other)
    add(browser, SoftKey())
    assert second(other, key)[1].status_code == 422


def test_a_key_of_another_site_opens_nothing(person, key):
    for wrong in ({"origin": "http://evil.example"}, {"rp_id": "evil"}, {"origin": "https://localhost.evil.example"}):
        bad = SoftKey(credential_id=key.credential_id, private=key.private, counter=5, **wrong)
        assert second(person, bad)[1].status_code == 422


@pytest.mark.parametrize(
    "garbage",
    ["{}", "[]", '"x"', "5", '{"id": 1}', '{"id":"AA","rawId":"AA","type":"public-key","response":{}}',
     '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA",'
     '"signature":"AA","attestationObject":"AA"}}', "not json", "null"],
)  # fmt: skip
def test_garbage_is_a_wrong_answer_and_no_fault(here, person, key, garbage):
    client = Client(HTTP_HOST=HERE)
    enter(client, person)
    client.get("/signin/second/")
    assert client.post("/signin/second/", {"credential": garbage}).status_code == 422
    here.get("/account/second/passkeys/add/")
    form = {"name": "钥匙", "password": PASSWORD, "credential": garbage}
    assert here.post("/account/second/passkeys/add/", form).status_code == 422
    assert len(queries.factors_of(person).passkeys) == 1


def test_nothing_is_added_without_the_password_or_for_another_challenge(here, person):
    assert "当前密码不正确" in add(here, SoftKey(), password="Wrong-One-11").content.decode()
    asked = options(here.get("/account/second/passkeys/add/"))
    here.get("/account/second/passkeys/add/")
    form = {"name": "钥匙", "password": PASSWORD, "credential": json.dumps(SoftKey().create(asked))}
    assert here.post("/account/second/passkeys/add/", form).status_code == 422
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "10.2.3.4", "office.example"])
def test_where_browsers_allow_no_passkey_none_is_offered(person, key, host):
    client = Client(HTTP_HOST=host)
    enter(client, person)
    page = client.get("/signin/second/").content.decode()
    assert "passkey-options" not in page and "只能在绑定时所用的网址使用" in page
    bind(OfficerFactory(sign_in_name="with.app", password=PASSWORD))
    other = Client(HTTP_HOST=host)
    enter(other, "with.app", second=code())
    assert "当前网址不支持" in other.get("/account/second/passkeys/add/").content.decode()


def test_removed_after_the_password(here, person, key):
    [held] = queries.factors_of(person).passkeys
    path = f"/account/second/passkeys/{held.pk}/remove/"
    assert "办公室电脑" in here.get(path).content.decode()
    assert here.post(path, {"password": PASSWORD})["Location"] == "/account/second/"
    assert not Authenticator.objects.exists()
    assert here.get(path).status_code == 404


def test_somebody_elses_key_cannot_be_removed(here, person, key):
    [held] = queries.factors_of(person).passkeys
    other = Client(HTTP_HOST=HERE)
    enter(other, OfficerFactory(password=PASSWORD))
    assert other.post(f"/account/second/passkeys/{held.pk}/remove/", {"password": PASSWORD}).status_code == 404
    assert queries.has_factor(person)
