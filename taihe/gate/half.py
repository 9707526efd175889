"""The process at one end of the passage: seals, spools, takes in, acknowledges, sends again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections

from taihe.ground.fulldisk import is_full
from taihe.ground.rules import rule

from . import spool
from .desk import Desk, clear_desk
from .receipts import read_receipts
from .receiving import Receiver
from .sealing import seal_round
from .sending import spool_round
from .setup import GateSetup, gate_setup
from .sweeping import sweep

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.1
SWEEP_SECONDS = 60


class Half:
    """One end of the passage; `turn` does a round of everything."""

    def __init__(self, setup: GateSetup, *, background: bool = False) -> None:
        self.setup = setup
        self.receiver = Receiver(setup, Desk(setup, background=background))
        for folder in (setup.out, setup.incoming):
            folder.mkdir(parents=True, exist_ok=True)

    def turn(self) -> int:
        """One turn of everything this half does; returns how much moved.

        What cannot be sent for want of room does not hold up what comes in: taking it in makes room.
        """
        full: Exception | None = None
        moved = 0
        try:
            moved = seal_round() + spool_round(self.setup)
        except Exception as fault:
            if not is_full(fault):
                raise
            full = fault
        found = spool.look(self.setup.incoming)
        moved += self.receiver.round(found)
        moved += read_receipts(self.setup, found.receipts, rule("gate.settle_seconds"))
        if full is not None:
            raise full
        return moved


def run_half(stopping: Callable[[], bool]) -> None:
    """The life of one half of the gate."""
    half = Half(gate_setup(), background=True)
    spool.sweep_hidden(half.setup.out, 0)
    clear_desk(half.setup)
    swept = time.monotonic()
    while not stopping():
        try:
            moved = half.turn()
            if time.monotonic() - swept > SWEEP_SECONDS:
                sweep(half.setup)
                swept = time.monotonic()
        except Exception:
            log.exception("gate turn failed")
            close_old_connections()
            moved = 0
            time.sleep(1)
        if not moved:
            time.sleep(IDLE_SECONDS)
