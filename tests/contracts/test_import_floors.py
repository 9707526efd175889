"""Imports only point down: the contracts of pyproject.toml hold, cover every room, and do bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A module planted in a copy of the house, what it does wrong, and the words with which the contracts must name it.
PLANTED = {
    "taihe/outer/citizens/planted.py": (
        "import taihe.inner.people",
        "taihe.outer is not allowed to import taihe.inner",
    ),
    "taihe/inner/people/planted.py": (
        "import taihe.outer.citizens",
        "taihe.inner is not allowed to import taihe.outer",
    ),
    "taihe/gate/planted.py": ("import taihe.inner.people", "taihe.gate is not allowed to import taihe.inner"),
    "taihe/ground/planted.py": ("import taihe.gate", "taihe.ground is not allowed to import taihe.gate"),
    "taihe/gate/kit_user.py": ("import taihe.ground.testkit", "taihe.gate.kit_user"),
    "taihe/inner/stables/__init__.py": ("", "taihe.inner.stables"),
    "taihe/outer/stables/__init__.py": ("", "taihe.outer.stables"),
    "taihe/stables/__init__.py": ("", "taihe.stables"),
    "taihe/ground/hen.py": ("from . import egg", ".hen"),
    "taihe/ground/egg.py": ("from . import hen", ".egg"),
}


def contracts() -> list[dict]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


def judge(house: Path) -> tuple[int, str]:
    """Exit code and flattened words of lint-imports over one tree."""
    tool = str(Path(sys.executable).with_name("lint-imports"))
    done = subprocess.run(
        [tool, "--no-logo", "--no-cache"], cwd=house, capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, " ".join((done.stdout + done.stderr).split())


@pytest.fixture
def copy_of_the_house(tmp_path: Path) -> Path:
    for file in (ROOT / "taihe").rglob("*.py"):
        target = tmp_path / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_planted_violations_are_each_named(copy_of_the_house: Path) -> None:
    code, words = judge(copy_of_the_house)
    assert code == 0, words
    for name, (text, _) in PLANTED.items():
        file = copy_of_the_house / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + "\n")
    for refused in _judged_one_kind_at_a_time(copy_of_the_house):
        assert not refused, refused


def _judged_one_kind_at_a_time(house: Path) -> list[list[str]]:
    """Which plants went unnamed.  An unlisted room stops the judge early, so rooms are judged first, then removed."""
    rooms = {name: words for name, (_, words) in PLANTED.items() if name.endswith("__init__.py")}
    imports = {name: words for name, (_, words) in PLANTED.items() if name not in rooms}
    unnamed = []
    for plants in (rooms, imports):
        code, said = judge(house)
        unnamed.append([name for name, words in plants.items() if code == 0 or words not in said])
        for name in rooms:
            shutil.rmtree((house / name).parent, ignore_errors=True)
    return unnamed


def test_every_floor_with_rooms_is_under_a_contract_that_allows_no_stranger() -> None:
    exhaustive = {c for contract in contracts() if contract.get("exhaustive") for c in contract["containers"]}
    apps = [file.parent for wing in ("inner", "outer") for file in (ROOT / "taihe" / wing).rglob("apps.py")]
    assert apps
    floors = {".".join(app.parent.relative_to(ROOT).parts) for app in apps} | {"taihe"}
    assert floors <= exhaustive, f"give these a layers contract in pyproject.toml: {floors - exhaustive}"


def test_rooms_of_the_ground_are_under_the_no_cycle_contract() -> None:
    ancestors = {a for contract in contracts() if contract["type"] == "acyclic_siblings" for a in contract["ancestors"]}
    assert "taihe.ground" in ancestors
