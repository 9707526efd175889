"""A zone folder with keys, and the public side played beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taihe.gate.setup import gate_setup
from taihe.ground.releases import PURPOSE, ObjectStore
from taihe.ground.signing import KeyRing

from ...approving import PURPOSE as APPROVAL
from .. import sources
from . import office


@pytest.fixture(scope="session")
def key_folders(tmp_path_factory) -> tuple[Path, Path]:
    """Keys of the office wing, and a ring that knows only their public halves."""
    inner, outer = (tmp_path_factory.mktemp("keys") / name for name in ("inner", "outer"))
    ring, reader = KeyRing(inner), KeyRing(outer)
    for purpose in ("gate", PURPOSE, APPROVAL):
        ring.create(purpose)
    reader.import_peer("inner", ring.export_public("gate", PURPOSE), ring.fingerprint("gate"))
    return inner, outer


@pytest.fixture
def room(settings, tmp_path: Path, key_folders) -> Iterator[Path]:
    """A zone of its own: folder, keys, empty memory."""
    settings.TAIHE_FOLDER = tmp_path / "zone"
    settings.TAIHE_KEY_DIR = key_folders[0]
    settings.TAIHE_GATE = settings.TAIHE_GATE | {"out": tmp_path / "out", "in": tmp_path / "in", "sm2": False}
    portal = settings.TAIHE_COUNTY["portal"] | {"domain": office.SITE}
    settings.TAIHE_COUNTY = settings.TAIHE_COUNTY | {"portal": portal}
    gate_setup.cache_clear()
    sources.forget()
    yield tmp_path
    gate_setup.cache_clear()
    sources.forget()


@pytest.fixture
def outside(room: Path, key_folders) -> office.Outside:
    """The public side."""
    return office.Outside(KeyRing(key_folders[1]), ObjectStore(room / "outside"))
