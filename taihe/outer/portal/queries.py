"""What the site may tell a visitor of its own state."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from taihe.gate.queries import peer_heard_at
from taihe.ground import clock
from taihe.ground.releases import MOST_MANIFEST
from taihe.ground.rules import rule

from .disk import Signed
from .models import PortalState, Tombstone


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


@dataclass(frozen=True)
class Accepted:
    """What the row of the site's state says was accepted last, and the signed manifest by which it proves it."""

    highest: int
    signed: Signed | None


def accepted() -> Accepted:
    """The highest release ever accepted here, as the database remembers it."""
    row = PortalState.objects.filter(pk=1).only("highest", "manifest", "signature").first()
    if row is None:
        return Accepted(0, None)
    try:
        data = zlib.decompressobj().decompress(bytes(row.manifest), MOST_MANIFEST) if row.manifest else b""
    except zlib.error:
        data = b""
    return Accepted(row.highest, Signed(data, bytes(row.signature)) if data else None)


def served() -> int:
    """The release that the public saw last, as the database remembers it; 0 for none."""
    return PortalState.objects.filter(pk=1).values_list("served", flat=True).first() or 0


def withdrawals() -> dict[int, Signed]:
    """Every signed notice of withdrawal in the database, by serial."""
    return {one.serial: Signed(bytes(one.notice), bytes(one.signature)) for one in Tombstone.objects.all()}


def notice_serial() -> int:
    """The newest notice of withdrawal here; 0 when there is none."""
    return Tombstone.objects.order_by("-serial").values_list("serial", flat=True).first() or 0
