from __future__ import annotations

import pytest

from taihe.ground.signing import BOX_ALGORITHM, BOX_PURPOSE, SM2, KeyRing


@pytest.fixture
def inner(tmp_path):
    """The inner zone's ring, with a key for each purpose of the gate."""
    ring = KeyRing(tmp_path / "inner")
    ring.ensure("gate")
    ring.ensure("gate-sm2", SM2)
    ring.ensure(BOX_PURPOSE, BOX_ALGORITHM)
    return ring


@pytest.fixture
def outer(tmp_path, inner):
    """The outer zone's ring, which has taken over the inner zone's public keys."""
    ring = KeyRing(tmp_path / "outer")
    file = inner.export_public("gate", "gate-sm2", BOX_PURPOSE)
    ring.import_peer("inner", file, inner.fingerprint("gate"))
    return ring
