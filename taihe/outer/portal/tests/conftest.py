"""A press, a disk of two copies, and what a visitor's browser sees of the site."""

from __future__ import annotations

import pytest

from taihe.outer.portal.disk import Disk

from .press import CONTENTS, Press


@pytest.fixture
def press(tmp_path) -> Press:
    return Press(tmp_path)


@pytest.fixture
def disk(tmp_path) -> Disk:
    found = Disk(tmp_path / "portal")
    found.ready()
    return found


@pytest.fixture
def contents() -> dict[str, str]:
    return dict(CONTENTS)
