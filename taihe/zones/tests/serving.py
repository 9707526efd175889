"""Starts a real server on a free port of this machine, for as long as a test needs it."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server: ask it with http.client, or talk to it byte by byte."""

    def __init__(self, process, port, log):
        self.process, self.port, self.log = process, port, log

    def connect(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, path, method="GET", body=None, headers=None, **how):
        connection = self.connect()
        try:
            connection.request(method, path, body=body, headers=headers or {}, **how)
            answer = connection.getresponse()
            answer.body = answer.read()
            return answer
        finally:
            connection.close()

    def json(self, path, **how):
        return json.loads(self.ask(path, **how).body)

    def raw(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)


@contextlib.contextmanager
def serving(folder, target="taihe.zones.tests.tiny:app", interface="rsgi", env=None, options=()):
    """A Granian server for `target`; stopped on leaving."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", interface, "--host", "127.0.0.1", "--port", str(port)]
    log = Path(folder) / f"server-{port}.log"
    environ = {
        **{key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"},
        "TAIHE_ZONE": "inner",
        "TINY_DB": str(Path(folder) / "tiny.sqlite3"),
        **(env or {}),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, *options, target], cwd=ROOT, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: answers(port) or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        yield Server(process, port, log)
    finally:
        process.terminate()
        process.wait(15)


def answers(port):
    with contextlib.suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    return False


def until(happens, seconds=20):
    """Ask again and again until it happens; fails after `seconds`."""
    limit = time.monotonic() + seconds
    while not (found := happens()):
        assert time.monotonic() < limit, "did not happen in time"
        time.sleep(0.02)
    return found
