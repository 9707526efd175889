"""A throw-away key folder for tests that sign."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taihe.ground.signing import SM2, X25519, KeyRing, sm2_purpose
from taihe.ground.vault.keys import vault_at


@pytest.fixture
def key_dir(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """The zone's key folder, with audit, gate and vault keys, for one test."""
    folder = tmp_path / "keys"
    ring = KeyRing(folder)
    wanted = {"audit": "Ed25519", "gate": "Ed25519", sm2_purpose("gate"): SM2, "gate-box": X25519}
    for purpose, algorithm in wanted.items():
        ring.ensure(purpose, algorithm)
    vault_at(folder).ensure()
    settings.TAIHE_KEY_DIR = folder
    yield folder
