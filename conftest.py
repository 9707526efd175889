"""Tests belong to a zone: TAIHE_ZONE=inner (default) or outer chooses the settings and the wing that is collected.

The other wing is not even read, as its machines would not have it either.  No test reaches the
network: whatever tries to leave this machine fails the test that tried.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
from typing import Any

import django

ZONE = os.environ.setdefault("TAIHE_ZONE", "inner")
OTHER_WING = {"inner": "outer", "outer": "inner"}[ZONE]
FOLDER = tempfile.mkdtemp(prefix="taihe-test-")
os.environ["DJANGO_SETTINGS_MODULE"] = f"taihe.zones.settings.{ZONE}"
os.environ["TAIHE_MODE"] = "test"
os.environ["TAIHE_VAR"] = FOLDER  # never the county's own data, whatever the shell says

collect_ignore = [f"taihe/{OTHER_WING}"]


class NetworkForbidden(BaseException):
    """A test tried to reach another machine.  Not an Exception, so that no ``except`` can hide it."""


def _is_here(host: object) -> bool:
    if not isinstance(host, str) or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _refuse_network(event: str, args: tuple[Any, ...]) -> None:
    """Audit hook over every way out of this process: connect, datagrams, and looking a name up."""
    if event in ("socket.connect", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # unix sockets are paths
    elif event == "socket.getaddrinfo":
        host = args[0].decode() if isinstance(args[0], bytes) else args[0]
    else:
        return
    if not _is_here(host):
        raise NetworkForbidden(f"{event} to {host}: tests stay on this machine")


sys.addaudithook(_refuse_network)

# Conftest files and factories below import models, so the registry must be ready before they are read.
django.setup()

from taihe.ground.testkit import ready_tables  # noqa: E402  needs the registry
from taihe.ground.testkit.append_only import allow_flush  # noqa: E402

allow_flush()
ready_tables.install()


def pytest_unconfigure() -> None:
    """Throws the run's data folder away."""
    shutil.rmtree(FOLDER, ignore_errors=True)
