"""Housekeeping: reservations nobody used become void, on the record."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.ground.outbox.registry import recurring

from . import actions, queries

_AT_ONCE = 100


@recurring("registers.expire", every_seconds=3600)
def expire_reservations() -> None:
    """Void what was reserved and not used by its last day."""
    for pk in list(queries.overdue_reservations().values_list("pk", flat=True)[:_AT_ONCE]):
        actions.void(Actor.system("登记簿"), pk, reason="预留到期未使用")
