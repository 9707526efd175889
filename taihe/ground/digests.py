"""One spelling of data as bytes, so that a digest means the same in both zones and in ten years."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    sealed_digest = getattr(value, "sealed_digest", None)  # a vault value tells its ciphertext, never its text
    return str(sealed_digest() if sealed_digest else value)


def canonical(data: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8; moments in UTC with microseconds."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain).encode()


def digest(data: Any) -> str:
    """SHA-256 (hex) of bytes, or of the canonical spelling of anything else."""
    return hashlib.sha256(data if isinstance(data, bytes) else canonical(data)).hexdigest()
