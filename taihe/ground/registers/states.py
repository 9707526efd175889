"""What may become of a number."""

from __future__ import annotations

from django.db import models


class Status(models.TextChoices):
    RESERVED = "reserved", "预留"
    ALLOCATED = "allocated", "已编号"
    ISSUED = "issued", "已印发"
    VOID = "void", "作废"


# An issued number stays: the paper that bears it is out.  A voided one is not used again.
MOVES: dict[str, tuple[Status, ...]] = {
    Status.RESERVED: (Status.ALLOCATED, Status.VOID),
    Status.ALLOCATED: (Status.ISSUED, Status.VOID),
    Status.ISSUED: (),
    Status.VOID: (),
}
HELD = (Status.ALLOCATED, Status.ISSUED)
