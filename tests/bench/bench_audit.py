"""What the record costs: acts a second through @action while the worker seals, against a bare insert of the same row.

Every act is durable when it returns, and so is every bare insert.  The second row is the seal itself: entries a
second that are hashed, placed, chained and signed, against a plain bulk insert of as many rows of the same table.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from . import setting

SECONDS = 4.0
ROUNDS = 3
TO_SEAL = 4000


def run() -> list[dict[str, Any]]:
    """Acts and bare inserts by turns, then the seal and a bare bulk insert; the best round of each."""
    shutil.rmtree(setting.data_folder("audit"))
    folder = setting.stand_up("inner", "audit")
    from django.core.management import call_command

    from taihe.zones.keys import make_keys

    make_keys(folder / "inner" / "keys", "inner", demo=True)
    call_command("migrate", interactive=False, verbosity=0)
    server, load = setting.server_and_load_cores()
    setting.stay_on_core(load)
    acts, inserts = [], []
    for _ in range(ROUNDS):
        with _sealing_worker(server):
            acts.append(_a_second(_act()))
        inserts.append(_a_second(_bare_insert()))
    seals, bulks = _seal_rates()
    return [
        _row("audit.acts while sealing", max(acts), "acts/s", "bare insert of the same row", max(inserts)),
        _row("audit.seal", seals, "entries/s", "bulk insert of as many places", bulks),
    ]


def _a_second(work: Callable[[], object]) -> float:
    done, begun = 0, time.perf_counter()
    while (spent := time.perf_counter() - begun) < SECONDS:
        work()
        done += 1
    return done / spent


@contextmanager
def _sealing_worker(core: int) -> Iterator[None]:
    """The zone's worker beside us; entered when it has sealed what there was."""
    command = setting.on_core(core, [sys.executable, "-m", "taihe.zones.cli", "worker", "--zone", "inner"])
    with (setting.data_folder("audit") / "worker.log").open("wb") as log:
        worker = subprocess.Popen(command, cwd=setting.ROOT, env=os.environ.copy(), stdout=log, stderr=log)
    try:
        _act()()
        deadline = time.monotonic() + 120
        while _unsealed():
            if time.monotonic() > deadline or worker.poll() is not None:
                raise TimeoutError("the worker does not seal")
            time.sleep(0.1)
        yield
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)


def _unsealed() -> int:
    from taihe.ground.audit.models import AuditEntry, AuditSealed

    return AuditEntry.objects.count() - AuditSealed.objects.count()


def _act() -> Callable[[], None]:
    from taihe.ground.action import action, record
    from taihe.ground.actor import Actor

    @action("bench.act")
    def act(_actor: Actor) -> None:
        record(("bench", "1", "测速"), before={"a": 1}, after={"a": 2})

    actor = Actor.system("测速")
    return lambda: act(actor)


def _bare_insert() -> Callable[[], object]:
    """The same columns, one durable insert each; the numbers keep the rows apart as the acts' own do."""
    from taihe.ground.audit.models import AuditEntry

    _act()()
    newest = AuditEntry.objects.order_by("-pk").values().first()
    assert newest is not None
    same = {name: value for name, value in newest.items() if name not in ("id", "sub")}
    numbers = count(time.time_ns())
    return lambda: AuditEntry.objects.create(sub=f"{next(numbers):032x}", **same)


def _seal_rates() -> tuple[float, float]:
    from django.conf import settings
    from django.db import transaction

    from taihe.ground.audit.actions import seal
    from taihe.ground.audit.models import AuditEntry, AuditSealed
    from taihe.ground.signing import KeyRing

    ring = KeyRing(settings.TAIHE_KEY_DIR)
    seal(ring)
    same = AuditEntry.objects.order_by("-pk").values().first()
    assert same is not None
    own = {name: value for name, value in same.items() if name not in ("id", "sub")}
    numbers = count(time.time_ns())
    with transaction.atomic():
        AuditEntry.objects.bulk_create(AuditEntry(sub=f"{next(numbers):032x}", **own) for _ in range(TO_SEAL))
    begun = time.perf_counter()
    sealed = seal(ring)
    rate = sealed / (time.perf_counter() - begun)
    places = [AuditSealed(entry=10**12 + at, batch=10**12, position=at, hash="0" * 64) for at in range(TO_SEAL)]
    begun = time.perf_counter()
    with transaction.atomic():
        AuditSealed.objects.bulk_create(places)
    return rate, TO_SEAL / (time.perf_counter() - begun)


def _row(name: str, value: float, unit: str, peer: str, peer_value: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value),
        "unit": unit,
        "peer": peer,
        "peer_value": round(peer_value),
        "ratio": round(value / peer_value, 2),
    }
