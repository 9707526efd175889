"""Whether a file is, byte for byte, an original this county sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..models import SealUse


@dataclass(frozen=True)
class Original:
    """What the register of uses says of a file: its number and title, whose seals, and when."""

    number: str
    title: str
    organs: tuple[str, ...]
    at: datetime


def known_original(sha256: str) -> Original | None:
    """The paper with this digest among those sealed here; None when none has it."""
    rows = list(SealUse.objects.filter(sha256_after=sha256).order_by("pk"))
    if not rows:
        return None
    first = rows[0]
    return Original(first.number, first.title, tuple(dict.fromkeys(one.organ_name for one in rows)), first.at)
