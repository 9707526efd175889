"""Putting the county's 发文代字 in place, each with the register of its numbers."""

from __future__ import annotations

from collections.abc import Sequence

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.registers.actions import open_register
from taihe.ground.registers.models import Register

from ..models import Series


@action("documents.seed_series")
def seed_series(actor: Actor, rows: Sequence[Series]) -> int:
    """Insert series of the county folder and open their registers; a register that stands is kept.

    Raises BadInput when another register already writes the same numbers.
    """
    registers = set(Register.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    for row in rows:
        row.save(force_insert=True)
        if row.key not in registers:
            open_register(actor, row.key, title=f"{row.title}登记簿（{row.code}）"[:80], series=row.code)
    record(("office_documents.series", "", "series.yaml"), detail={"series": [row.key for row in rows]})
    return len(rows)
