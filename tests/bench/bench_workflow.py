"""One signature among two hundred, and the page of open work among a million items, on SQLite and PostgreSQL.

A signature is the whole action (lock, opinion, log, audit entry, durable commit) against bare writes of the same three
rows, each round durable too.  The page is the first 20 rows with all figures of its tabs, asked for 400 desks of which
every tenth is a crowded one (about 4,800 open items), against the same 20 rows by primary key.  The million lies in
var/bench between runs (SQLite); PostgreSQL is a throw-away cluster, filled anew.
"""

from __future__ import annotations

import json
import os
import random
import shlex
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from . import setting

ITEMS, POSTS, OPEN_IN = 1_000_000, 2_000, 20
SIGNERS, DESKS, CROWDED, PAGE = 200, 400, 7, 20


def run() -> list[dict[str, Any]]:
    """Rows of both databases; PostgreSQL is left out where it is not installed."""
    script = str(setting.ROOT / "scripts/test-postgres")
    rows = _measure("SQLite", {})
    began = subprocess.run([script, "start", "bench-workflow"], capture_output=True, text=True, check=False)
    if began.returncode:
        return rows
    try:
        dsn = shlex.split(began.stdout.strip().splitlines()[-1])[-1].split("=", 1)[1]
        return rows + _measure("PostgreSQL", {"TAIHE_DB": "postgres", "TAIHE_PG_DSN": dsn})
    finally:
        subprocess.run([script, "stop", "bench-workflow"], check=False)


def _measure(title: str, env: dict[str, str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_workflow"],
        cwd=setting.ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    queries = found["queries"]
    return [
        _row(f"workflow.step at {SIGNERS} signers, {title}", found["step"], "bare writes of the same rows"),
        _row(
            f"workflow.page of {ITEMS:,} items, p95, {queries} queries, {title}",
            found["page"],
            "the same rows by primary key",
        ),
    ]


def _row(name: str, times: tuple[float, float], peer: str) -> dict[str, Any]:
    value, peer_value = times
    return {
        "name": name,
        "value": round(value, 2),
        "unit": "ms",
        "peer": peer,
        "peer_value": round(peer_value, 2),
        "ratio": round(value / peer_value, 2),
    }


def here() -> dict[str, Any]:
    """In a process of its own: both measurements on one database."""
    folder = setting.stand_up("inner", "workflow")
    from django.core.management import call_command

    from taihe.zones.keys import make_keys

    make_keys(folder / "inner" / "keys", "inner", demo=True)
    call_command("migrate", interactive=False, verbosity=0)
    from taihe.inner.people.tests.factories import OfficerFactory, OrganFactory
    from taihe.inner.workflow.models import WorkItem

    for one in (OfficerFactory, OrganFactory):  # codes and names of earlier runs are taken
        one.reset_sequence(int(time.time() % 2_000_000 * 1000), force=True)

    missing = WorkItem.objects.count() < ITEMS
    if missing:
        _fill()
    step = _steps()
    page, queries = _pages()
    return {"step": step, "page": page, "queries": queries}


def _milliseconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


# -- a signature --------------------------------------------------------------------------------------


def _steps() -> tuple[float, float]:
    """Median of one signature and of the bare writes."""
    from taihe.inner.people.tests.factories import OfficerFactory, acting
    from taihe.inner.workflow.actions import complete
    from taihe.inner.workflow.models import WorkItem
    from taihe.inner.workflow.registry import Signer, register_subject
    from taihe.inner.workflow.tests.kit import PaperKind, build

    tag = f"{time.time_ns():x}"
    kind = PaperKind()
    register_subject(kind)
    house = build(kind, signers=1)
    officers = [OfficerFactory(appointed=True, sign_in_name=f"b{tag}{number}") for number in range(SIGNERS)]
    actors = [acting(one) for one in officers]
    kind.places["sign"] = [Signer(int(one.post_id), int(one.person_id)) for one in actors]
    paper = house.paper(subject_id=tag)
    items = {one.officer_id: one for one in WorkItem.objects.filter(instance=paper, node="sign")}
    signatures, bare = [], []
    for actor in actors[:-1]:
        item = items[int(actor.person_id)]
        signatures.append(
            _milliseconds(partial(complete, actor, item.pk, item.version, outcome="agree", opinion="同意"))
        )
        bare.append(_milliseconds(_bare_writes(item.pk)))
    return statistics.median(signatures), statistics.median(bare)


def _bare_writes(pk: int) -> Callable[[], None]:
    """The rows that the signature left, written again: item, line of the log, audit entry."""
    from django.db import transaction

    from taihe.ground.audit.models import AuditEntry
    from taihe.inner.workflow.models import FlowLog, WorkItem

    item = WorkItem.objects.filter(pk=pk).values().get()
    line = FlowLog.objects.filter(item=pk).order_by("-pk").values().first()
    entry = AuditEntry.objects.order_by("-pk").values().first()
    assert line and entry
    del line["id"], entry["id"]
    entry["sub"] = f"{time.time_ns():032x}"

    def write() -> None:
        with transaction.atomic(durable=True):
            WorkItem.objects.filter(pk=pk).update(**{key: value for key, value in item.items() if key != "id"})
            FlowLog.objects.create(**line)
            AuditEntry.objects.create(**entry)

    return write


# -- the page -----------------------------------------------------------------------------------------


def _fill() -> None:
    """A million items: two thousand desks, one in twenty items open, most of those on the first seven."""
    from django.db import transaction

    from taihe.inner.people.tests.factories import AppointmentFactory, OfficerFactory, OrganFactory, PostFactory
    from taihe.inner.workflow.models import WorkItem
    from taihe.inner.workflow.registry import forget_subject, register_subject
    from taihe.inner.workflow.tests.kit import PaperKind, build

    organ = OrganFactory(code=f"BENCH{time.time_ns():x}")
    with transaction.atomic():
        for number in range(POSTS):
            officer = OfficerFactory(sign_in_name=f"bench{number}", pinyin="", initials="")
            AppointmentFactory(officer=officer, post=PostFactory(organ=organ, title=f"测速{number}"), is_main=True)
    kind = PaperKind()
    register_subject(kind)
    house = build(kind, signers=1)
    model = house.item(house.paper(subject_id=f"{time.time_ns():x}"), house.signers[0])
    forget_subject(kind.kind)
    first = WorkItem.objects.get(pk=model.pk)
    _multiply(first, organ.pk)


def _multiply(model: Any, organ: int) -> None:
    """Copies of one item, made inside the database; `n` counts them."""
    from django.db import connection

    from taihe.inner.people.models import Appointment

    desks = Appointment.objects.filter(post__organ=organ).order_by("pk").values_list("post_id", "officer_id")
    names, values, params = _columns(model)
    place = f"CASE WHEN n %% {OPEN_IN} = 0 AND n %% 3 <> 0 THEN (n / {OPEN_IN}) %% {CROWDED} ELSE n %% {POSTS} END"
    numbers = f"SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {ITEMS}"  # noqa: S608  our own number
    count = f"(WITH RECURSIVE s(n) AS ({numbers}) SELECT n FROM s) AS n"  # noqa: S608
    if connection.vendor == "postgresql":
        count = f"generate_series(1::bigint, {ITEMS}) AS n"
    into = f'INSERT INTO "{model._meta.db_table}" ({", ".join(names)}) '
    chosen = f"SELECT {', '.join(values)} FROM {count} JOIN desk d ON d.no = {place}"  # noqa: S608  our own names
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE desk (no integer PRIMARY KEY, post integer, officer integer)")
        cursor.executemany("INSERT INTO desk VALUES (%s, %s, %s)", [(no, *pair) for no, pair in enumerate(desks)])
        cursor.execute(into + chosen, params)
        cursor.execute("ANALYZE")


def _columns(model: Any) -> tuple[list[str], list[str], list[Any]]:
    """Columns, what each copy holds there, and the values meant by the place-holders, in order."""
    from django.db import connection

    from taihe.ground import clock
    from taihe.inner.workflow.deadlines import precedence

    is_open = f"n %% {OPEN_IN} = 0"
    soon = precedence("normal", clock.now() - timedelta(days=3))  # a tenth are overdue
    differs = {
        "post_id": "d.post",
        "officer_id": "d.officer",
        "done_by_id": f"CASE WHEN {is_open} THEN NULL ELSE d.officer END",
        "status": f"CASE WHEN {is_open} THEN 'open' ELSE 'done' END",
        "precedence": f"CASE WHEN {is_open} THEN {soon} + (n * 7919) %% 2592000 ELSE NULL END",
        "done_at": f"CASE WHEN {is_open} THEN NULL ELSE %s END",
        "node": "'n' || n",
    }
    model.done_at = clock.now()
    fields = [one for one in model._meta.concrete_fields if not one.primary_key]
    return (
        [f'"{one.column}"' for one in fields],
        [differs.get(one.column, "%s") for one in fields],
        [
            one.get_db_prep_save(getattr(model, one.attname), connection)
            for one in fields
            if "%s" in differs.get(one.column, "%s")
        ],
    )


def _pages() -> tuple[tuple[float, float], int]:
    """95th percentile of the page and of its rows by primary key, and how many queries a page is."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from taihe.ground.actor import Actor
    from taihe.inner.people.models import Appointment
    from taihe.inner.workflow import queries
    from taihe.inner.workflow.models import WorkItem

    held = list(
        Appointment.objects.filter(post__title__startswith="测速").order_by("pk").values_list("officer_id", "post_id")
    )
    chosen = random.Random(7)
    desks = [held[number % CROWDED] if number % 10 == 0 else chosen.choice(held) for number in range(DESKS)]
    actors = [Actor("officer", str(officer), "测速", post_id=str(post)) for officer, post in desks]

    def page(actor: Actor) -> list[WorkItem]:
        queries.counts(actor)
        return list(queries.todo(actor)[:PAGE])

    with CaptureQueriesContext(connection) as seen:
        page(actors[0])
    pages, bare = [], []
    for actor in actors:
        pages.append(_milliseconds(partial(page, actor)))
        same = WorkItem.objects.filter(pk__in=[one.pk for one in page(actor)])
        bare.append(_milliseconds(partial(list, same)))
    return (_p95(pages), _p95(bare)), len(seen)


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    print(json.dumps(here()))
