"""Lists and full-text search of half a million documents, for the poorest and the richest reader, on both databases.

The register holds documents of 140 organs over six years, each with its text, two copies in hands and, every fifth,
a flow.  The poorest reader holds the rights of one small bureau, the richest those of the whole county.  A list is
one page of 20 rows as the view makes it (which organs, the newest thousand, the rows), asked without conditions and
narrowed down by year, genre and state; its peer is the plain queryset over the same rights with its count.  A search
is count, first 20 and their rights, asked again in the database; its peer is FTS5 over pairs of characters on SQLite
and ILIKE over the texts on PostgreSQL, both cut to the organs one may read.  The register lies in var/bench/documents
between runs (SQLite and the index); PostgreSQL is a throw-away cluster, filled anew.
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
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from . import setting
from .bench_search import phrase, vocabulary
from .documents_register import DOCUMENTS, OPEN_FROM, fill, fts, index

PAGE = 20
ASKED, SOUGHT, SLOW = 120, 60, 8
POOR, RICH = "one bureau", "whole county"
CLERK = ("documents.draft", "documents.read", "documents.receive")


def run() -> list[dict[str, Any]]:
    """Rows of both databases; PostgreSQL is left out where it is not installed."""
    script = str(setting.ROOT / "scripts/test-postgres")
    rows = _measure("SQLite", {})
    began = subprocess.run([script, "start", "bench-documents"], capture_output=True, text=True, check=False)
    if began.returncode:
        return rows
    try:
        dsn = shlex.split(began.stdout.strip().splitlines()[-1])[-1].split("=", 1)[1]
        return rows + _measure("PostgreSQL", {"TAIHE_DB": "postgres", "TAIHE_PG_DSN": dsn})
    finally:
        subprocess.run([script, "stop", "bench-documents"], check=False)


def _measure(title: str, env: dict[str, str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_documents"],
        cwd=setting.ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return [
        {
            "name": f"documents.{one['what']}, {one['reader']}, p95, {one['queries']} queries, {title}",
            "value": round(one["value"], 2),
            "unit": "ms",
            "peer": one["peer"],
            "peer_value": round(one["peer_value"], 2),
            "ratio": round(one["value"] / one["peer_value"], 4),
        }
        for one in found
    ]


def here() -> list[dict[str, Any]]:
    """In a process of its own: everything on one database."""
    folder = setting.stand_up("inner", "documents")
    from django.core.management import call_command

    from taihe.zones.keys import make_keys

    make_keys(folder / "inner" / "keys", "inner", demo=True)
    call_command("migrate", interactive=False, verbosity=0)
    from taihe.inner.office.documents.models import Delivery

    if Delivery.objects.count() < 2 * OPEN_FROM:
        fill()
    index(folder)
    found = []
    for reader, actor in _readers().items():
        found += _lists(reader, actor)
        found.append(_search(folder, reader, actor))
    return found


# -- the readers ------------------------------------------------------------------------------------


def _readers() -> dict[str, Any]:
    """A clerk of one small bureau, and somebody who reads everything."""
    from taihe.inner.people.models import Appointment, Officer, Organ
    from taihe.inner.people.tests.factories import OfficerFactory, RoleFactory, RoleGrantFactory, acting

    found = {}
    for reader, codes in ((POOR, ("J100",)), (RICH, ("ZF", "DW"))):
        name = f"b{codes[0]}".lower()
        officer = Officer.objects.filter(sign_in_name=name).first()
        if officer is None:
            officer = OfficerFactory(sign_in_name=name, organ=Organ.objects.get(code=codes[0]), appointed=True)
            role = RoleFactory(key=name, permissions=list(CLERK))
            for code in codes:
                held = Appointment.objects.get(officer=officer)
                RoleGrantFactory(appointment=held, role=role, scope=Organ.objects.get(code=code))
        found[reader] = acting(officer)
    return found


def _milliseconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


# -- lists ------------------------------------------------------------------------------------------


def _conditions() -> list[Any]:
    """What people ask: half of them nothing, the others a year, a genre, a state."""
    from taihe.inner.office.documents.queries.lists import Wanted

    chance = random.Random(5)
    asked = []
    for number in range(ASKED):
        year = chance.randint(2021, 2026)
        some = [Wanted(year=year), Wanted(genre="函"), Wanted(state="in_review"), Wanted(year=year, genre="意见")]
        asked.append(Wanted() if number % 2 else some[number // 2 % len(some)])
    return asked


def _lists(reader: str, actor: Any) -> list[dict[str, Any]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from taihe.inner.office.documents.access import readable
    from taihe.inner.office.documents.models import Document
    from taihe.inner.office.documents.queries import lists
    from taihe.inner.people.permissions import remembering

    def page(wanted: Any) -> list[Any]:
        with remembering():
            found = lists.everything(actor, lists.reach_of(actor), wanted)
            return lists.rows_of(found.pks[:PAGE])

    def plain(wanted: Any) -> list[Any]:
        with remembering():
            rows = wanted.of(Document.objects.filter(readable(actor))).order_by("-sorted_at", "-pk")
            rows.count()
            return list(rows[:PAGE])

    for wanted in _conditions()[:2]:
        same = [one.pk for one in plain(wanted)] == [one.pk for one in page(wanted)]
        if not same:
            raise RuntimeError(f"the list and the plain queryset differ: {reader} {wanted}")
    with CaptureQueriesContext(connection) as seen:
        page(lists.ALL)
    ours = [_milliseconds(partial(page, wanted)) for wanted in _conditions()]
    theirs = [_milliseconds(partial(plain, wanted)) for wanted in _conditions()[: 2 * SLOW]]
    sought = [lists.Wanted(text=f"第{number}项") for number in random.Random(6).choices(range(DOCUMENTS), k=2 * SLOW)]
    typed = [_milliseconds(partial(page, wanted)) for wanted in sought]
    their_typed = [_milliseconds(partial(plain, wanted)) for wanted in sought[:SLOW]]
    told = {"reader": reader, "queries": len(seen), "peer": "plain queryset with count"}
    return [
        {**told, "what": f"list of {DOCUMENTS:,}", "value": _p95(ours), "peer_value": _p95(theirs)},
        {**told, "what": "list by a piece of a title", "value": _p95(typed), "peer_value": _p95(their_typed)},
    ]


# -- search -----------------------------------------------------------------------------------------


def _search(folder: Path, reader: str, actor: Any) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from taihe.inner.office.documents.queries.searching import Asked, Finds
    from taihe.inner.people.permissions import remembering

    chance = random.Random(9)
    words, weights = vocabulary()
    longer = [(word, weight) for word, weight in zip(words, weights, strict=True) if len(word) > 1]
    several, steps = [word for word, _ in longer], list(accumulate(1 for _ in longer))
    asked = [" ".join(chance.choices(several, cum_weights=steps, k=1 + number % 2)) for number in range(SOUGHT)]

    def ours(text: str) -> int:
        with remembering():
            found = Finds(actor, Asked(text=text))
            return len(found[0:PAGE])

    peer, theirs = _their_search(folder, actor)
    hits = sum(ours(text) > 0 for text in asked)
    if reader == RICH and hits < SOUGHT // 4:
        raise RuntimeError(f"most questions must find something: {hits} of {SOUGHT}")
    with CaptureQueriesContext(connection) as seen:
        ours(asked[0])
    times = [_milliseconds(partial(ours, text)) for text in asked]
    some = asked if connection.vendor == "sqlite" else asked[:SLOW]
    their_times = [_milliseconds(partial(theirs, text)) for text in some]
    return {
        "what": f"search of {DOCUMENTS:,}",
        "reader": reader,
        "queries": len(seen),
        "value": _p95(times),
        "peer": peer,
        "peer_value": _p95(their_times),
    }


def _their_search(folder: Path, actor: Any) -> tuple[str, Callable[[str], int]]:
    """Count and first page by the database's own means, cut to the organs the reader may read."""
    from django.db import connection

    from taihe.inner.office.documents.queries.lists import reach_of

    organs = ",".join(map(str, reach_of(actor).issuing))
    if connection.vendor == "postgresql":
        table = "office_documents_documentversion v JOIN office_documents_document d ON d.id = v.document_id"
        table += f" AND d.organ_id IN ({organs})"

        def by_pattern(text: str) -> int:
            where = " AND ".join(["v.content::text ILIKE %s"] * len(text.split()))
            given = [f"%{one}%" for one in text.split()]
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {where}", given)  # noqa: S608  our own table
                total = int(cursor.fetchone()[0])
                cursor.execute(f"SELECT v.id FROM {table} WHERE {where} ORDER BY d.sorted_at DESC LIMIT {PAGE}", given)  # noqa: S608
                cursor.fetchall()
            return total

        return "PostgreSQL ILIKE", by_pattern
    known = fts(folder)
    known.execute("DROP TABLE IF EXISTS temp.mine")
    known.execute("CREATE TEMPORARY TABLE mine (no INTEGER PRIMARY KEY)")
    allowed = {one[0] for one in reach_numbers(organs)}
    known.executemany("INSERT INTO mine VALUES (?)", [(no,) for no in allowed])

    def by_pairs(text: str) -> int:
        matching = "FROM papers JOIN facts ON id = papers.rowid JOIN mine ON no = place WHERE papers MATCH ?"
        total = int(known.execute(f"SELECT count(*) {matching}", (phrase(text),)).fetchone()[0])
        known.execute(f"SELECT papers.rowid {matching} ORDER BY rank LIMIT {PAGE}", (phrase(text),)).fetchall()
        return total

    return "SQLite FTS5, character pairs", by_pairs


def reach_numbers(organs: str) -> list[tuple[int]]:
    """The numbers (as in `places_of`) of organs given by row ids."""
    from taihe.inner.people.models import Organ

    codes = Organ.objects.filter(pk__in=[int(one) for one in organs.split(",") if one], code__startswith="J")
    return [(int(code[1:]),) for code in codes.values_list("code", flat=True)]


if __name__ == "__main__":
    print(json.dumps(here()))
