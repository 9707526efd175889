"""Queued work of documents."""

from __future__ import annotations

from typing import Any

from taihe.ground.outbox.registry import handler

from . import sealing_work


# Not in the worker's transaction: drawing and signing take half a second.
@handler("documents.seal", transactional=False, max_attempts=10)
def seal(payload: dict[str, Any]) -> None:
    """Put the seal on a document."""
    sealing_work.carry_out(payload["job"])
