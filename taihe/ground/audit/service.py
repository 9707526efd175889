"""The check of this zone's own chain, with progress for long ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings

from ..signing import KeyRing, Signature
from .models import AuditBatch
from .verify import Report, check, database_batches


def verify_database(
    known_heads: dict[int, str] | None = None, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Check the whole chain in the database; `progress(done, total)` is called once per link."""
    ring = KeyRing(settings.TAIHE_KEY_DIR)
    total = AuditBatch.objects.count()

    def counted() -> Iterator[dict[str, Any]]:
        for done, batch in enumerate(database_batches(), 1):
            yield batch
            if progress:
                progress(done, total)

    def verify(data: bytes, key_id: str, value: bytes) -> None:
        ring.verify("audit", data, Signature(key_id, "Ed25519", value))

    return check(counted(), verify, known_heads=known_heads)
