from __future__ import annotations

import pytest

from taihe.ground.vault.keys import vault_at
from taihe.inner.people.registry import on_access_ended, on_officer_left

from .factories import AdminFactory, acting


@pytest.fixture
def vault_keys(tmp_path, settings):
    """Keys for personal data, for one test."""
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    return settings.TAIHE_KEY_DIR


@pytest.fixture
def system():
    return acting(AdminFactory(duty="system"))


@pytest.fixture
def security():
    return acting(AdminFactory(duty="security"))


@pytest.fixture
def news():
    """What higher modules hear."""
    heard = []
    on_access_ended("test.sessions")(lambda actor, officer, why: heard.append((officer.name, why)))
    on_officer_left("test.work")(lambda actor, officer: heard.append((officer.name, "work")))
    yield heard
    on_access_ended.remove("test.sessions")
    on_officer_left.remove("test.work")
