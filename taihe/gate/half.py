"""The process at one end of the passage: seals, spools, takes in, acknowledges, sends again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections

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

        What fails in one part holds up no other: what cannot be sent for want of room does not keep letters
        out, and taking them in makes room.  The first fault is raised when every part has had its turn.
        """
        moved, failed = 0, list[Exception]()
        for part in (self._send, self._take_in, self._settle):
            try:
                moved += part()
            except Exception as fault:  # noqa: BLE001  raised below
                failed.append(fault)
        if failed:
            raise failed[0]
        return moved

    def _send(self) -> int:
        return seal_round() + spool_round(self.setup)

    def _take_in(self) -> int:
        return self.receiver.round(spool.look(self.setup.incoming))

    def _settle(self) -> int:
        receipts = spool.look(self.setup.incoming).receipts
        return read_receipts(self.setup, receipts, rule("gate.settle_seconds"))


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
