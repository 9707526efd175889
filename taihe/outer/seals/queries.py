"""What is held to check seals with."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from taihe.ground import clock

from .models import TrustData

OLD = timedelta(days=2)


@dataclass(frozen=True)
class Held:
    """Roots and lists as DER, and the moment they tell of."""

    issued_at: datetime
    provider: str
    certified: bool
    roots: tuple[bytes, ...]
    revocation_lists: tuple[bytes, ...]

    @property
    def old(self) -> bool:
        """Whether newer ones should have come by now."""
        return clock.now() - self.issued_at > OLD


def held() -> Held | None:
    """The trust data; None before the first letter."""
    row = TrustData.objects.filter(pk=1).first()
    if row is None:
        return None
    return Held(
        row.issued_at,
        row.provider,
        row.certified,
        tuple(base64.b64decode(one) for one in row.roots),
        tuple(base64.b64decode(one) for one in row.revocation_lists),
    )
