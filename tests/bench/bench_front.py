"""The zone's front against Granian's own WSGI server: the same trivial Django page, the same threads, one core each.

The front does more for its time (bodies wholly in first, request ids, refusals in Chinese, health and native
handlers beside Django); the ratio says what that costs.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .setting import ROOT, data_folder, on_core, server_and_load_cores, stay_on_core

CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 2
THREADS = "8"
PAGE = "taihe.zones.tests.tiny"
SERVERS = {
    "front": ["--interface", "rsgi", "--no-ws", f"{PAGE}:app"],
    "wsgi": ["--interface", "wsgi", "--blocking-threads", THREADS, "--factory", f"{PAGE}:load"],
}
REQUEST = b"GET /status/200 HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\nCookie: a=1\r\n\r\n"


class Asker(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it is answered."""

    def __init__(self) -> None:
        self.answers = 0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        """Count an answer (its body is empty, so it ends with its headers) and ask again."""
        assert data.startswith(b"HTTP/1.1 200"), data
        if data.endswith(b"\r\n\r\n") and self.transport:
            self.answers += 1
            self.transport.write(REQUEST)


async def answers_per_second(port: int) -> float:
    """What the server bears from a few eager connections, after a short warm-up."""
    loop = asyncio.get_running_loop()
    askers = [(await loop.create_connection(Asker, "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    await asyncio.sleep(0.5)
    before, begun = sum(one.answers for one in askers), time.perf_counter()
    await asyncio.sleep(SECONDS)
    rate = (sum(one.answers for one in askers) - before) / (time.perf_counter() - begun)
    for one in askers:
        if one.transport:
            one.transport.abort()
    return rate


def resident_megabytes(pid: int) -> float:
    """Memory of a server and its worker processes."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in (pid, *children))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def _measure(kind: str, port: int, core: int) -> tuple[float, float]:
    """Requests a second and idle memory of one kind of server."""
    environ = {**os.environ, "TAIHE_ZONE": "inner", "TINY_DB": str(data_folder("front") / "tiny.sqlite3")}
    environ.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-m", "granian", "--host", "127.0.0.1", "--port", str(port), *SERVERS[kind]]
    with (data_folder("front") / f"{kind}.log").open("wb") as log:
        server = subprocess.Popen(on_core(core, command), cwd=ROOT, env=environ, stdout=log, stderr=log)
    try:
        await _until_open(port)
        memory = resident_megabytes(server.pid)
        return await answers_per_second(port), memory
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(15)


async def _until_open(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise TimeoutError("the server did not open its port")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run() -> list[dict[str, object]]:
    """Front and peer by turns; the best round of each."""
    server_core, load_core = server_and_load_cores()
    stay_on_core(load_core)
    rates: dict[str, list[float]] = {kind: [] for kind in SERVERS}
    memory: dict[str, float] = {}
    for _ in range(ROUNDS):
        for kind, seen in rates.items():
            rate, memory[kind] = asyncio.run(_measure(kind, _free_port(), server_core))
            seen.append(rate)
    front, peer = max(rates["front"]), max(rates["wsgi"])
    return [
        _row("front.django_page", round(front), "req/s", round(peer), front / peer),
        _row(
            "front.idle_memory", round(memory["front"]), "MB", round(memory["wsgi"]), memory["front"] / memory["wsgi"]
        ),
    ]


def _row(name: str, value: float, unit: str, peer_value: float, ratio: float) -> dict[str, object]:
    peer = "granian --interface wsgi"
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": round(ratio, 2),
    }
