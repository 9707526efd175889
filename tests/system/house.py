"""A county in a temporary folder, with real processes that tests start, kill and start again.

Two kinds: the full zones as `make run` starts them, and the bare ones (ground and gate alone) which a nursery
forks in a moment.  Whatever a test waits for has a deadline; databases are only read, and read-only.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taihe.zones import keys

ROOT = Path(__file__).resolve().parents[2]
ZONES = ("inner", "outer")
PEER = {"inner": "outer", "outer": "inner"}
PATIENCE = 60.0
COMMANDS = {
    "worker": ["worker"],
    "bake": ["worker", "--queue", "bake"],
    "gate": ["gate", "run"],
    "index": ["index"],
}
# Impatient enough for a test to see a letter sent again.
QUICK = {"TAIHE_GATE_RESEND": "1", "TAIHE_GATE_HEARTBEAT": "2"}


class TookTooLong(AssertionError):
    """What a test waited for did not come about in time."""


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait until a condition holds and return what it gave.  Raises TookTooLong with `what`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise TookTooLong(f"not within {seconds:g} s: {what}")
        time.sleep(0.02)
    return found


def settings_of(zone: str, bare: bool) -> str:
    """The settings module of a zone's processes."""
    return f"tests.system.bare.settings_{zone}" if bare else f"taihe.zones.settings.{zone}"


def environment(var: Path, zone: str, *, bare: bool, more: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of one zone's processes, with nothing of the caller's own county in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    mine = {
        "TAIHE_MODE": "test",
        "TAIHE_VAR": str(var),
        "TAIHE_COUNTY_DIR": str(var / "county"),
        "TAIHE_ZONE": zone,
        "TAIHE_LOG": "WARNING",
        "TAIHE_SETTINGS": settings_of(zone, bare),
        "PYTHONUNBUFFERED": "1",
    }
    return kept | mine | QUICK | (more or {})


def county_with_small_parts(folder: Path) -> None:
    """The county's folder, but attachments are cut so small that every one travels in several parts."""
    shutil.copytree(ROOT / "config" / "taihe", folder)
    rules = folder / "rules" / "gate.yaml"
    text = re.sub(r"(gate\.part_kb:\n  - \{value: )\d+", r"\g<1>4", rules.read_text("utf-8"))
    rules.write_text(text, "utf-8")


def lay_out(var: Path, *, bare: bool) -> Path:
    """Keys shown to one another and empty databases of both zones: what a house is copied from."""
    county_with_small_parts(var / "county")
    for zone in ZONES:
        keys.make_keys(var / zone / "keys", zone, demo=True)
    keys.introduce({zone: var / zone / "keys" for zone in ZONES})
    running = []
    for zone in ZONES:
        code = (
            f"from taihe.zones import prepare; prepare.enter({zone!r})\n"
            "from django.core.management import call_command; call_command('migrate', verbosity=0)"
        )
        env = environment(var, zone, bare=bare)
        running.append(subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=env))
    assert [one.wait(300) for one in running] == [0, 0], "the tables could not be made"
    return var


@dataclass
class Running:
    """One process of a zone."""

    zone: str
    role: str
    pid: int
    ask: Callable[[Running], int | None]
    name: str = ""
    leads: bool = False  # leads a process group of its own, which dies with it

    def code(self) -> int | None:
        """None while it runs, its exit code afterwards (negative: the signal that ended it)."""
        return self.ask(self)

    def signal(self, number: int) -> None:
        """Send a signal; one that has just ended needs none."""
        if self.code() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, seconds: float = PATIENCE) -> int:
        """Wait for its end and return its code."""
        until(lambda: self.code() is not None, f"the end of {self.zone} {self.role}", seconds)
        return self.code()  # type: ignore[return-value]  # it has ended

    def kill(self) -> None:
        """End it as a power cut would, with whatever it started, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        if self.leads:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        self.wait()


class Nursery:
    """The warm parent of one zone's forked processes (`bare.nursery`)."""

    def __init__(self, zone: str, env: dict[str, str], log: Path) -> None:
        self.zone, self.ended = zone, dict[int, int]()
        with log.open("ab") as target:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.system.bare.nursery", zone],
                cwd=ROOT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=target,
                start_new_session=True,
            )
        assert self.process.stdin and self.process.stdout
        self._orders, self._news, self._rest = self.process.stdin, self.process.stdout, b""
        self._told: list[dict[str, int]] = []

    def _hear(self, seconds: float) -> None:
        if select.select([self._news], [], [], seconds)[0]:
            *lines, self._rest = (self._rest + os.read(self._news.fileno(), 65536)).split(b"\n")
            for line in lines:
                news = json.loads(line)
                if "ended" in news:
                    self.ended[news["ended"]] = news["code"]
                else:
                    self._told.append(news)

    def _answer(self) -> dict[str, int]:
        deadline = time.monotonic() + PATIENCE
        while not self._told:
            self._hear(0.5)
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise TookTooLong(f"the nursery of {self.zone} does not answer")
        return self._told.pop(0)

    def ready(self) -> None:
        """Wait until everything is imported."""
        self._answer()

    def start(self, role: str, **order: Any) -> Running:
        """Fork a process for a role."""
        self._orders.write(json.dumps({"role": role, **order}).encode() + b"\n")
        self._orders.flush()
        return Running(self.zone, role, self._answer()["pid"], self._code)

    def _code(self, one: Running) -> int | None:
        self._hear(0)
        return self.ended.get(one.pid)

    def close(self) -> None:
        """End the nursery and what it started."""
        self._orders.close()
        self.process.wait(PATIENCE)
        self._news.close()


@dataclass
class House:
    """Both zones of one county under test."""

    var: Path
    bare: bool = True
    more: dict[str, dict[str, str]] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)
    nurseries: dict[str, Nursery] = field(default_factory=dict)

    # Processes -------------------------------------------------------------------------------

    def env(self, zone: str) -> dict[str, str]:
        """The environment of a zone's processes."""
        return environment(self.var, zone, bare=self.bare, more=self.more.get(zone))

    def open_nurseries(self) -> None:
        """Start the warm parents of both zones, at the same time."""
        self.nurseries = {zone: Nursery(zone, self.env(zone), self.log(zone)) for zone in ZONES}
        for one in self.nurseries.values():
            one.ready()

    def renew(self, zone: str, **env: str) -> None:
        """Stop a zone and open its nursery again with another environment: an update of its release."""
        for one in self.running:
            if one.zone == zone:
                one.signal(signal.SIGTERM)
                one.wait()
        self.forget_ended()
        self.nurseries[zone].close()
        self.more[zone] = self.more.get(zone, {}) | env
        self.nurseries[zone] = Nursery(zone, self.env(zone), self.log(zone))
        self.nurseries[zone].ready()

    def fork(self, zone: str, role: str, **order: Any) -> Running:
        """A process out of the zone's nursery, kept until it ends or the house closes."""
        one = self.nurseries[zone].start(role, **order)
        self.running.append(one)
        return one

    def execute(self, zone: str, role: str, **env: str) -> Running:
        """A process as `make run` starts it."""
        command = [sys.executable, "-m", "taihe.zones.cli", *COMMANDS[role], "--zone", zone]
        with self.log(zone).open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env(zone) | env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        one = Running(zone, role, process.pid, lambda _one: process.poll(), leads=True)
        self.running.append(one)
        return one

    def forget_ended(self) -> None:
        """Keep only what still runs."""
        self.running = [one for one in self.running if one.code() is None]

    def stop(self, *, seconds: float = 15) -> None:
        """Ask every process to stop and wait for all; one that will not is killed and the test fails."""
        for one in self.running:
            one.signal(signal.SIGTERM)
        try:
            for one in self.running:
                one.wait(seconds)
        finally:
            for one in self.running:
                one.kill()
            self.running.clear()

    def close(self) -> None:
        """End everything, whatever state it is in."""
        for one in self.running:
            one.kill()
        for nursery in self.nurseries.values():
            nursery.close()
        self.running, self.nurseries = [], {}

    # What is seen from outside ----------------------------------------------------------------

    def log(self, zone: str) -> Path:
        """Where a zone's processes write their lines."""
        return self.var / f"{zone}.log"

    def told(self, zone: str) -> Path:
        """Where a caller in a zone writes down what was acknowledged to it."""
        return self.var / f"{zone}.told"

    def spool(self, zone: str) -> Path:
        """The outgoing folder of a zone."""
        own = self.more.get(zone, {}).get("TAIHE_GATE_OUT")
        return Path(own) if own else self.var / "gate" / f"{zone}-to-{PEER[zone]}"

    @contextlib.contextmanager
    def database(self, zone: str) -> Iterator[sqlite3.Connection]:
        """A zone's database, opened for reading only."""
        connection = sqlite3.connect(f"file:{self.var / zone / 'db.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            yield connection
        finally:
            connection.close()

    def rows(self, zone: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds in a zone's database."""
        with self.database(zone) as connection:
            return connection.execute(sql, values).fetchall()

    def number(self, zone: str, sql: str, *values: Any) -> int:
        """The one figure a query finds."""
        return int(self.rows(zone, sql, *values)[0][0] or 0)

    def tails(self) -> str:
        """The last lines of both zones, for the message of a failed test."""
        return "\n".join(f"-- {zone}\n{self._tail(zone)}" for zone in ZONES)

    def _tail(self, zone: str) -> str:
        lines = self.log(zone).read_text("utf-8", "replace").splitlines() if self.log(zone).exists() else []
        return "\n".join(lines[-30:])


def with_ferry(var: Path, **env: str) -> dict[str, dict[str, str]]:
    """What makes each zone use folders of its own, between which a ferry goes (`legs`)."""
    folders = {zone: {"TAIHE_GATE_OUT": f"{var}/{zone}-out", "TAIHE_GATE_IN": f"{var}/{zone}-in"} for zone in ZONES}
    return {zone: folders[zone] | env for zone in ZONES}


def legs(var: Path) -> list[str]:
    """The ways of the ferry, as its command takes them."""
    return [f"{var}/{zone}-out:{var}/{PEER[zone]}-in" for zone in ZONES]


@contextlib.contextmanager
def house_from(template: Path, var: Path, *, bare: bool = True, **more: dict[str, str]) -> Iterator[House]:
    """A fresh house copied from a template; `more` adds to the environment of a zone."""
    shutil.copytree(template, var)
    house = House(var, bare, more)
    try:
        yield house
    finally:
        house.close()
        print(house.tails())  # pytest shows it with a failed test only
