"""The process that keeps the promises: takes what is due, carries it out, settles it.

Transactional handlers of one round share one durable transaction, each in a savepoint: a crash
loses none and doubles none.  The others run under a lease, at least once.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable
from datetime import timedelta

from django.db import close_old_connections, transaction

from .. import clock
from ..action import caused_by, current_frame, record_refusal, unit_of_work
from ..actor import Actor
from ..errors import CountyError
from ..fulldisk import is_full
from ..killpoints import killpoint
from . import actions
from .models import OutboxMessage
from .registry import Registration, registration

log = logging.getLogger(__name__)

ROUND = 100
# A round stops taking more after this long, so that other writers of SQLite get their turn.
ROUND_SECONDS = 0.05
IDLE_SECONDS = 0.2
FULL_DISK_REST = timedelta(seconds=5)


def _describe(error: Exception) -> str:
    if isinstance(error, CountyError):
        return error.sentence()
    return "".join(traceback.format_exception_only(error)).strip()


def _run_inside(row: OutboxMessage, known: Registration) -> None:
    try:
        with transaction.atomic(), caused_by(current_frame(), cause=row.cause, name=row.kind):
            known.run(row.payload)
    except Exception as error:
        log.warning("outbox %s#%s failed: %s", row.kind, row.pk, error, exc_info=not isinstance(error, CountyError))
        if is_full(error):  # no try of its own: it waits until there is room
            actions.postpone([row], clock.now() + FULL_DISK_REST)
            return
        actions.settle_failed(row, known, _describe(error))
        if isinstance(error, CountyError):
            record_refusal(error)
    else:
        killpoint("outbox.before_done")
        actions.settle_done(row)


def _run_leased(row: OutboxMessage, known: Registration, actor: Actor) -> None:
    error: Exception | None = None
    try:
        known.run(row.payload)
    except Exception as caught:
        log.warning("outbox %s#%s failed: %s", row.kind, row.pk, caught, exc_info=not isinstance(caught, CountyError))
        error = caught
    killpoint("outbox.leased_before_done")
    with unit_of_work("outbox.settle", actor):
        if error is None:
            actions.settle_done(row)
        elif is_full(error):
            actions.postpone([row], clock.now() + FULL_DISK_REST)
        else:
            actions.settle_failed(row, known, _describe(error))


def run_round(queue: str) -> int:
    """Carry out one round of due messages; returns how many were taken."""
    actor = Actor.system(f"{queue}队列")
    leased: list[tuple[OutboxMessage, Registration]] = []
    with unit_of_work("outbox.round", actor):
        started, taken = time.monotonic(), 0
        for row in actions.take_due(queue, ROUND):
            known = registration(row.kind)
            if known is None:
                actions.settle_failed(row, None, f"本版本没有“{row.kind}”的处理程序。")
            elif known.transactional:
                _run_inside(row, known)
            else:
                actions.lease(row)
                leased.append((row, known))
            taken += 1
            if time.monotonic() - started > ROUND_SECONDS:
                break
        killpoint("outbox.before_commit")
    killpoint("outbox.after_commit")
    for row, known in leased:
        _run_leased(row, known, actor)
    return taken


def drain(queue: str, *, rounds: int = 1000) -> int:
    """Run until nothing is due (tests and one-off commands); returns how many messages were taken."""
    total = 0
    for _ in range(rounds):
        taken = run_round(queue)
        total += taken
        if not taken:
            return total
    return total


def work(queue: str, stopping: Callable[[], bool]) -> None:
    """The worker's life: rounds until asked to stop."""
    with unit_of_work("outbox.start", Actor.system(f"{queue}队列")):
        actions.ensure_recurring(queue)
    while not stopping():
        try:
            taken = run_round(queue)
        except Exception:
            log.exception("queue %s: round failed", queue)
            close_old_connections()
            taken = 0
            time.sleep(1)
        if not taken:
            time.sleep(IDLE_SECONDS)
