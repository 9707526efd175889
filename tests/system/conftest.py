"""Templates are laid out once per session; every test lives in a copy."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest

from .house import House, house_from, lay_out

CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")


@pytest.fixture(scope="session")
def bare_template(tmp_path_factory):
    """Two bare zones with keys and empty tables."""
    return lay_out(tmp_path_factory.mktemp("bare") / "var", bare=True)


@pytest.fixture(scope="session")
def full_template(tmp_path_factory):
    """Two full zones with keys and empty tables."""
    return lay_out(tmp_path_factory.mktemp("full") / "var", bare=False)


@pytest.fixture
def bare_house(bare_template, tmp_path) -> Iterator[House]:
    """A bare county with its nurseries open; nothing runs yet."""
    with house_from(bare_template, tmp_path / "var") as house:
        house.open_nurseries()
        yield house


@pytest.fixture
def chance(request) -> random.Random:
    """Chance that can be had again: TAIHE_SEED, printed with every failure."""
    seed = os.environ.get("TAIHE_SEED") or str(random.randrange(10**9))
    print(f"TAIHE_SEED={seed}")
    return random.Random(f"{seed}{request.node.name}")
