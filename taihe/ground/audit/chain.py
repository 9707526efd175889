"""How the chain is computed: the same few lines seal, verify, and can be checked by hand.

No Django here: the offline verifier runs on a machine that has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..digests import canonical, digest

GENESIS = "0" * 64

# The columns a seal covers.  The list is part of the evidence: changing it needs a new form number.
SEALED_COLUMNS = (
    "event", "sub", "parent", "at", "action", "outcome", "actor_kind", "person_id", "person_name", "post_id",
    "post_name", "organ", "organ_name", "on_behalf_of", "session", "address", "subject_type", "subject_id",
    "subject_title", "before", "after", "detail",
)  # fmt: skip


def entry_values(entry: object) -> dict[str, Any]:
    """The sealed columns of a row object, or of a mapping read from an exported file."""
    if isinstance(entry, Mapping):
        return {name: entry[name] for name in SEALED_COLUMNS}
    return {name: getattr(entry, name) for name in SEALED_COLUMNS}


def entry_hash(entry: object) -> str:
    """SHA-256 (hex) of one entry's sealed columns in canonical spelling."""
    return digest(canonical(["audit-entry-1", entry_values(entry)]))


def batch_root(hashes: Iterable[str]) -> str:
    """SHA-256 (hex) over the entry hashes of one batch, in their order."""
    return digest("\n".join(hashes).encode())


def batch_head(number: int, previous: str, root: str, count: int, sealed_at: datetime | str) -> str:
    """SHA-256 (hex) that names the batch and everything before it."""
    return digest(canonical(["audit-batch-1", number, previous, root, count, sealed_at]))
