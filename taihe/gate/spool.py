"""Files in the spool folders: whole or absent, never half, whoever dies when."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from taihe.ground.killpoints import killpoint

from .letters import LANES

LETTER, RECEIPT, PART = ".letter", ".receipt", ".part"


def sync_folder(folder: Path) -> None:
    """Make the folder's names durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put(folder: Path, name: str, data: bytes) -> None:
    """Write one file so that it appears whole; the caller syncs the folder after the last one."""
    hidden = folder / f".{name}.new"
    with hidden.open("wb") as target:
        target.write(data)
        target.flush()
        os.fsync(target.fileno())
    killpoint("gate.before_rename")
    hidden.rename(folder / name)


def waiting(folder: Path, suffix: str) -> list[Path]:
    """Whole files of one sort, urgent lane first, oldest number first."""
    rank = {lane: place for place, lane in enumerate(LANES)}
    with os.scandir(folder) as entries:
        names = [one.name for one in entries if one.name.endswith(suffix) and not one.name.startswith(".")]
    return [folder / name for name in sorted(names, key=lambda name: (rank.get(name.split("-")[0], 9), name))]


def remove(files: Iterable[Path]) -> None:
    """Take files out of the spool; one that is already gone is fine."""
    for file in files:
        file.unlink(missing_ok=True)
