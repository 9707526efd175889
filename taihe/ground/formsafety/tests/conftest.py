from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from taihe.ground.formsafety.tests.models import Notice
from taihe.ground.formsafety.tests.office import open_office


@pytest.fixture
def office(tmp_path, settings, monkeypatch, db):
    return open_office(settings, monkeypatch, tmp_path)


@pytest.fixture
def person():
    """Makes a person who can sign in, whatever the zone's account is called."""
    model = get_user_model()
    return lambda name: model._default_manager.create(**{model.USERNAME_FIELD: name})


@pytest.fixture
def browser(office):
    """A browser that is held to the CSRF rules."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def clerk(browser, person):
    """The person signed in at `browser`."""
    someone = person("yanshi-jia")
    browser.post("/sign-in/", {"who": someone.pk})
    return someone


@pytest.fixture(scope="session")
def notice_table(django_db_setup, django_db_blocker):
    """The test table, made outside any transaction (SQLite refuses it inside)."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Notice)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Notice)


@pytest.fixture
def notice(notice_table, office):
    return Notice.objects.create(title="原标题")
