"""Fixtures of the gate's tests: one real half, and the other zone played."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taihe.gate import handlers
from taihe.gate.half import Half
from taihe.gate.letters import base
from taihe.gate.setup import gate_setup
from taihe.ground.signing import KeyRing

from .pair import TEST_LETTERS, Pair, Peer, introduce, make_ring


@pytest.fixture(scope="session")
def rings(tmp_path_factory) -> dict[str, Path]:
    """Key folders of this zone, of the other, and of a stranger; made once, since no test changes them."""
    zone, peer = gate_setup().zone, gate_setup().peer
    made = {name: make_ring(tmp_path_factory.mktemp("keys") / name) for name in (zone, peer, "stranger")}
    introduce(made[zone], made[peer], peer)
    introduce(made[peer], made[zone], zone)
    introduce(made["stranger"], made[zone], zone)
    return {name: ring.folder for name, ring in made.items()}


@pytest.fixture
def gate_settings(settings, tmp_path: Path, rings) -> dict:
    """TAIHE_GATE of this test; change it before the pair is built."""
    zone = settings.TAIHE_ZONE
    settings.TAIHE_KEY_DIR = rings[zone]
    settings.TAIHE_FOLDER = tmp_path / "zone"
    settings.TAIHE_GATE = settings.TAIHE_GATE | {
        "out": tmp_path / "out",
        "in": tmp_path / "in",
        "acknowledged": True,
        "resend_seconds": 30,
        "sm2": False,
    }
    return settings.TAIHE_GATE


@pytest.fixture
def letters(monkeypatch) -> list:
    """The test letters on the whitelist, and a list that fills with what is carried out."""
    handled: list = []
    monkeypatch.setattr(base, "_known", dict(base._known))
    monkeypatch.setattr(handlers, "_handlers", dict(handlers._handlers))
    for shape in TEST_LETTERS:
        base.letter(shape)
    for shape in {one.KIND: one for one in TEST_LETTERS}.values():
        handlers.receives(shape)(lambda letter, *files: handled.append(letter))
    return handled


@pytest.fixture
def pair(gate_settings, letters, rings) -> Iterator[Pair]:
    """A gate whose other half is played."""
    gate_setup.cache_clear()
    setup = gate_setup()
    yield Pair(setup, Half(setup), Peer(setup, KeyRing(rings[setup.peer])), letters)
    gate_setup.cache_clear()


@pytest.fixture
def stranger(rings) -> KeyRing:
    """Keys this zone was never shown."""
    return KeyRing(rings["stranger"])
