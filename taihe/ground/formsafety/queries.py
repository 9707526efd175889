"""What stands of used keys and parked forms, and the fresh state of a record under a form."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Sum

from taihe.ground import clock

from .models import OneTimeKey, ParkedForm
from .sealing import token_digest

M = TypeVar("M", bound=Model)


def used_key(key: str) -> OneTimeKey | None:
    """The first submission of a key, or None when it was not used yet."""
    return OneTimeKey.objects.filter(key=key).first()


def parked_with(token: str) -> list[ParkedForm]:
    """The forms now set aside for one browser, the newest first."""
    if not token:
        return []
    rows = ParkedForm.objects.filter(token_digest=token_digest(token), expires_at__gt=clock.now())
    return list(rows.order_by("-parked_at"))


def parked_size() -> int:
    """Bytes that all parked forms take up."""
    return ParkedForm.objects.aggregate(all=Sum("size"))["all"] or 0


def fresh(row: M) -> M:
    """The record as it stands now, whatever a form did to the object in hand."""
    return type(row)._default_manager.get(pk=row.pk)
