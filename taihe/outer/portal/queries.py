"""What the site may tell a visitor of its own state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from taihe.gate.queries import peer_heard_at
from taihe.ground import clock
from taihe.ground.rules import rule


@dataclass(frozen=True)
class Passage:
    """Whether the passage to the office side is alive, and as of when we know."""

    heard_at: datetime | None
    alive: bool


def passage() -> Passage:
    """The passage as the last heartbeat from the office side shows it."""
    heard = peer_heard_at()
    patience = timedelta(minutes=rule("portal.passage_silent_minutes"))
    return Passage(heard, heard is not None and clock.now() - heard < patience)
