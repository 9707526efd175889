"""The power fails at a random instant: what was acknowledged is there afterwards and crosses, and nothing twice.

A library of ours, loaded before libc, records every write, rename, removal and sync below the data folder in one
order for all processes of both zones (powercut/shim.c).  From that record the disk is built as it was at an
instant: with nothing that was not synced, or with a random part of it (powercut/replay.py).  The zones are then
started on that disk.  Sometimes both machines lose power, sometimes one, while the other merely stops.

What it does not show: a disk that lies about its syncs; a file system that loses what was synced earlier; folders
(their making counts as safe at once); damage inside one sector.
"""

from __future__ import annotations

import copy
import functools
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .accounts import acknowledged, answered, check_everything, until_quiet
from .conftest import CI
from .house import ZONES, House, house_from, until
from .powercut.replay import Change, Disk, read_journal

pytestmark = pytest.mark.kill

CUTS = int(os.environ.get("TAIHE_CUTS", "8" if CI else "4"))
SHIM = Path(__file__).parent / "powercut" / "shim.c"
ROLES = ("gate", "worker")


@pytest.fixture(scope="module")
def shim(tmp_path_factory) -> Path:
    """The recorder, compiled; without a compiler the tests are skipped, and fail in CI."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        (pytest.fail if CI else pytest.skip)("no C compiler: the power-cut tests cannot record (apt install gcc)")
    library = tmp_path_factory.mktemp("shim") / "shim.so"
    command = [str(compiler), "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-o", str(library), str(SHIM), "-ldl"]
    subprocess.run(command, check=True)
    return library


@dataclass
class Recording:
    """A county at work: the disk before, everything written since, and when acknowledgements were given."""

    var: Path
    before: Disk
    changes: list[Change]

    def acknowledgements(self) -> list[int]:
        """Places in the record right after a caller wrote down that something is done."""
        return [at + 1 for at, one in enumerate(self.changes) if one.op == "W" and one.path.endswith(".told")]

    def disk(self, upto: int) -> Disk:
        """The disk after so many changes; what callers were told is safe with them."""
        disk = copy.deepcopy(self.before)
        for change in self.changes[:upto]:
            disk.apply(change)
        disk.settle(tuple(str(self.var / f"{zone}.told") for zone in ZONES))
        return disk


def _all_have(house: House, what: Callable[[House, str], Any], number: int) -> bool:
    return all(len(what(house, zone)) >= number for zone in ZONES)


def _work(house: House, first: int) -> None:
    for zone in ZONES:
        house.fork(zone, "probes", first=first, count=15, told=str(house.told(zone)))
        house.fork(zone, "notes", first=first, count=2)


@pytest.fixture(scope="module")
def recording(shim, bare_template, tmp_path_factory) -> Recording:
    """Both zones at work under the recorder, up to an orderly end; and the recorder missed nothing."""
    folder = tmp_path_factory.mktemp("recording").resolve()
    var, journal = folder / "var", folder / "journal"
    more = {"LD_PRELOAD": str(shim), "POWERCUT_ROOT": str(var), "POWERCUT_JOURNAL": str(journal)}
    with house_from(bare_template, var, inner=more, outer=more) as house:
        before = Disk(var)
        house.open_nurseries()
        for zone in ZONES:
            for role in ROLES:
                house.fork(zone, role)
        for turn in (1, 2):
            _work(house, 1000 * turn)
            until(functools.partial(_all_have, house, answered, 15 * turn), "probes are answered")
        until_quiet(house)
        house.stop()
        found = Recording(var, before, read_journal(journal))
        whole = copy.deepcopy(before)
        for change in found.changes:
            whole.apply(change)
        assert whole.differs() == []
    return found


def test_the_recorder_sees_the_syncs(recording):
    """Acknowledgements were given only after the log of their database was synced: the record shows both."""
    synced = {Path(one.path).name for one in recording.changes if one.op == "S"}
    assert {"db.sqlite3", "db.sqlite3-wal"} <= synced
    assert len(recording.acknowledgements()) == 60
    assert any(one.op == "D" and one.path.endswith("inner-to-outer") for one in recording.changes)


def test_a_disk_without_syncs_would_lose(recording):
    """Were the syncs not made, the strict cut would lose what was acknowledged: the test can fail."""
    careless = Recording(recording.var, recording.before, [one for one in recording.changes if one.op not in "SD"])
    disk = careless.disk(len(careless.changes))
    database = str(recording.var / "inner" / "db.sqlite3")
    assert bytes(disk.safe_names[database].safe) == bytes(recording.before.names[database].safe)


@pytest.mark.parametrize("cut", range(CUTS))
def test_what_was_acknowledged_is_there(cut, recording, tmp_path, chance):
    """After the cut every acknowledged probe is answered once, and new ones cross."""
    told = recording.acknowledgements()
    anywhere = chance.randint(told[0], len(recording.changes))
    disk = recording.disk(chance.choice(told) if cut % 2 else anywhere)
    victims = chance.choice([("inner",), ("outer",), ZONES])
    for zone in set(ZONES) - set(victims):
        disk.settle((f"{recording.var}/{zone}/", f"{recording.var}/gate/{zone}-to-"))
    torn = chance.random() < 0.5
    if torn:
        disk.tear(chance)
    print(f"cut {cut}: {'torn' if torn else 'strict'}, power lost in {victims}")
    var = tmp_path / "var"
    disk.write_out(var)
    house = House(var)
    try:
        _go_on(house)
    finally:
        house.close()
        print(house.tails())


def _go_on(house: House) -> None:
    before = [len(acknowledged(house, zone)) for zone in ZONES]
    assert any(before)
    house.open_nurseries()
    for zone in ZONES:
        for role in ROLES:
            house.fork(zone, role)
    _work(house, 9000)
    callers = house.running[-4:]
    assert [one.wait() for one in callers] == [0] * 4
    assert [len(acknowledged(house, zone)) for zone in ZONES] == [one + 15 for one in before]
    until_quiet(house)
    house.stop()
    check_everything(house)
