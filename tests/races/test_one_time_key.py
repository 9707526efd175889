"""A form sent twice at the same instant: without the claim on its key it is carried out twice, with it once."""

from __future__ import annotations

import threading
import uuid
from functools import partial

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.formsafety import actions, queries
from taihe.ground.formsafety.models import OneTimeKey
from taihe.ground.formsafety.tests.office import open_office
from taihe.ground.testkit.forms import hidden_fields
from tests.races.together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(settings, monkeypatch, tmp_path):
    return open_office(settings, monkeypatch, tmp_path)


@pytest.fixture
def signed_in(office):
    """A signed-in browser; its cookies are what the two windows share."""
    model = get_user_model()
    clerk = model._default_manager.create(**{model.USERNAME_FIELD: "yanshi-jia"})
    browser = Client(enforce_csrf_checks=True)
    browser.post("/sign-in/", {"who": clerk.pk})
    return browser


def window(browser: Client) -> Client:
    """Another window of the same browser, for a thread of its own."""
    other = Client(enforce_csrf_checks=True)
    other.cookies.update(browser.cookies)
    return other


def send(browser: Client, *filled: dict[str, str]) -> list:
    windows = [(window(browser), one) for one in filled]
    return at_once([partial(by.post, "/note/", one) for by, one in windows])


@pytest.fixture
def both_checked(monkeypatch):
    """Both senders have been told that the key is unused before either goes on."""
    meet, told, real = threading.Barrier(2, timeout=30), [], queries.used_key

    def used_key(key: str) -> OneTimeKey | None:
        found = real(key)
        if len(told) < 2:
            told.append(found)
            meet.wait()
        return found

    monkeypatch.setattr(queries, "used_key", used_key)
    return told


def recorded() -> int:
    return AuditEntry.objects.filter(action="test.note", outcome="done").count()


def test_without_the_claim_it_is_carried_out_twice(signed_in, office, both_checked, monkeypatch):
    def unclaimed(actor, key, form):
        return OneTimeKey.objects.create(
            key=uuid.uuid4().hex, form=form, person_id=actor.person_id, used_at=clock.now()
        )

    monkeypatch.setattr(actions, "use_key", unclaimed)
    filled = hidden_fields(signed_in.get("/note/")) | {"title": "收文"}
    answers = send(signed_in, filled, filled)
    assert both_checked == [None, None]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert office.notes == ["收文", "收文"] and recorded() == 2


def test_with_the_claim_it_is_carried_out_once(signed_in, office, both_checked):
    filled = hidden_fields(signed_in.get("/note/")) | {"title": "收文"}
    answers = send(signed_in, filled, filled)
    assert both_checked == [None, None]
    assert len({answer.url for answer in answers}) == 1
    assert office.notes == ["收文"] and recorded() == 1 and OneTimeKey.objects.count() == 1


def test_eight_at_once_are_carried_out_once(signed_in, office):
    filled = hidden_fields(signed_in.get("/note/")) | {"title": "收文"}
    answers = send(signed_in, *[filled] * 8)
    assert {answer.url for answer in answers} == {answers[0].url}
    assert office.notes == ["收文"] and recorded() == 1


def test_a_refused_twin_does_not_use_the_key_up(signed_in, office, both_checked):
    """Whichever of the two comes first, what can be done is done."""
    hidden = hidden_fields(signed_in.get("/note/"))
    send(signed_in, hidden | {"title": "不行"}, hidden | {"title": "行"})
    assert office.notes == ["行"] and recorded() == 1


def test_different_forms_do_not_wait_for_each_other_s_keys(signed_in, office):
    forms = [hidden_fields(signed_in.get("/note/")) | {"title": f"第{n}张"} for n in range(6)]
    answers = send(signed_in, *forms)
    assert len({answer.url for answer in answers}) == 6
    assert sorted(office.notes) == sorted(f"第{n}张" for n in range(6))
