from __future__ import annotations

import pytest
from django.test import Client

from taihe.ground.signing import KeyRing
from taihe.ground.vault.keys import vault_at
from taihe.inner.people.models import Officer
from taihe.inner.people.tests import factories as make


@pytest.fixture
def keys(tmp_path, settings):
    """Keys of the vault and of the chain, for one test."""
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    ring = KeyRing(settings.TAIHE_KEY_DIR)
    ring.ensure("audit")
    return ring


def browser(officer: Officer) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(officer)
    client.officer = officer  # type: ignore[attr-defined]  # for tests that name who acts
    return client


@pytest.fixture
def system(keys):
    return browser(make.AdminFactory(duty="system", name="演系统"))


@pytest.fixture
def security(keys):
    return browser(make.AdminFactory(duty="security", name="示安全"))


@pytest.fixture
def auditor(keys):
    return browser(make.AdminFactory(duty="audit", name="样审计"))
