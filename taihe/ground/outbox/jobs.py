"""Housekeeping of the queue itself."""

from __future__ import annotations

from datetime import timedelta

from ..rules import rule
from .actions import purge_finished
from .registry import recurring


@recurring("outbox.purge", every_seconds=3600)
def purge() -> None:
    """Forget finished messages after the days the county keeps them."""
    purge_finished(timedelta(days=rule("outbox.keep_done_days")))
