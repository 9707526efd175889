"""The verification of the chain, which may take minutes, as a job of the worker."""

from __future__ import annotations

import time
from typing import Any

from taihe.ground.actor import Actor
from taihe.ground.audit.service import verify_database
from taihe.ground.outbox.registry import handler

from .actions import note_progress, note_verification
from .queries import VERIFY

EVERY_SECONDS = 1.0


@handler(VERIFY, transactional=False, max_attempts=3, backoff_seconds=10)
def verify_audit(payload: dict[str, Any]) -> None:
    """Walk the chain, tell how far, and record the result."""
    told = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= EVERY_SECONDS:
            note_progress(done, total)
            told = time.monotonic()

    note_verification(Actor.system("审计核验"), verify_database(progress=tell))
