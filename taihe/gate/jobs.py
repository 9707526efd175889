"""Housekeeping of the gate: what is no longer needed is forgotten."""

from __future__ import annotations

from taihe.ground.erasure import empty_write_ahead_log
from taihe.ground.outbox.registry import recurring

from .actions import purge_kept, purge_records


@recurring("gate.erase", every_seconds=60, transactional=False)
def erase() -> None:
    """What personal letters left in the database's log goes; a reader in the way is waited for until next time."""
    empty_write_ahead_log()


@recurring("gate.purge", every_seconds=3600)
def purge() -> None:
    """Envelopes kept for a restored receiver, then the records of letters, go after the days of the rules."""
    purge_kept()
    purge_records()
