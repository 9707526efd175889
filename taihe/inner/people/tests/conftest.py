from __future__ import annotations

import pytest

from taihe.ground.vault.keys import vault_at


@pytest.fixture
def vault_keys(tmp_path, settings):
    """Keys for personal data, for one test."""
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    return settings.TAIHE_KEY_DIR
