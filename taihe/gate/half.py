"""The process at one end of the passage: seals, spools, takes in, acknowledges, sends again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import close_old_connections
from django.db.models import Q

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.killpoints import killpoint
from taihe.ground.outbox import actions as outbox
from taihe.ground.outbox.worker import run_round

from . import actions, spool
from .envelope import file_name
from .models import OutLetter
from .receipts import read_receipts
from .receiving import receive_round
from .setup import GateSetup, gate_setup

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.1
ROUND = 200


def spool_round(setup: GateSetup) -> int:
    """Write what is sealed and not yet, or not lately enough, in the outgoing folder."""
    due = Q(spooled_at=None)
    if setup.acknowledged:
        due |= Q(spooled_at__lt=clock.now() - timedelta(seconds=setup.resend_seconds))
    letters = list(OutLetter.objects.filter(due, status=OutLetter.Status.SENT).order_by("id")[:ROUND])
    if not letters:
        return 0
    for one in letters:
        spool.put(setup.out, file_name(one.lane, one.epoch, one.sequence), bytes(one.envelope))
    spool.sync_folder(setup.out)
    killpoint("gate.spooled_before_commit")
    with unit_of_work("gate.spooled", Actor.system("隔离交换")):
        actions.mark_spooled(letters)
    return len(letters)


def turn(setup: GateSetup) -> int:
    """One turn of everything this half does; returns how much moved."""
    moved = run_round("gate")
    killpoint("gate.sealed")
    return moved + spool_round(setup) + receive_round(setup) + read_receipts(setup)


def run_half(stopping: Callable[[], bool]) -> None:
    """The life of one half of the gate."""
    setup = gate_setup()
    for folder in (setup.out, setup.incoming):
        folder.mkdir(parents=True, exist_ok=True)
    with unit_of_work("gate.start", Actor.system("隔离交换")):
        outbox.ensure_recurring("gate")
    while not stopping():
        try:
            moved = turn(setup)
        except Exception:
            log.exception("gate turn failed")
            close_old_connections()
            moved = 0
            time.sleep(1)
        if not moved:
            time.sleep(IDLE_SECONDS)
