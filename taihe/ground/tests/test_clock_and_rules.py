"""One clock that tests can move, and figures that know from when they hold."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground import clock, rules
from taihe.ground.errors import BadSetup


def test_the_county_date_is_not_the_utc_date():
    with clock.fixed(datetime(2026, 12, 31, 16, 30, tzinfo=UTC)):
        assert clock.today() == date(2027, 1, 1)
        assert clock.now().date() == date(2026, 12, 31)


@given(st.timedeltas(timedelta(days=-4000), timedelta(days=4000)))
def test_the_clock_moves_by_what_was_asked_and_back(by):
    before = clock.now()
    with clock.moved(by):
        assert abs((clock.now() - before) - by) < timedelta(seconds=5)
    assert abs(clock.now() - before) < timedelta(seconds=5)


def test_a_whole_process_can_live_tomorrow():
    line = "from taihe.ground import clock; print(clock.now().isoformat())"
    done = subprocess.run(
        [sys.executable, "-c", line],
        env={"TAIHE_CLOCK_OFFSET": "86400", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    ahead = datetime.fromisoformat(done.stdout.strip()) - clock.now()
    assert timedelta(hours=23, minutes=59) < ahead <= timedelta(hours=24)


@pytest.fixture
def county(tmp_path, monkeypatch):
    folder = tmp_path / "rules"
    folder.mkdir()
    monkeypatch.setenv("TAIHE_COUNTY_DIR", str(tmp_path))

    def write(text: str, name: str = "a.yaml") -> None:
        (folder / name).write_text(text, "utf-8")
        rules._load.cache_clear()

    yield write
    rules._load.cache_clear()


ENTRY = "- {{value: {value}, from: {since}, source: 试, mark: {mark}}}"


def entries(key: str, *rows: tuple[object, str, str]) -> str:
    lines = [ENTRY.format(value=value, since=since, mark=mark) for value, since, mark in rows]
    return "\n".join([f"{key}:", *(f"  {line}" for line in lines)])


def test_the_entry_in_force_on_the_day_is_used(county):
    county(entries("a.days", (20, "2026-07-01", "verified"), (15, "2024-01-01", "memory")))
    assert rules.rule("a.days", date(2026, 6, 30)) == 15
    assert rules.rule("a.days", date(2026, 7, 1)) == 20
    assert rules.find_rule("a.days", date(2026, 7, 1)).showable
    assert not rules.find_rule("a.days", date(2026, 6, 30)).showable


def test_before_the_first_day_there_is_no_rule(county):
    county(entries("a.days", (20, "2026-07-01", "ours")))
    with pytest.raises(BadSetup, match=r"a\.days"):
        rules.rule("a.days", date(2020, 1, 1))
    with pytest.raises(BadSetup):
        rules.rule("a.unknown")


@pytest.mark.parametrize(
    "text",
    [
        "a.days:\n  - {value: 1, from: 2024-01-01, source: 试}",
        "a.days:\n  - {value: 1, from: 2024-01-01, source: 试, mark: 确认}",
        "a.days:\n  - {value: 1, from: soon, source: 试, mark: ours}",
    ],
)
def test_an_incomplete_entry_is_named(county, text):
    county(text)
    with pytest.raises(BadSetup, match=r"a\.days"):
        rules.rule("a.days")


def test_a_key_in_two_files_is_refused(county):
    county(entries("a.days", (1, "2024-01-01", "ours")))
    county(entries("a.days", (2, "2024-01-01", "ours")), "b.yaml")
    with pytest.raises(BadSetup, match="重复"):
        rules.rule("a.days")


def test_every_rule_of_the_county_is_whole():
    rules._load.cache_clear()
    assert rules._load(rules.rules_folder())
