"""One document to 400 organs, on SQLite and PostgreSQL: the whole act against a bare bulk insert of the same rows.

The act is everything that makes it true: flow, document and register locked, list frozen, copies and events, audit
entries, one durable commit.  The peer writes the same copies and events again with two bulk inserts, durable too.
PostgreSQL is a throw-away cluster.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from . import setting

ORGANS, ROUNDS = 400, 12


def run() -> list[dict[str, Any]]:
    """Rows of both databases; PostgreSQL is left out where it is not installed."""
    script = str(setting.ROOT / "scripts/test-postgres")
    rows = [_measure("SQLite", {})]
    began = subprocess.run([script, "start", "bench-distribution"], capture_output=True, text=True, check=False)
    if began.returncode:
        return rows
    try:
        dsn = shlex.split(began.stdout.strip().splitlines()[-1])[-1].split("=", 1)[1]
        return [*rows, _measure("PostgreSQL", {"TAIHE_DB": "postgres", "TAIHE_PG_DSN": dsn})]
    finally:
        subprocess.run([script, "stop", "bench-distribution"], check=False)


def _measure(title: str, env: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_distribution"],
        cwd=setting.ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    value, peer = found["act"], found["bare"]
    return {
        "name": f"distribution to {ORGANS} organs, {found['queries']} queries, {title}",
        "value": round(value, 1),
        "unit": "ms",
        "peer": "bare bulk insert of the same rows",
        "peer_value": round(peer, 1),
        "ratio": round(value / peer, 2),
    }


def here() -> dict[str, Any]:
    """In a process of its own: the act and the bare rows by turns, the median of each."""
    shutil.rmtree(setting.data_folder("distribution"))
    folder = setting.stand_up("inner", "distribution")
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from taihe.zones.keys import make_keys

    make_keys(folder / "inner" / "keys", "inner", demo=True)
    call_command("migrate", interactive=False, verbosity=0)
    from taihe.inner.office.documents.actions.distributing import distribute
    from taihe.inner.office.documents.tests.sending import SendingKind, build
    from taihe.inner.workflow.registry import register_subject

    kind = SendingKind()
    register_subject(kind)
    senders = build(kind, ORGANS)
    acts, bare = [], []
    queries = 0
    for _ in range(ROUNDS):
        document, item = senders.sealed()
        with CaptureQueriesContext(connection) as seen:
            distribute(senders.clerk.actor, item.pk, item.version)
        queries = len(seen)
        document, item = senders.sealed()
        acts.append(_milliseconds(partial(distribute, senders.clerk.actor, item.pk, item.version)))
        bare.append(_milliseconds(_bare_rows(document.pk)))
    return {"act": statistics.median(acts), "bare": statistics.median(bare), "queries": queries}


def _milliseconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _bare_rows(pk: int) -> Callable[[], None]:
    """The same copies, as if recalled so that the organs' own may stand, and their events, written once more."""
    from django.db import transaction

    from taihe.inner.office.documents.models import Delivery, DeliveryEvent

    copies = list(Delivery.objects.filter(document=pk))
    events = list(DeliveryEvent.objects.filter(delivery__document=pk).order_by("delivery"))

    def write() -> None:
        for one in (*copies, *events):
            one.pk = None
        for copy in copies:
            copy.state, copy.ended_reason = "recalled", "bare"
        with transaction.atomic(durable=True):
            made = Delivery.objects.bulk_create(copies)
            for event, copy in zip(events, made, strict=True):
                event.delivery = copy
            DeliveryEvent.objects.bulk_create(events)

    return write


if __name__ == "__main__":
    print(json.dumps(here()))
