"""Death at every named place: the process that passes there is killed, started again, and the account is drawn.

All four processes of the bare zones are armed, so that whoever comes first to the place dies there.  Probes of
both zones, and notes with a file in several parts, are under way all the time.  TAIHE_KILLS sets the number of
deaths, shared equally by the places.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from .accounts import acknowledged, check_everything, until_quiet
from .conftest import CI
from .house import ROOT, ZONES, House, Running, TookTooLong, house_from, legs, until, with_ferry

pytestmark = pytest.mark.kill

KILLS = int(os.environ.get("TAIHE_KILLS", "200" if CI else "60"))
ROLES = ("gate", "worker")
# Whose places a letter passes by; store.put is passed by attachments.
PASSED = ("gate.", "outbox.", "files.before_rename", "files.after_rename")
# Rooms with other places: what these mean is tested there.
ELSEWHERE = {
    "registers": "tests/races/test_registers.py",
    "files": "taihe/ground/files/tests/test_store.py",
    "documents": "tests/system/test_sealing_kill.py",
    "portal": "taihe/inner/portal/release/tests/test_making.py",
    "releases": "taihe/outer/portal/tests/test_installing.py",
    "distribution": "tests/system/test_distribution_kill.py",
}
# Passed every few seconds only: die there the first time.
RARE = {"outbox.leased_before_done", "gate.ferry_before_remove"}


def places() -> list[str]:
    """Every place named in the source."""
    found = {
        name
        for file in (ROOT / "taihe").rglob("*.py")
        for name in re.findall(r'\bkillpoint\("([^"]+)"\)', file.read_text("utf-8"))
    }
    return sorted(found)


def lived_through() -> list[str]:
    """The places this module dies at."""
    return [one for one in places() if one.startswith(PASSED)]


def test_every_place_is_known():
    """A place is passed by letters, or its room is tested elsewhere, by a test that exists."""
    assert {one.partition(".")[0] for one in places() if not one.startswith(PASSED)} == set(ELSEWHERE)
    assert all((ROOT / one).exists() for one in ELSEWHERE.values())
    assert len(lived_through()) >= 14


class Deaths:
    """Four armed processes, probes under way, and whoever dies starts again."""

    def __init__(self, house: House, place: str, chance: random.Random) -> None:
        self.house, self.place, self.chance = house, place, chance
        self.numbers: Iterator[int] = count(1)
        self.callers: list[Running] = []
        self.armed = [self._start(zone, role) for zone, role in self._everybody()]

    def _everybody(self) -> list[tuple[str, str]]:
        ferry = [("outer", "ferry")] if "TAIHE_GATE_OUT" in self.house.more.get("outer", {}) else []
        return ferry + [(zone, role) for zone in ZONES for role in ROLES]

    def _start(self, zone: str, role: str, *, armed: bool = True) -> Running:
        passes = 1 if self.place in RARE else self.chance.choice((1, 1, 2, 3, 5))
        order: dict[str, Any] = {"killpoint": f"{self.place}:{passes}"} if armed else {}
        if role == "ferry":
            order |= {"legs": legs(self.house.var), "every": 0.2}
        return self.house.fork(zone, role, **order)

    def start_unarmed(self) -> None:
        """Everybody once more, and nobody is to die."""
        for zone, role in self._everybody():
            self._start(zone, role, armed=False)

    def call(self, probes: int) -> None:
        """Somebody in each zone sends probes, and somebody a note with a file."""
        for zone in ZONES:
            first = next(self.numbers) * 1000
            told = str(self.house.told(zone))
            self.callers.append(self.house.fork(zone, "probes", first=first, count=probes, told=told))
            self.callers.append(self.house.fork(zone, "notes", first=first, count=1))

    def _dead(self) -> list[Running]:
        return [one for one in self.armed if one.code() is not None]

    def next(self) -> int:
        """Send until somebody dies, and start the dead again; returns how many died."""
        for _ in range(20):
            self.call(3)
            with contextlib.suppress(TookTooLong):
                until(self._dead, "somebody dies", 2)
                break
        dead = self._dead()
        assert dead, f"nobody comes to {self.place}"
        for one in dead:
            assert one.code() == -9, f"{one.zone} {one.role} ended by itself with {one.code()}"
            self.armed[self.armed.index(one)] = self._start(one.zone, one.role)
        self.house.forget_ended()
        return len(dead)

    def served(self) -> int:
        """Wait for every caller; returns how many there were."""
        for one in self.callers:
            assert one.wait() == 0, f"a caller in {one.zone} was not served"
        return len(self.callers)


@pytest.mark.parametrize("place", lived_through())
def test_nothing_lost_nothing_doubled(place, bare_template, tmp_path, chance):
    """However often somebody dies at this place: each probe arrives once and is answered once."""
    var = tmp_path / "var"
    with house_from(bare_template, var, **(with_ferry(var) if "ferry" in place else {})) as house:
        house.open_nurseries()
        _live_through(house, place, chance)


def _live_through(house: House, place: str, chance: random.Random) -> None:
    deaths, wanted, died = Deaths(house, place, chance), -(-KILLS // len(lived_through())), 0
    while died < wanted:
        died += deaths.next()
    callers = deaths.served()
    house.stop()
    deaths.start_unarmed()
    until_quiet(house)
    house.stop()
    check_everything(house)
    assert sum(len(acknowledged(house, zone)) for zone in ZONES) == 3 * callers / 2
    print(f"{place}: {died} deaths")
