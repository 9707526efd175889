"""The ways a passage is built: a machine that polls between two folders, and one that carries in one direction only."""

from __future__ import annotations

import functools
import os
import subprocess
import sys

import pytest

from .accounts import acknowledged, answered, check_everything, until_quiet
from .conftest import CI
from .house import ROOT, ZONES, House, Running, house_from, legs, until, with_ferry

pytestmark = pytest.mark.kill

ROLES = ("gate", "worker")
SLOW = CI or os.environ.get("TAIHE_SLOW") == "1"


def _at_work(house: House) -> None:
    house.open_nurseries()
    for zone in ZONES:
        for role in ROLES:
            house.fork(zone, role)


def _ask(house: House, first: int) -> None:
    for zone in ZONES:
        assert house.fork(zone, "probes", first=first, count=5, told=str(house.told(zone))).wait() == 0
        assert house.fork(zone, "notes", first=first, count=2).wait() == 0


def _written(house: House, times: int) -> bool:
    often = "SELECT count(*) FROM gate_outletter WHERE kind='toys.note' AND spooled=?"
    return [house.number(zone, often, times) for zone in ZONES] == [2, 2]


def _taken_in(house: House) -> bool:
    return not any(any(house.spool(zone).glob("bulk-*.letter")) for zone in ZONES)


def _run_ferry(house: House, every: int) -> Running:
    """The ferry as an operator starts it."""
    command = [sys.executable, "-m", "taihe.zones.cli", "gate", "ferry", *legs(house.var), "--every", str(every)]
    with (house.var / "ferry.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=house.env("inner"), stdout=log, stderr=log, start_new_session=True
        )
    one = Running("between", "ferry", process.pid, lambda _one: process.poll())
    house.running.append(one)
    return one


@pytest.mark.slow
@pytest.mark.parametrize("every", [2, pytest.param(60, marks=pytest.mark.skipif(not SLOW, reason="TAIHE_SLOW=1"))])
def test_a_poller_between_two_folders(bare_template, tmp_path, every):
    """A machine comes by every so many seconds (a real one: 60): everything crosses once, letter, answer, receipt."""
    var = tmp_path / "var"
    patience = str(max(1, every // 2))
    with house_from(bare_template, var, **with_ferry(var, TAIHE_GATE_RESEND=patience)) as house:
        _at_work(house)
        _ask(house, 1000)
        _run_ferry(house, every)
        until(lambda: all(len(answered(house, zone)) == 5 for zone in ZONES), "there and back", 5 * every + 30)
        until_quiet(house, 5 * every + 60)
        house.stop()
        check_everything(house)


def test_a_ferry_that_loses_files(bare_template, tmp_path):
    """Every third file never arrives: it is sent again until a receipt comes, and nothing comes twice."""
    var = tmp_path / "var"
    with house_from(bare_template, var, **with_ferry(var)) as house:
        _at_work(house)
        _ask(house, 1000)
        house.fork("outer", "ferry", legs=legs(var), every=0.2, lose=0.33)
        _ask(house, 2000)
        until_quiet(house, 120)
        house.stop()
        check_everything(house)


def test_one_way_without_acknowledgement(bare_template, tmp_path):
    """No receipt ever: each letter is written several times over the hours, counts once, and nobody waits."""
    one_way = {"TAIHE_GATE_ONE_WAY": "1"}
    with house_from(bare_template, tmp_path / "var", inner=dict(one_way), outer=dict(one_way)) as house:
        _at_work(house)
        _ask(house, 1000)
        until_quiet(house)
        for turn in (1, 2):  # the next writing is due after the minutes of the rule; a third and last one after that
            for zone in ZONES:
                house.renew(zone, TAIHE_CLOCK_OFFSET=str(turn * 660))
                for role in ROLES:
                    house.fork(zone, role)
            until(functools.partial(_written, house, turn + 1), "written once more")
            until(functools.partial(_taken_in, house), "taken in again")
        until_quiet(house)
        house.stop()
        check_everything(house)
        for zone in ZONES:
            assert len(acknowledged(house, zone)) == 5
            assert list(house.spool(zone).glob("*.receipt")) == []
            assert house.rows(zone, "SELECT DISTINCT status FROM gate_outletter") == [("one_way",)]
            assert house.rows(zone, "SELECT kind FROM gate_alarm WHERE closed_at IS NULL") == []
            last = "SELECT DISTINCT next_at IS NULL FROM gate_outletter WHERE kind='toys.note'"
            assert house.rows(zone, last) == [(1,)], "after the last time it is not due again"
