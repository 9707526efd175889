"""The operator's commands of the gate, as he types them and as they answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from typer.testing import CliRunner, Result

from taihe.gate.errors import NeedsReason
from taihe.gate.half import Half
from taihe.gate.models import Quarantined
from taihe.gate.setup import gate_setup
from taihe.ground.signing import FingerprintDiffers, KeyRing
from taihe.zones import gate_cli
from taihe.zones.keys import export_for_peer, make_keys

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """An operator at the prompt of this zone."""

    zone: str
    folder: Path

    def type(self, *words: str, given: str | None = None) -> Result:
        zoned = () if words[0] == "ferry" else ("--zone", self.zone)
        return CliRunner().invoke(gate_cli.app, [*words, *zoned], input=given)


@pytest.fixture
def desk(settings, tmp_path):
    """This zone and the other, each with its keys; they have not been introduced."""
    zone = settings.TAIHE_ZONE
    settings.TAIHE_FOLDER = tmp_path / zone
    settings.TAIHE_KEY_DIR = tmp_path / zone / "keys"
    settings.TAIHE_GATE = settings.TAIHE_GATE | {"out": tmp_path / "out", "in": tmp_path / "in", "sm2": False}
    make_keys(settings.TAIHE_KEY_DIR, zone, demo=True)
    make_keys(tmp_path / "other" / "keys", {"inner": "outer", "outer": "inner"}[zone], demo=True)
    gate_setup.cache_clear()
    yield Desk(zone, tmp_path)
    gate_setup.cache_clear()


@pytest.fixture
def met(desk: Desk) -> Desk:
    """The two zones know each other's keys."""
    own, other = KeyRing(django_settings.TAIHE_KEY_DIR), KeyRing(desk.folder / "other" / "keys")
    own.import_peer(gate_setup().peer, export_for_peer(other.folder), other.fingerprint("gate"))
    return desk


def test_keys_are_carried_by_hand_and_compared_by_voice(desk: Desk):
    exported = desk.type("keys", "export", str(desk.folder / "own.json"))
    own = KeyRing(django_settings.TAIHE_KEY_DIR).fingerprint("gate")
    assert own in exported.output
    assert "尚未导入" in desk.type("keys", "show").output
    other = KeyRing(desk.folder / "other" / "keys")
    file = desk.folder / "theirs.json"
    file.write_bytes(export_for_peer(other.folder))
    wrong = desk.type("keys", "import", str(file), "--fingerprint", own)
    assert isinstance(wrong.exception, FingerprintDiffers)
    right = desk.type("keys", "import", str(file), given=other.fingerprint("gate").lower() + "\n")
    assert right.exit_code == 0, right.output
    assert other.fingerprint("gate") in desk.type("keys", "show").output


def test_status_is_a_table_for_people_and_json_for_programs(met: Desk):
    met.type("probe", "--wait", "0", "--number", "7")
    Half(gate_setup()).turn()
    told = met.type("status")
    assert told.exit_code == 0, told.output
    assert "状态截至 —" in told.output
    assert "普通" in told.output
    found = json.loads(met.type("status", "--json").output)
    assert found["counts"]["waiting"] == 1
    assert found["out"][0]["sequence"] == 1


def test_a_probe_that_nobody_answers_says_so(met: Desk):
    told = met.type("probe", "--wait", "0.2")
    assert told.exit_code == 1
    assert "仍未应答" in told.output


def test_a_new_epoch_is_asked_for_twice_and_needs_a_reason(met: Desk):
    met.type("probe", "--wait", "0")
    Half(gate_setup()).turn()
    assert met.type("resync", "--reason", "从备份恢复", given="n\n").exit_code == 1
    assert isinstance(met.type("resync", "--reason", "无", "--yes").exception, NeedsReason)
    done = met.type("resync", "--reason", "从备份恢复", given="y\n")
    assert "重新封装 1 封" in done.output, done.output


def test_quarantine_is_listed_shown_and_closed(met: Desk):
    half = Half(gate_setup())
    (gate_setup().incoming / "奇怪的文件.docx").write_bytes(b"x")
    import os

    os.utime(gate_setup().incoming / "奇怪的文件.docx", (1, 1))
    half.turn()
    row = Quarantined.objects.get()
    assert "未处置" in met.type("quarantine", "show", str(row.pk)).output
    assert f"│ {row.pk} " in met.type("quarantine", "list").output
    shown = met.type("quarantine", "show", str(row.pk)).output
    assert row.digest in shown.replace("\n", "")
    assert "不可以" in shown
    refused = met.type("quarantine", "release", str(row.pk), "--reason", "我看可以放行")
    assert refused.exception is not None
    assert met.type("quarantine", "close", str(row.pk), "--reason", "误放的文件").exit_code == 0
    assert f"│ {row.pk} " not in met.type("quarantine", "list").output


def test_the_ferry_wants_both_ends_of_a_way(tmp_path):
    told = CliRunner().invoke(gate_cli.app, ["ferry", str(tmp_path)])
    assert told.exit_code == 2
