"""Which zone holds which keys: pages can be signed in the office wing and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from taihe.ground.errors import BadSetup
from taihe.ground.releases import PURPOSE, sign, verify
from taihe.ground.signing import KeyRing
from taihe.zones.keys import introduce, make_keys, require_production


@pytest.fixture
def folders(tmp_path: Path) -> dict[str, Path]:
    made = {zone: tmp_path / zone for zone in ("inner", "outer")}
    for zone, folder in made.items():
        make_keys(folder, zone, demo=True)
    return made


def test_only_the_office_wing_can_sign_pages(folders):
    introduce(folders)
    inner, outer = (KeyRing(folders[zone]) for zone in ("inner", "outer"))
    for sm2 in (False, True):
        signature = sign(b"release", inner, sm2=sm2)
        assert verify(b"release", signature, outer, peer="inner", sm2=sm2) == inner.active_key_id(PURPOSE)
    with pytest.raises(BadSetup):
        sign(b"release", outer)
    held = {file.name for file in folders["outer"].rglob("*.pem") if not file.name.endswith(".pub.pem")}
    assert not held & {f"{inner.active_key_id(PURPOSE)}.pem"}
    assert "portal-approval" not in outer.purposes("inner")


def test_zones_met_before_pages_had_keys_are_introduced_again(folders):
    introduce(folders)
    inner, outer = (KeyRing(folders[zone]) for zone in ("inner", "outer"))
    fresh = inner.rotate(PURPOSE)
    assert fresh not in {one.key_id for one in outer.records(PURPOSE, "inner")}
    introduce(folders)
    assert outer.public_key(PURPOSE, peer="inner").key_id == fresh


def test_a_public_host_with_the_key_of_pages_does_not_start(tmp_path, monkeypatch):
    folder = tmp_path / "outer"
    make_keys(folder, "outer", demo=False)
    KeyRing(folder).create(PURPOSE)
    with pytest.raises(BadSetup, match="签署页面"):
        require_production(folder, "outer")
