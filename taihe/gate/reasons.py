"""Why an operator did what he did: asked for with every decision, kept with the record and in the audit."""

from __future__ import annotations

from .errors import NeedsReason

LEAST = 4
MOST = 200


def require_reason(reason: str) -> str:
    """The reason, trimmed to what a record holds.  Raises NeedsReason when it says too little."""
    if len(reason.strip()) < LEAST:
        raise NeedsReason()
    return reason.strip()[:MOST]
