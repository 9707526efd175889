"""A small newsroom: a county with two townships, a front page, three columns, writers and three reviewers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taihe.ground.signing import KeyRing
from taihe.inner.workflow.seeds import load_flows

from ..approving import PURPOSE
from . import newsroom as make

FLOWS = Path(__file__).resolve().parents[4] / "config" / "taihe" / "flows"


@pytest.fixture(scope="session")
def approval_keys(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("portal") / "keys"
    KeyRing(folder).create(PURPOSE)
    return folder


@pytest.fixture
def room(settings, tmp_path: Path, approval_keys: Path) -> Iterator[Path]:
    """Folders and keys of this test alone."""
    settings.TAIHE_FOLDER = tmp_path / "inner"
    settings.TAIHE_KEY_DIR = approval_keys
    settings.MEDIA_ROOT = tmp_path / "desk"
    yield tmp_path


@pytest.fixture
def house(db, room: Path) -> make.House:
    """The newsroom, with the review flow deployed."""
    load_flows(FLOWS)
    return make.build()
