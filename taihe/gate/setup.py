"""This zone's half of the gate, as the settings describe it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from taihe.ground.files.store import Store
from taihe.ground.signing import KeyRing


@dataclass(frozen=True)
class GateSetup:
    """Names, folders and patience of one half; seconds are wall-clock seconds."""

    zone: str
    peer: str
    out: Path
    incoming: Path
    folder: Path
    acknowledged: bool
    resend_seconds: float
    heartbeat_seconds: int
    sm2: bool
    ring: KeyRing

    @property
    def direction(self) -> str:
        """How letters posted here travel, e.g. inner-to-outer."""
        return f"{self.zone}-to-{self.peer}"

    @property
    def incoming_direction(self) -> str:
        return f"{self.peer}-to-{self.zone}"

    @property
    def quarantine(self) -> Path:
        """Where stopped files lie, by their digest."""
        return self.folder / "quarantine"

    @property
    def outgoing_files(self) -> Store:
        """Attachments as they travel, until no letter needs them."""
        return Store(self.folder / "outgoing")

    @property
    def held_files(self) -> Store:
        """Attachments in quarantine that a person may still let in."""
        return Store(self.folder / "held")

    @property
    def received_files(self) -> Store:
        """Attachments that arrived and were found clean, until their letter is carried out."""
        return Store(self.folder / "received")


@lru_cache(maxsize=1)
def gate_setup() -> GateSetup:
    """The setup of this process; cached, since settings do not change under it."""
    given = settings.TAIHE_GATE
    return GateSetup(
        zone=given["zone"],
        peer=given["peer"],
        out=Path(given["out"]),
        incoming=Path(given["in"]),
        folder=Path(settings.TAIHE_FOLDER) / "gate",
        acknowledged=given["acknowledged"],
        resend_seconds=given["resend_seconds"],
        heartbeat_seconds=given["heartbeat_seconds"],
        sm2=given["sm2"],
        ring=KeyRing(settings.TAIHE_KEY_DIR),
    )
