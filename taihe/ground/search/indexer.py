"""The index process: takes what was touched, fetches its present state, writes it in one commit a round."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.outbox import actions as outbox
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.registry import registration

from .index import Index
from .sources import QUEUE, Document, kinds, source, touch

log = logging.getLogger(__name__)
ROUND = 500
IDLE_SECONDS = 0.5
ACTOR = Actor.system("检索")


@lru_cache(maxsize=1)
def zone_index() -> Index:
    """This zone's index, opened once per process."""
    return Index(Path(settings.TAIHE_FOLDER) / "index")


def _present(rows: list[OutboxMessage]) -> tuple[list[Document], list[tuple[str, str]]]:
    wanted: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        wanted[row.payload["kind"]].append(row.payload["key"])
    found: list[Document] = []
    gone: list[tuple[str, str]] = []
    for kind, keys in wanted.items():
        known = source(kind)
        documents = list(known.load(keys)) if known else []
        found += documents
        there = {document.key for document in documents}
        gone += [(kind, key) for key in keys if key not in there]
    return found, gone


def index_round(index: Index) -> int:
    """Write one round of touched documents; returns how many messages were settled.

    The index is written before the messages are settled: a crash between the two writes it again.
    """
    with unit_of_work("search.take", ACTOR):
        rows = outbox.take_due(QUEUE, ROUND)
        for row in rows:
            outbox.lease(row)
    if not rows:
        return 0
    error: Exception | None = None
    try:
        index.write(*_present(rows))
    except Exception as caught:
        log.exception("index round failed")
        error = caught
    with unit_of_work("search.settle", ACTOR):
        for row in rows:
            if error is None:
                outbox.settle_done(row)
            else:
                outbox.settle_failed(row, registration(row.kind), str(error))
    return len(rows)


def rebuild() -> int:
    """Empty the index and touch every document of every source; returns how many were touched."""
    zone_index().clear()
    touched = 0
    with unit_of_work("search.rebuild", ACTOR):
        for kind in kinds():
            known = source(kind)
            for key in known.keys() if known else ():
                touch(kind, key)
                touched += 1
    return touched


def run(stopping: Callable[[], bool]) -> None:
    """The life of the index process.  An index with nothing in it (new, or of another schema) is filled first."""
    index = zone_index()
    with unit_of_work("search.start", ACTOR):
        outbox.ensure_recurring(QUEUE)
    if index.empty():
        rebuild()
    while not stopping():
        try:
            done = index_round(index)
        except Exception:
            log.exception("index process: round failed")
            close_old_connections()
            done = 0
            time.sleep(1)
        if not done:
            time.sleep(IDLE_SECONDS)
