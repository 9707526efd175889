"""What the index must know of withdrawals."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Tombstone


def withdrawn_since(number: int) -> Iterable[list[str]]:
    """The paths of every notice of withdrawal that hides pages of release `number`."""
    return Tombstone.objects.filter(after__gte=number).values_list("paths", flat=True)
