"""A stand-in for the machine between the zones: carries whole files from one folder to another, now and then.

Where a real 网闸 or 光闸 stands, it does this and nothing here runs.  For rehearsals and tests the ferry
can lose files on purpose.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from taihe.ground.killpoints import killpoint

from .spool import LETTER, PART, RECEIPT, sync_folder

log = logging.getLogger(__name__)
# Attachments go before the letters that speak of them.
ORDER = (PART, LETTER, RECEIPT)
STEP_SECONDS = 0.2


@dataclass(frozen=True)
class Leg:
    """One direction: from the outgoing folder of one zone to the incoming folder of the other."""

    source: Path
    target: Path


def _waiting(folder: Path) -> list[Path]:
    files = [one for one in folder.iterdir() if one.suffix in ORDER and not one.name.startswith(".")]
    whole = [one for one in files if one.is_file() and not one.is_symlink()]
    return sorted(whole, key=lambda one: (ORDER.index(one.suffix), one.name))


def _copy(file: Path, target: Path) -> None:
    hidden = target / f".{file.name}.new"
    with file.open("rb") as source, hidden.open("wb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
    hidden.rename(target / file.name)


def carry(leg: Leg, *, lose: Callable[[], bool] = lambda: False) -> int:
    """One crossing: every whole file that waits; returns how many were taken away (lost ones too).

    A file is removed only when its copy is durable, so that a ferry that dies carries it once more.
    """
    leg.target.mkdir(parents=True, exist_ok=True)
    taken = []
    for file in _waiting(leg.source):
        try:
            if not lose():
                _copy(file, leg.target)
        except FileNotFoundError:  # acknowledged meanwhile, and taken back
            continue
        taken.append(file)
    if taken:
        sync_folder(leg.target)
    killpoint("gate.ferry_before_remove")
    for file in taken:
        file.unlink(missing_ok=True)
    return len(taken)


def run_ferry(legs: Sequence[Leg], every_seconds: float, stopping: Callable[[], bool], *, lose: float = 0.0) -> None:
    """Carry on every leg once per `every_seconds` until asked to stop; `lose` is the share of files lost (0-1)."""
    chance = random.Random()  # noqa: S311  which files a rehearsal loses is no secret
    for leg in legs:
        leg.source.mkdir(parents=True, exist_ok=True)
    following = time.monotonic()
    while not stopping():
        if time.monotonic() >= following:
            following = time.monotonic() + every_seconds
            carried = sum(carry(leg, lose=lambda: chance.random() < lose) for leg in legs)
            if carried:
                log.info("ferry carried %s files", carried)
        time.sleep(min(STEP_SECONDS, every_seconds))
