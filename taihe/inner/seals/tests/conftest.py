from __future__ import annotations

import pytest

from taihe.ground.vault.keys import vault_at
from taihe.inner.people.tests.factories import OfficerFactory, OrganFactory, acting
from taihe.inner.seals.actions import issuing


@pytest.fixture
def keys(tmp_path, settings):
    """The zone's key folder, for one test."""
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    return settings.TAIHE_KEY_DIR


@pytest.fixture
def organ(db):
    return OrganFactory(name="太和县演示办公室")


@pytest.fixture
def keeper(organ):
    """Keeps the organ's seal and puts it on papers."""
    return acting(OfficerFactory(organ=organ, roles=["t_keeper"], permissions=["seals.use"]))


@pytest.fixture
def manager(organ):
    return acting(OfficerFactory(organ=organ, roles=["t_manager"], permissions=["seals.manage"]))


@pytest.fixture
def second(organ):
    """Another manager."""
    return acting(OfficerFactory(organ=organ, roles=["t_manager"], permissions=["seals.manage"]))


@pytest.fixture
def seal(keys, manager, organ):
    return issuing.issue(manager, organ_pk=organ.pk, title=organ.name)
