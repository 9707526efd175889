"""From sealed to spooled: letters due in the outgoing folder, for the first time or again."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.killpoints import killpoint

from . import actions, spool
from .enclosures import spool_parts
from .envelope import Carried, file_name
from .models import LaneState, OutLetter
from .sealing import GATE
from .setup import GateSetup

ROUND = 200


def due_letters() -> list[OutLetter]:
    """Letters to be written now; lanes on hold wait for the operator."""
    held = LaneState.objects.filter(direction="out").exclude(held=LaneState.Held.NO).values_list("lane", flat=True)
    due = OutLetter.objects.filter(next_at__lte=clock.now()).exclude(lane__in=list(held))
    return list(due.order_by("next_at", "id")[:ROUND])


def spool_round(setup: GateSetup) -> int:
    """Write what is due in the outgoing folder; returns how many letters.

    A letter that still lies there untouched is not written again: the ferry has not come yet.
    """
    letters = due_letters()
    if not letters:
        return 0
    for one in letters:
        for note in one.attachments:
            spool_parts(setup, Carried.model_validate(note))
        name = file_name(one.lane, one.epoch, one.sequence)
        if not (one.spooled and (setup.out / name).exists()):
            spool.put(setup.out, name, bytes(one.envelope))
    spool.sync_folder(setup.out)
    killpoint("gate.spooled_before_commit")
    with unit_of_work("gate.spooled", GATE):
        actions.mark_spooled(setup, letters)
    killpoint("gate.spooled_after_commit")
    return len(letters)
