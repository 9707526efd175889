"""From promised to sealed: letters posted in the zone's actions get their number, chain and signature."""

from __future__ import annotations

from datetime import timedelta

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.killpoints import killpoint
from taihe.ground.outbox import actions as outbox
from taihe.ground.outbox.models import OutboxMessage

from . import actions
from .letters import letter_class
from .posting import Posted
from .queries import peer_versions

GATE = Actor.system("隔离交换")
ROUND = 200
# How long a letter rests that the other zone cannot read before its update.
UNREADABLE_REST = timedelta(seconds=30)


def _sort(rows: list[OutboxMessage]) -> tuple[list[tuple[OutboxMessage, Posted]], list[OutboxMessage]]:
    """Letters to seal now, and those the other zone cannot read yet; what this release lost is shelved."""
    ready, early, reads = [], [], peer_versions()
    for row in rows:
        posted = Posted.model_validate(row.payload) if row.kind == "gate.seal" else None
        if posted is None or letter_class(posted.kind, posted.version) is None:
            outbox.settle_failed(row, None, "本版本没有这种信件，无法封装。")
        elif reads is not None and reads.get(posted.kind, 0) < posted.version:
            early.append(row)
        else:
            ready.append((row, posted))
    return ready, early


def seal_round() -> int:
    """Seal what was posted; returns how many letters."""
    with unit_of_work("gate.seal", GATE):
        rows = outbox.take_due("gate", ROUND)
        if not rows:
            return 0
        ready, early = _sort(rows)
        actions.seal_letters([(posted, row.cause) for row, posted in ready])
        outbox.settle_many_done([row for row, _ in ready])
        outbox.postpone(early, clock.now() + UNREADABLE_REST)
        killpoint("gate.seal_before_commit")
    killpoint("gate.seal_after_commit")
    return len(ready)
