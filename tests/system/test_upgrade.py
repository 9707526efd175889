"""One zone is updated before the other: the newer reads what the older writes, and writes what the older can read.

Real processes; the inner zone knows version 2 of a letter, the outer one is a release behind.
"""

from __future__ import annotations

import pytest

from .accounts import check_everything, until_quiet
from .house import ZONES, House, house_from, until

pytestmark = pytest.mark.kill

ROLES = ("gate", "worker")
ARRIVED = "SELECT number, place FROM toys_note WHERE NOT outgoing ORDER BY number"
VERSIONS = "SELECT version, count(*) FROM gate_outletter WHERE kind='toys.note' GROUP BY 1 ORDER BY 1"
WAITING = "SELECT count(*) FROM ground_outbox_outboxmessage WHERE kind='gate.seal' AND status='waiting'"


def _heard(house: House, zone: str, version: int) -> bool:
    told = "SELECT json_extract(status, '$.knows.\"toys.note\"') FROM gate_peerstate"
    return house.rows(zone, told) == [(version,)]


def _write(house: House, zone: str, first: int, **how: object) -> None:
    assert house.fork(zone, "notes", first=first, count=2, how=how).wait() == 0


def test_a_zone_a_release_behind(bare_template, tmp_path):
    """Old letters are read by the new release; new ones are told the old way, or wait for the update, unharmed."""
    older, newer = {"TAIHE_TOY_VERSION": "1"}, {"TAIHE_TOY_VERSION": "2"}
    with house_from(bare_template, tmp_path / "var", inner=newer, outer=older) as house:
        house.open_nurseries()
        for zone in ZONES:
            for role in ROLES:
                house.fork(zone, role)
        until(lambda: _heard(house, "inner", 1) and _heard(house, "outer", 2), "each zone knows what the other reads")

        _write(house, "outer", 10)
        _write(house, "inner", 20)
        _write(house, "inner", 30, place="演示村")
        until(lambda: len(house.rows("outer", ARRIVED)) == 2, "what can be told the old way arrives")
        until(lambda: house.rows("inner", ARRIVED) == [(10, "未注明"), (11, "未注明")], "old letters are read")
        until(lambda: house.rows("inner", VERSIONS) == [(1, 2)], "only version 1 was sealed")
        assert house.number("inner", WAITING) == 2
        assert house.rows("outer", "SELECT code FROM gate_quarantined") == []

        house.renew("outer", **newer)
        for role in ROLES:
            house.fork("outer", role)
        until(lambda: _heard(house, "inner", 2), "the update is heard of")
        until(lambda: len(house.rows("outer", ARRIVED)) == 4, "what waited for the update arrives", 90)
        assert house.rows("outer", ARRIVED)[2:] == [(30, "演示村"), (31, "演示村")]
        assert house.rows("inner", VERSIONS) == [(1, 2), (2, 2)]
        for zone in ZONES:
            assert house.fork(zone, "probes", first=1, count=1, told=str(house.told(zone))).wait() == 0
        until_quiet(house)
        house.stop()
        check_everything(house)
