"""The top bar's search: what an action changed is found a moment later, under its new name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.search.index import Index
from taihe.ground.search.indexer import index_round, rebuild
from taihe.inner.people import actions, search
from taihe.inner.people.jobs import day_begins
from taihe.inner.people.tests import factories as make
from taihe.inner.people.tests.factories import acting
from taihe.inner.people.views import search as view

pytestmark = pytest.mark.django_db


@pytest.fixture
def index(tmp_path, monkeypatch) -> Index:
    made = Index(tmp_path / "index")
    monkeypatch.setattr(view, "zone_index", lambda: made)
    monkeypatch.setattr("taihe.ground.search.indexer.zone_index", lambda: made)
    return made


def catch_up(index: Index) -> None:
    while index_round(index):
        pass


@pytest.fixture
def reader(index):
    client = Client()
    client.force_login(make.OfficerFactory(name="演读者"))
    return lambda words: client.get(reverse("people:search"), {"q": words}).content.decode()


def test_organs_and_people_are_found_by_name_letters_and_code(index, reader):
    organ = make.OrganFactory(code="CZ01", name="太和县财政局", short_name="县财政局", pinyin="xiancaizhengju xczj")
    make.OfficerFactory(name="例同事", organ=organ, title="会计")
    rebuild()
    catch_up(index)
    for words in ("财政", "xczj", "cz01"):
        assert "太和县财政局</a>" in reader(words), words
    for words in ("例同事", "litongshi", "会计"):
        assert "例同事</a>" in reader(words), words
    assert "没有找到" in reader("没有这个词")


def test_what_an_action_changes_is_found_under_its_new_name_and_not_the_departed(index, reader, system):
    organ = make.OrganFactory(name="太和县旧名局", short_name="旧名局")
    person = make.OfficerFactory(name="例姓名", organ=organ, appointed=True)
    keeper = system
    actions.rename_organ(keeper, organ.pk, organ.version, name="太和县新名局", short_name="新名局")
    actions.edit_officer(keeper, person.pk, person.version, name="例改名")
    catch_up(index)
    assert "太和县新名局</a>" in reader("新名局")
    found = reader("例改名")
    assert "例改名</a>" in found and "新名局" in found
    assert "太和县新名局</a>" in reader("旧名局"), "a former name still leads there"
    person.refresh_from_db()
    actions.leave_officer(keeper, person.pk, person.version, reason="调离本县")
    catch_up(index)
    assert "例改名</a>" not in reader("例改名")


def test_nobody_but_officials_searches():
    assert search.reader_scopes(make.SYSTEM) == ()
    assert search.reader_scopes(acting(make.OfficerFactory())) == (search.OFFICIALS,)


def test_a_post_that_begins_or_ends_by_the_calendar_alone_is_seen_next_morning(index, reader):
    organ = make.OrganFactory(name="太和县未来局", short_name="未来局")
    person = make.OfficerFactory(name="例未来")
    post = make.PostFactory(organ=organ, title="特派员")
    make.AppointmentFactory(officer=person, post=post, valid_from=make.days(1), valid_to=make.days(3))
    rebuild()
    catch_up(index)
    assert "特派员" not in reader("例未来")
    for later, seen in ((1, True), (4, False)):
        with clock.moved(timedelta(days=later)):
            with unit_of_work("test.day", make.SYSTEM):
                day_begins()
            catch_up(index)
            assert ("特派员" in reader("例未来")) is seen
