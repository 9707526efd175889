"""Letters through the gate: how many a second from the act to its effect in the other zone, and how long one takes.

Both zones run as they do in a county (a gate half and a worker each), with nothing else in them.  The
peer of the same run is what nobody could do without: write the same bytes as files, copy them over, read
them, and insert them into SQLite, each durably.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from taihe.zones import keys
from tests.bench.setting import ROOT, data_folder

ZONES = ("inner", "outer")
LETTERS = 6000
ROUNDS, PAUSE = 100, 0.1
LIMIT_SECONDS = 300
BATCH = 200


def run() -> list[dict[str, Any]]:
    """Rows of the bench."""
    folder = data_folder("gate")
    shutil.rmtree(folder)
    lay_out(folder)
    with processes(folder):
        throughput = flood(folder)
        delays = drip(folder)
    peer = plain_copy(folder / "plain", envelopes(folder))
    rows = [row("gate letters per second, act to effect", throughput, "letters/s", peer)]
    for lane in ("urgent", "normal", "bulk"):
        found = sorted(delays[lane])
        for share, name in ((0.5, "p50"), (0.95, "p95")):
            rows.append(row(f"gate delay, {lane} lane, {name}", found[int(share * (len(found) - 1))], "s", None))
    return rows


def row(name: str, value: float, unit: str, peer: float | None) -> dict[str, Any]:
    told = "files copied and inserted, one process" if peer else ""
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "peer": told,
        "peer_value": round(peer, 3) if peer else None,
        "ratio": round(value / peer, 3) if peer else None,
    }


def environment(folder: Path, zone: str) -> dict[str, str]:
    """The environment of one zone's processes."""
    return os.environ | {
        "TAIHE_MODE": "test",
        "TAIHE_VAR": str(folder),
        "TAIHE_ZONE": zone,
        "TAIHE_SETTINGS": f"tests.bench.gate_zone.settings_{zone}",
        "TAIHE_LOG": "WARNING",
    }


def lay_out(folder: Path) -> None:
    """Keys shown to one another, and empty databases."""
    for zone in ZONES:
        keys.make_keys(folder / zone / "keys", zone, demo=True)
    keys.introduce({zone: folder / zone / "keys" for zone in ZONES})
    code = (
        "import sys; from taihe.zones import prepare; prepare.enter(sys.argv[1])\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)"
    )
    for zone in ZONES:
        command = [sys.executable, "-c", code, zone]
        subprocess.run(command, cwd=ROOT, env=environment(folder, zone), check=True)


@contextmanager
def processes(folder: Path) -> Iterator[None]:
    """A gate half and a worker in each zone."""
    running = []
    for zone in ZONES:
        for words in (["gate", "run"], ["worker"]):
            command = [sys.executable, "-m", "taihe.zones.cli", *words, "--zone", zone]
            running.append(subprocess.Popen(command, cwd=ROOT, env=environment(folder, zone)))
    try:
        wait(lambda: ask(folder, "outer", "select count(*) from gate_peerstate")[0][0], "the first heartbeat")
        yield
    finally:
        for one in running:
            one.send_signal(signal.SIGTERM)
        for one in running:
            one.wait(60)


def ask(folder: Path, zone: str, query: str) -> list[Any]:
    """A read-only look into a zone's database."""
    with sqlite3.connect(f"file:{folder / zone / 'db.sqlite3'}?mode=ro", uri=True, timeout=30) as database:
        return database.execute(query).fetchall()


def wait(condition: Any, what: str) -> None:
    """Until the condition holds; ends the bench when it does not in time."""
    limit = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > limit:
            raise SystemExit(f"bench gate: {what} did not come about in {LIMIT_SECONDS} s")
        time.sleep(0.1)


def post(folder: Path, count: int, pause: float) -> None:
    command = [sys.executable, "-m", "tests.bench.gate_zone.post", str(count), str(pause)]
    subprocess.run(command, cwd=ROOT, env=environment(folder, "inner"), check=True)


def carried_out(folder: Path, kinds: str) -> int:
    counted = f"select count(*) from gate_inletter where kind in ({kinds}) and handled_at is not null"  # noqa: S608
    return int(ask(folder, "outer", counted)[0][0])


def flood(folder: Path) -> float:
    """Letters a second, from the first one posted to the last one carried out."""
    post(folder, LETTERS, 0)
    wait(lambda: carried_out(folder, "'bench.normal'") == LETTERS, "the last letter")
    posted, done = ask(
        folder,
        "outer",
        "select min(json_extract(content, '$.body.posted_at')), max(handled_at) from gate_inletter"
        " where kind = 'bench.normal'",
    )[0]
    return LETTERS / seconds(posted, done)


def drip(folder: Path) -> dict[str, list[float]]:
    """Seconds each letter took, by lane, at thirty letters a second."""
    since = ask(folder, "outer", "select max(id) from gate_inletter")[0][0]
    post(folder, ROUNDS, PAUSE)
    kinds = "'bench.urgent', 'bench.normal', 'bench.bulk'"
    wait(lambda: carried_out(folder, kinds) == LETTERS + 3 * ROUNDS, "the last letter")
    found: dict[str, list[float]] = {"urgent": [], "normal": [], "bulk": []}
    times = "lane, json_extract(content, '$.body.posted_at'), handled_at"
    query = f"select {times} from gate_inletter where kind like 'bench.%' and id > {since}"  # noqa: S608
    for lane, posted, done in ask(folder, "outer", query):
        found[lane].append(seconds(posted, done))
    assert {len(one) for one in found.values()} == {ROUNDS}
    print({lane: f"mean {statistics.mean(one):.3f} s" for lane, one in found.items()})
    return found


def seconds(posted: str, done: str) -> float:
    """Between two moments as the letter and the database spell them, both UTC."""
    began = datetime.fromisoformat(posted.removesuffix("Z"))
    return (datetime.fromisoformat(done) - began).total_seconds()


def envelopes(folder: Path) -> list[bytes]:
    """The very bytes that crossed."""
    query = f"select envelope from gate_outletter where kind = 'bench.normal' order by id limit {LETTERS}"  # noqa: S608
    return [one for (one,) in ask(folder, "inner", query)]


def plain_copy(folder: Path, letters: list[bytes]) -> float:
    """Letters a second when the same bytes are only written, copied and inserted, in batches as the gate's."""
    here, there = folder / "here", folder / "there"
    for one in (here, there):
        one.mkdir(parents=True)
    database = sqlite3.connect(folder / "plain.sqlite3", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("create table letter (id integer primary key, whole blob)")
    began = time.monotonic()
    for first in range(0, len(letters), BATCH):
        batch = letters[first : first + BATCH]
        for number, data in enumerate(batch):
            durable(here / f"{number}", data)
        for number in range(len(batch)):
            durable(there / f"{number}", (here / f"{number}").read_bytes())
            (here / f"{number}").unlink()
        database.execute("begin immediate")
        for number in range(len(batch)):
            database.execute("insert into letter (whole) values (?)", ((there / f"{number}").read_bytes(),))
        database.execute("commit")
        for number in range(len(batch)):
            (there / f"{number}").unlink()
    taken = time.monotonic() - began
    database.close()
    return len(letters) / taken


def durable(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
