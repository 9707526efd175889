from __future__ import annotations

import pytest
from django.db import connection

from taihe.ground.actor import Actor
from taihe.ground.vault.sealed import zone_vault
from taihe.ground.vault.tests.models import Person


@pytest.fixture
def vault(tmp_path, settings):
    """A zone's vault with fresh keys."""
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    zone_vault().ensure()
    return zone_vault()


@pytest.fixture(scope="session")
def person_table(django_db_setup, django_db_blocker):
    """The test table, made outside any transaction (SQLite refuses it inside)."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Person)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Person)


@pytest.fixture
def people(person_table, db, vault):
    """The manager of the test table, empty, with keys in place."""
    return Person.objects


@pytest.fixture
def clerk():
    return Actor(kind="officer", person_id="7", person_name="演示甲", post_name="窗口经办", organ="demo")
