"""From which post one acts: the main post at first, another by the switcher, never one that has ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from taihe.ground import access, clock
from taihe.ground.errors import NotAllowed
from taihe.inner.people.actions import end_appointment
from taihe.inner.people.models import Appointment
from taihe.inner.people.signin.acting import acting_of, actor_of, person_of
from taihe.inner.people.tests.factories import (
    AdminFactory,
    AppointmentFactory,
    OfficerFactory,
    PostFactory,
    StandInFactory,
    acting,
    days,
)

from .conftest import PASSWORD, bind, code, enter, entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def second_post(person):
    return AppointmentFactory(officer=person, post=PostFactory(title="兼任股长"))


def actor(browser: Client):
    return actor_of(browser.get("/account/sessions/").wsgi_request)


def test_after_sign_in_the_main_post_acts(client, person, second_post):
    enter(client, person)
    main = person.appointments.get(is_main=True)
    found = actor(client)
    assert (found.person_id, found.post_id, found.post_name) == (str(person.pk), str(main.post.pk), main.post.title)
    assert (found.organ, found.address, len(found.session)) == (main.post.organ.code, "127.0.0.1", 16)


def test_the_switcher_changes_it_for_this_session_and_is_recorded(client, person, second_post):
    other = Client()
    enter(client, person)
    enter(other, person)
    answer = client.post("/account/post/", {"post": f"a{second_post.pk}", "next": "/account/sessions/"})
    assert answer["Location"] == "/account/sessions/"
    assert actor(client).post_name == "兼任股长"
    assert actor(other).post_name != "兼任股长"
    [entry] = entries("signin.switch_post")
    assert entry.detail["to"].endswith("兼任股长") and entry.detail["kind"] == "additional"
    assert entry.post_name != "兼任股长", "the switch itself is done from the post before it"


def test_the_top_bar_offers_the_posts_and_marks_the_current(client, person, second_post):
    enter(client, person)
    client.post("/account/post/", {"post": f"a{second_post.pk}"})
    shown = person_of(client.get("/account/").wsgi_request)
    assert [(one.title, one.current) for one in shown.posts][1] == ("兼任股长", True)
    assert (shown.name, shown.switch_url) == (person.name, "/account/post/")


@pytest.mark.parametrize("key", ["", "a0", "a999999", "d1", "x", "a1; drop"])
def test_what_is_not_ones_own_cannot_be_chosen(client, person, key):
    before = OfficerFactory(appointed=True)
    keys = [key, f"a{before.appointments.get().pk}"]
    enter(client, person)
    for one in keys:
        assert client.post("/account/post/", {"post": one}).status_code == 409
    assert actor(client).post_id == str(person.appointments.get().post_id)
    assert [one.outcome for one in entries("signin.switch_post")] == ["refused", "refused"]


def test_a_post_that_ended_yesterday_is_no_longer_offered(client, person, second_post):
    enter(client, person)
    Appointment.objects.filter(pk=second_post.pk).update(valid_to=days(-1))
    assert client.post("/account/post/", {"post": f"a{second_post.pk}"}).status_code == 409
    assert "兼任股长" not in client.get("/account/").content.decode()


def test_what_is_sent_from_a_post_that_ended_meanwhile_is_not_done_in_another_name(client, person, second_post):
    enter(client, person)
    client.post("/account/post/", {"post": f"a{second_post.pk}"})
    Appointment.objects.filter(pk=second_post.pk).update(valid_to=days(-1))
    answer = client.post("/account/sessions/end-others/")
    assert answer.status_code == 409
    assert answer["X-Error-Code"] == "signin.acting_ended"
    assert entries("signin.end_others") == []
    assert client.post("/account/sessions/end-others/").status_code == 302, "said once, the main post acts on"


def test_reading_goes_on_from_the_main_post(client, person, second_post):
    enter(client, person)
    client.post("/account/post/", {"post": f"a{second_post.pk}"})
    with clock.moved(timedelta(minutes=1)):
        end_appointment(acting(AdminFactory(duty="system")), second_post.pk, second_post.version, last_day=days(-1))
        assert actor(client).post_id == str(person.appointments.get(is_main=True).post_id)


def test_a_stand_in_acts_for_another_by_name(client, person):
    covering = StandInFactory(deputy=person, principal=AppointmentFactory(officer=OfficerFactory(name="演甲")))
    enter(client, person)
    client.post("/account/post/", {"post": f"s{covering.pk}"})
    assert (actor(client).on_behalf_of, actor(client).post_id) == ("演甲", str(covering.principal.post_id))
    shown = person_of(client.get("/account/").wsgi_request)
    assert shown.acting.on_behalf_of == "演甲"
    with clock.moved(timedelta(days=7)):
        again = Client()
        enter(again, person)
        assert again.post("/account/post/", {"post": f"s{covering.pk}"}).status_code == 409


def test_an_administrator_acts_as_one_only_after_a_second_proof(client, db, vault_keys):
    admin = AdminFactory(duty="security", password=PASSWORD)
    enter(client, admin)
    found = acting_of(client.get("/account/second/").wsgi_request)
    assert found.choices == () and found.current is None
    bind(admin)
    proved = Client()
    enter(proved, admin, second=code())
    assert actor(proved).post_id == "duty:security"
    assert access.may(proved.get("/account/").wsgi_request, "sessions.end")


def test_without_any_post_one_still_has_an_account(client, db, vault_keys):
    nobody = OfficerFactory(password=PASSWORD)
    enter(client, nobody)
    assert client.get("/account/").status_code == 200
    assert (actor(client).post_id, actor(client).person_name) == ("", nobody.name)


def test_unsigned_requests_have_no_actor():
    request = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), {}
    assert person_of(request) is None
    with pytest.raises(NotAllowed):
        access.actor_of(request)
    assert access.may(request, "sessions.end") is False


def test_request_actor_is_looked_up_once(client, person, django_assert_max_num_queries):
    enter(client, person)
    request = client.get("/account/sessions/").wsgi_request
    with django_assert_max_num_queries(0):
        assert request.actor.person_id == str(person.pk)
