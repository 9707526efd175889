"""Starts the processes of one zone in a moment: everything is imported once, and each process is a fork of it.

Speaks JSON lines: an order on standard input (``{"role": …}``) is answered with ``{"pid": …}``, and the end of
a process told as ``{"ended": pid, "code": …}`` (negative: the signal).  When the input closes, whatever still
runs is killed and the nursery ends.
"""

from __future__ import annotations

import importlib
import json
import os
import selectors
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from taihe.zones import prepare

ROLES: dict[str, Callable[[dict[str, Any]], None]] = {}


def role(function):
    """Name a function as one that a forked process may run."""
    ROLES[function.__name__] = function
    return function


@role
def gate(_order: dict[str, Any]) -> None:
    """The gate half, as ``taihe gate run`` runs it."""
    from taihe.gate.half import run_half
    from taihe.zones.stopping import stop_switch

    run_half(stop_switch())


@role
def worker(order: dict[str, Any]) -> None:
    """The worker, as ``taihe worker`` runs it."""
    from taihe.ground.outbox.worker import work
    from taihe.zones.stopping import stop_switch

    work(order.get("queue", "main"), stop_switch())


@role
def ferry(order: dict[str, Any]) -> None:
    """The ferry, as ``taihe gate ferry`` runs it."""
    from taihe.gate.ferry import Leg, run_ferry
    from taihe.zones.stopping import stop_switch

    ways = [Leg(Path(source), Path(target)) for source, _, target in (one.partition(":") for one in order["legs"])]
    run_ferry(ways, order["every"], stop_switch(), lose=order.get("lose", 0))


@role
def probes(order: dict[str, Any]) -> None:
    """A caller: sends probes ``first`` … and writes down each number only when the action has returned."""
    from taihe.gate.watch.actions import send_probe
    from taihe.ground.actor import Actor
    from taihe.ground.errors import CountyError

    told = os.open(order["told"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number in range(order["first"], order["first"] + order["count"]):
        try:
            send_probe(Actor.system("演示调用者"), number)
        except CountyError as refusal:
            os.write(told, f"refused {number} {refusal.code}\n".encode())
        else:
            os.write(told, f"done {number}\n".encode())


@role
def notes(order: dict[str, Any]) -> None:
    """A caller: sends notes ``first`` …, each with a file."""
    from taihe.ground.actor import Actor
    from tests.system.bare.toys.actions import send

    how = order.get("how", {})
    for number in range(order["first"], order["first"] + order["count"]):
        send(Actor.system("演示调用者"), number, **how)


@role
def verify(order: dict[str, Any]) -> None:
    """Check the zone's audit chain and write what was found."""
    from taihe.ground.audit.service import verify_database

    report = verify_database()
    found: dict[str, Any] = {"sound": report.sound, "batches": report.batches, "entries": report.entries}
    found["finding"] = report.finding.sentence if report.finding else ""
    Path(order["report"]).write_text(json.dumps(found), "utf-8")


def _be(order: dict[str, Any]) -> None:
    """In the forked process: become what was ordered, and never return."""
    os.setsid()
    code = 1
    try:
        os.dup2(2, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ["TAIHE_KILLPOINT"] = order.get("killpoint", "")
        from taihe.ground import killpoints

        importlib.reload(killpoints)  # it reads the environment once; the nursery had none
        ROLES[order["role"]](order)
        code = 0
    except BaseException:  # noqa: BLE001  a fork must not go on as its parent
        traceback.print_exc()
    finally:
        os._exit(code)


def _warm() -> None:
    """Import what the roles need, so that a fork has it at once."""
    import taihe.gate.ferry
    import taihe.gate.half
    import taihe.gate.watch.actions
    import taihe.ground.audit.service
    import taihe.ground.outbox.worker
    import taihe.zones.stopping  # noqa: F401


def _say(**what: int) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


def _fork(order: dict[str, Any]) -> tuple[int, int]:
    pid = os.fork()
    if not pid:
        _be(order)
    return os.pidfd_open(pid), pid


def main(zone: str) -> None:
    """Take orders until the input closes."""
    prepare.enter(zone)
    _warm()
    _say(ready=1)
    living: dict[int, int] = {}
    with selectors.DefaultSelector() as waiting:
        waiting.register(0, selectors.EVENT_READ)
        rest = b""
        while True:
            for key, _ in waiting.select():
                if key.fd == 0:
                    data = os.read(0, 65536)
                    if not data:
                        for pid in living.values():
                            os.kill(pid, signal.SIGKILL)
                        return
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        watch, pid = _fork(json.loads(line))
                        living[watch] = pid
                        waiting.register(watch, selectors.EVENT_READ)
                        _say(pid=pid)
                else:
                    pid = living.pop(key.fd)
                    waiting.unregister(key.fd)
                    os.close(key.fd)
                    _say(ended=pid, code=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


if __name__ == "__main__":
    main(sys.argv[1])
