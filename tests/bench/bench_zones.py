"""What both zones cost at rest: memory of every process, and seconds from the command to a healthy answer.

Peer: a project as `django-admin startproject` makes it, with its tables, served by one Granian worker in the same
run.  Memory is the proportional set size: pages that processes share are counted once between them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import setting
from .bench_front import _free_port

PATIENCE = 300.0
SETTLED = 8.0
PEER = "bare Django project under Granian"


def run() -> list[dict[str, Any]]:
    """First and second start of both zones, their memory at rest, and the same of the peer."""
    folder = setting.data_folder("zones")
    shutil.rmtree(folder)
    folder.mkdir()
    with _county(folder) as (first, _):
        pass
    with _county(folder) as (second, ours):
        memory = _at_rest(ours.pid)
    _make_peer(folder)
    with _peer(folder) as (_, _process):
        pass
    with _peer(folder) as (peer_second, process):
        peer_memory = sum(_at_rest(process.pid).values())
    rows = [
        _row("zones.first_start (both, tables and demo county)", first, "s", None),
        _row("zones.second_start (both)", second, "s", peer_second),
        _row("zones.memory (both, all processes)", sum(memory.values()), "MB", peer_memory),
    ]
    for name in sorted(memory):
        rows.append(_row(f"zones.memory {name}", memory[name], "MB", peer_memory if name.endswith(".web") else None))
    return rows


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@contextlib.contextmanager
def _running(command: list[str], env: dict[str, str], log: Path, *addresses: str) -> Iterator[tuple[float, Any]]:
    """A program and the seconds until every address answered; it is stopped as Ctrl-C does."""
    begun = time.monotonic()
    with log.open("ab") as target:
        process = subprocess.Popen(
            command, cwd=log.parent, env=env, stdout=target, stderr=target, start_new_session=True
        )
    try:
        waiting = list(addresses)
        while waiting:
            if process.poll() is not None or time.monotonic() - begun > PATIENCE:
                raise RuntimeError(f"{command[1:4]} did not start: see {log}")
            waiting = [one for one in waiting if not _healthy(one)]
            time.sleep(0.02)
        yield time.monotonic() - begun, process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _county(folder: Path) -> contextlib.AbstractContextManager[tuple[float, Any]]:
    ports = {"TAIHE_INNER_PORT": str(_free_port()), "TAIHE_OUTER_PORT": str(_free_port())}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    env |= {"TAIHE_VAR": str(folder / "var"), "PYTHONPATH": str(setting.ROOT), **ports}
    command = [sys.executable, "-m", "taihe.zones.cli", "up"]
    addresses = [f"http://127.0.0.1:{port}/healthz" for port in ports.values()]
    return _running(command, env, folder / "county.log", *addresses)


def _make_peer(folder: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    (folder / "peer").mkdir()
    django = [sys.executable, "-m", "django", "startproject", "bare", str(folder / "peer")]
    subprocess.run(django, env=plain, check=True)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=folder / "peer", env=plain, check=True)


def _peer(folder: Path) -> contextlib.AbstractContextManager[tuple[float, Any]]:
    port = _free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws"]
    command += ["--host", "127.0.0.1", "--port", str(port), "bare.wsgi:application"]
    return _running(command, env, folder / "peer" / "peer.log", f"http://127.0.0.1:{port}/")


# Memory ----------------------------------------------------------------------------------------


def _at_rest(pid: int) -> dict[str, float]:
    """MB of every process below one, by what it does, when nothing has been asked for a while."""
    time.sleep(SETTLED)
    found: dict[str, float] = {}
    for one in _family(pid):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            name = _name(one)
            found[name] = found.get(name, 0) + _proportional_megabytes(one)
    return found


def _family(pid: int) -> list[int]:
    children = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(below for child in children for below in _family(child))]


def _name(pid: int) -> str:
    """Zone and role of a process (keepers and the supervisor are one name)."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    environ = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace").split("\0")
    zone = next((one.partition("=")[2] for one in environ if one.startswith("TAIHE_ZONE=")), "")
    roles = {"granian": "web", "worker": "worker", "index": "index", "gate": "gate"}
    role = next((roles[word] for word in words if word in roles), None)
    return f"{zone}.{role}" if zone and role else "supervisor"


def _proportional_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _row(name: str, value: float, unit: str, peer_value: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 1),
        "unit": unit,
        "peer": PEER if peer_value else None,
        "peer_value": round(peer_value, 1) if peer_value else None,
        "ratio": round(value / peer_value, 2) if peer_value else None,
    }
