"""Twenty kills of full processes at moments nobody chose: the four processes that carry letters, five deaths each.

Everything is as `make run` starts it; callers in both zones go on asking while gates and workers die.
"""

from __future__ import annotations

import os
import time

import pytest

from .accounts import acknowledged, arrived, check_everything, until_quiet
from .house import ZONES, House, house_from, until

pytestmark = pytest.mark.kill

KILLS = int(os.environ.get("TAIHE_FULL_KILLS", "20"))
ROLES = ("gate", "worker")
PROBES = 4
# A full process needs about this long (seconds) to start: some die on the way.
LONGEST_LIFE = 2.0


@pytest.fixture
def full_house(full_template, tmp_path):
    """Both full zones, running, with warm callers."""
    with house_from(full_template, tmp_path / "var", bare=False) as house:
        house.open_nurseries()
        for zone in ZONES:
            for role in ROLES:
                house.execute(zone, role)
        yield house


def _arrivals(house: House) -> int:
    return sum(sum(arrived(house, zone).values()) for zone in ZONES)


def _see_more_arrive(house: House) -> None:
    seen = _arrivals(house)
    until(lambda: _arrivals(house) > seen, "more probes arrive")


def test_nothing_lost_nothing_doubled(full_house, chance):
    """Whoever dies whenever: each probe arrives once and is answered once, and both chains hold."""
    running = {(one.zone, one.role): one for one in full_house.running}
    victims = [place for place in running for _ in range(-(-KILLS // len(running)))][:KILLS]
    chance.shuffle(victims)
    callers = []
    for turn, (zone, role) in enumerate(victims, start=1):
        for side in ZONES:
            told = str(full_house.told(side))
            callers.append(full_house.fork(side, "probes", first=turn * 1000, count=PROBES, told=told))
        if turn % 5 == 0:  # however often they die, the work goes on between deaths
            _see_more_arrive(full_house)
        time.sleep(chance.uniform(0, LONGEST_LIFE))  # the moment of death is chance itself; nothing is awaited
        running[zone, role].kill()
        running[zone, role] = full_house.execute(zone, role)
    assert [one.wait() for one in callers] == [0] * len(callers)
    until_quiet(full_house, 120)
    full_house.stop(seconds=30)
    check_everything(full_house)
    assert [len(acknowledged(full_house, zone)) for zone in ZONES] == [KILLS * PROBES] * 2
