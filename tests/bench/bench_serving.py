"""The site's signed pages from verified memory against Debian's nginx with the same files, both on the same core.

The front does what it does for the public: the keeper guards the disk, health and Django stand beside it.  The load
generator keeps to the other core and may itself be the narrow place; so a second figure counts requests for each second
of processor time that the server used, which does not depend on the generator.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from .bench_front import _free_port, _row, resident_megabytes
from .setting import ROOT, data_folder, on_core, server_and_load_cores, stand_up, stay_on_core

CONNECTIONS = 16
SECONDS = 4.0
ROUNDS = 3
PAGES = 20_000
ASKED = 2_000
PAGE_BYTES = 9_000
BIG = "/content/25k.html"
PEER = "nginx (Debian)"
WORDS = "太和县人民政府公开办事指南政策解读通知公告民生实事乡村振兴小麦桔梗薄荷香椿教育医疗社保就业住房交通水利".strip()
NGINX = """
worker_processes 1; daemon off; error_log {folder}/nginx.err; pid {folder}/nginx.pid;
events {{ worker_connections 512; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; gzip_static on;
  types {{ text/html html; }} charset utf-8; open_file_cache max=50000 inactive=600s; open_file_cache_valid 600s;
  add_header Content-Security-Policy "{policy}"; add_header Permissions-Policy "{permissions}";
  add_header X-Content-Type-Options nosniff; add_header X-Frame-Options DENY;
  add_header Referrer-Policy same-origin; add_header Cross-Origin-Opener-Policy same-origin;
  add_header Cache-Control "public, no-cache"; add_header X-Robots-Tag noindex;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


# What is served --------------------------------------------------------------------------------


def _page(number: int, size: int) -> str:
    chance = random.Random(number)
    text = "".join(chance.choices(WORDS, k=size // 4))
    links = ((chance.randrange(PAGES), text[at : at + 60]) for at in range(0, len(text), 60))
    rows = (f"<p><a href='/content/{to}.html'>{words}</a></p>" for to, words in links)
    return f"<!doctype html><html lang=zh-CN><title>第{number}篇</title>{''.join(rows)}"


def _paths() -> Iterator[tuple[str, str]]:
    yield BIG, _page(0, 25_000 * 4 // 5).ljust(25_000)
    for number in range(1, PAGES + 1):
        yield f"/content/{number}.html", _page(number, PAGE_BYTES)


def _lay_out(var: Path) -> None:
    """A signed release on both copies, and the same files for nginx; kept between runs."""
    from django.conf import settings

    from taihe.outer.portal.tests.press import Press
    from taihe.outer.portal.trust import disk, trust

    done = var / f"laid-out-{trust().site}"
    if done.exists():
        return
    shutil.rmtree(var / "outer", ignore_errors=True)
    subprocess.run([sys.executable, "-m", "taihe.zones.cli", "prepare", "--zone", "outer"], check=True, cwd=ROOT)
    press = Press(var / "keys", site=trust().site, outer=Path(settings.TAIHE_KEY_DIR))
    signed = press.release(dict(_paths()))
    manifest = press.lay(disk(), signed)
    for file in manifest.files:
        plain = var / "www" / file.path[1:]
        plain.parent.mkdir(parents=True, exist_ok=True)
        plain.write_bytes(press.objects[file.sha256])
        if file.gz:
            plain.with_name(plain.name + ".gz").write_bytes(press.objects[file.gz.sha256])
    done.touch()


# Servers ---------------------------------------------------------------------------------------


@contextmanager
def _running(
    command: list[str], core: int, port: int, log: Path, env: dict[str, str], *, path: str = BIG, cwd: Path = ROOT
) -> Iterator[int]:
    with log.open("wb") as output:
        server = subprocess.Popen(on_core(core, command), cwd=cwd, env=env, stdout=output, stderr=output)
    try:
        _until(lambda: _status(port, path) == 200, log)
        yield server.pid
    finally:
        server.terminate()
        server.wait(20)


def _until(happens: Callable[[], bool], log: Path) -> None:
    limit = time.monotonic() + 120
    while not happens():
        if time.monotonic() > limit:
            raise TimeoutError(log.read_text()[-2000:])
        time.sleep(0.2)


def _status(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _front(port: int) -> list[str]:
    options = ["--interface", "rsgi", "--workers", "1", "--no-ws", "--http", "1", "--log-level", "warning"]
    return [sys.executable, "-m", "granian", *options, "--port", str(port), "taihe.zones.front:app"]


def _nginx(var: Path, port: int) -> list[str]:
    from taihe.ground.headers import PERMISSIONS, POLICY

    file = var / "nginx.conf"
    file.write_text(NGINX.format(folder=var, port=port, policy=POLICY, permissions=PERMISSIONS))
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise RuntimeError("nginx is not installed (scripts/debian-packages.txt)")
    return [program, "-c", str(file)]


# Load ------------------------------------------------------------------------------------------


class Asker(asyncio.Protocol):
    """One keep-alive connection that asks for one page after another."""

    def __init__(self, requests: list[bytes], begin: int) -> None:
        self.requests, self.at = requests, begin
        self.answers, self.left, self.head = 0, 0, b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.requests[self.at])

    def data_received(self, data: bytes) -> None:
        """Count an answer when all of it is here, and ask on."""
        if self.left:
            self.left -= len(data)
        else:
            self.head += data
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.head[:end].lower()
            assert head.startswith(b"http/1.1 200"), head
            length = head.index(b"content-length: ") + 16
            self.left = int(head[length:].split(b"\r", 1)[0]) - (len(self.head) - end - 4)
            self.head = b""
        if not self.left and self.transport:
            self.answers += 1
            self.at = (self.at + 1) % len(self.requests)
            self.transport.write(self.requests[self.at])


def _cpu_seconds(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ticks = 0
    for one in (pid, *children):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def _load(port: int, pid: int, requests: list[bytes]) -> tuple[float, float]:
    """Answers a second, and answers for a second of the server's processor time, after a warm-up."""
    loop = asyncio.get_running_loop()
    step = max(len(requests) // CONNECTIONS, 1)
    askers = []
    for number in range(CONNECTIONS):
        asker = partial(Asker, requests, number * step % len(requests))
        made = await loop.create_connection(asker, "127.0.0.1", port)
        askers.append(made[1])
    await asyncio.sleep(1)
    answers, spent, begun = sum(one.answers for one in askers), _cpu_seconds(pid), time.perf_counter()
    await asyncio.sleep(SECONDS)
    answers = sum(one.answers for one in askers) - answers
    spent, lasted = _cpu_seconds(pid) - spent, time.perf_counter() - begun
    for one in askers:
        if one.transport:
            one.transport.abort()
    return answers / lasted, answers / max(spent, 0.01)


def _requests(paths: list[str], coding: str) -> list[bytes]:
    return [f"GET {path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: {coding}\r\n\r\n".encode() for path in paths]


def run() -> list[dict[str, object]]:
    """Both servers by turns; the best round of each."""
    var = stand_up("outer", "serving")
    _lay_out(var)
    env = {**os.environ, "TAIHE_LOG": "WARNING", "TAIHE_DB": "sqlite"}
    server_core, load_core = server_and_load_cores()
    stay_on_core(load_core)
    some = random.Random(20).sample(range(1, PAGES + 1), ASKED)
    loads = {
        "one_page": _requests([BIG], "identity"),
        "random_pages": _requests([f"/content/{one}.html" for one in some], "gzip"),
    }
    rates: dict[tuple[str, str], list[tuple[float, float]]] = {}
    memory: dict[str, float] = {}
    for _ in range(ROUNDS):
        for kind in ("front", "nginx"):
            port = _free_port()
            command = _front(port) if kind == "front" else _nginx(var, port)
            with _running(command, server_core, port, data_folder("serving") / f"{kind}.log", env) as pid:
                for load, requests in loads.items():
                    rates.setdefault((kind, load), []).append(asyncio.run(_load(port, pid, requests)))
                memory[kind] = resident_megabytes(pid)
    rows = []
    for load in loads:
        for place, unit in enumerate(("req/s", "req per CPU s")):
            ours = max(one[place] for one in rates["front", load])
            theirs = max(one[place] for one in rates["nginx", load])
            name = f"serving.{load}" + ("" if place == 0 else "_per_cpu")
            rows.append(_row(name, round(ours), unit, round(theirs), ours / theirs) | {"peer": PEER})
    rows.append(
        _row(
            "serving.memory_20k_pages",
            round(memory["front"]),
            "MB",
            round(memory["nginx"]),
            memory["front"] / memory["nginx"],
        )
        | {"peer": PEER}
    )
    return rows
