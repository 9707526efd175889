"""The two commands stand on locks that name no address, and tests never leave this machine."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted(ROOT.glob("requirements*.lock"))
VENDOR = ROOT / "taihe/ground/ui/static/vendor"


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^([A-Za-z0-9._-]+==[^ ]+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_no_lock_names_an_address(lock: Path) -> None:
    assert "://" not in lock.read_text("utf-8")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text("utf-8").strip())
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_dev_lock_holds_the_run_lock() -> None:
    """scripts/bootstrap lets `make run` use an environment made for `make test`."""
    assert pins("requirements.lock") < pins("requirements-dev.lock")
    assert pins("requirements-uv.lock") <= pins("requirements-dev.lock")


def test_front_end_files_are_exactly_the_listed_ones() -> None:
    listed = [line for line in (ROOT / "scripts/frontend-files.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    names = {line.split()[1] for line in listed if line}
    assert {file.name for file in VENDOR.iterdir() if file.name[0] != "."} == names | {"icons.svg", "licences.txt"}
    assert sum(file.stat().st_size for file in VENDOR.iterdir()) <= 3_000_000


def test_the_sprite_holds_every_listed_icon() -> None:
    icons = [line for line in (ROOT / "scripts/frontend-icons.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    assert set(re.findall(r'id="i-([a-z0-9-]+)"', (VENDOR / "icons.svg").read_text("utf-8"))) == set(icons)


def test_front_end_versions_are_exact_and_locked() -> None:
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        assert locked[f"node_modules/{name}"]["version"] == version


@pytest.mark.parametrize("host", ["198.51.100.7", "2001:db8::7", "county.example"])
def test_no_test_reaches_another_machine(host: str) -> None:
    with pytest.raises(BaseException, match="tests stay on this machine"):
        socket.create_connection((host, 80), timeout=1)
