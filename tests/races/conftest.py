"""Races are run between threads with a connection each, on a database file, as the processes of a zone share one.

(The in-memory SQLite of other tests locks by other rules.)
"""

from __future__ import annotations

import pytest
from django.conf import settings


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """A file for SQLite; PostgreSQL stays as it is."""
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3"):
        default["TEST"]["NAME"] = str(tmp_path_factory.mktemp("races") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _on_a_file(django_db_setup):
    """Says what is wrong when another folder's tests made the database first."""
    default = settings.DATABASES["default"]
    if default["ENGINE"].endswith("sqlite3") and "memory" in str(default["NAME"]):
        pytest.fail("on SQLite, tests/races needs a pytest run of its own")
