"""Production mode refuses to start on demo keys or without secrets, and says which; the demo may."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from taihe.zones.keys import make_keys

ROOT = Path(__file__).resolve().parents[2]


def up(var: Path, **more: str) -> tuple[int, str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TAIHE_", "DJANGO_"))}
    env |= {"TAIHE_VAR": str(var), "TAIHE_MODE": "production", "NO_COLOR": "1", "COLUMNS": "300"} | more
    done = subprocess.run(
        [sys.executable, "-m", "taihe.zones.cli", "up", "--zone", "inner"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def test_missing_keys_are_named(tmp_path: Path) -> None:
    code, words = up(tmp_path)
    assert code == 1
    for name in ("gate", "audit", "web-secret"):
        assert name in words
    assert "Traceback" not in words


def test_demo_keys_are_refused(tmp_path: Path) -> None:
    make_keys(tmp_path / "inner" / "keys", "inner", demo=True)
    code, words = up(tmp_path)
    assert code == 1
    assert "演示" in words


def test_a_single_missing_key_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "inner" / "keys"
    make_keys(folder, "inner", demo=False)
    (folder / "web-secret").unlink()
    code, words = up(tmp_path)
    assert code == 1
    assert "web-secret" in words
    assert "gate、" not in words


def production_keys(var: Path) -> Path:
    folder = var / "inner" / "keys"
    make_keys(folder, "inner", demo=False)
    return folder


def test_debug_a_missing_host_and_a_missing_peer_are_each_named(tmp_path: Path) -> None:
    production_keys(tmp_path)
    for name in ("TAIHE_DEBUG", "TAIHE_CLOCK_OFFSET", "TAIHE_KILLPOINT"):
        code, words = up(tmp_path, **{name: "1"})
        assert (code, name in words) == (1, True), words
    code, words = up(tmp_path)
    assert (code, "TAIHE_HOSTS_INNER" in words) == (1, True), words
    code, words = up(tmp_path, TAIHE_HOSTS_INNER="oa.example")
    assert (code, "公钥" in words) == (1, True), words
