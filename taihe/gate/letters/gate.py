"""The gate's own letters: the heartbeat each zone sends, and the probe an operator sends to see a crossing."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from .base import Direction, Lane, Letter, letter


class TroubleNote(BaseModel):
    """One open alarm of the zone that sends the heartbeat."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: str = Field(max_length=10)
    sentence: str = Field(max_length=400)
    since: AwareDatetime


@letter
class Heartbeat(Letter):
    """A zone is alive: what waits there, its open alarms, the letters it can read, and the head of its audit chain."""

    KIND: ClassVar[str] = "gate.heartbeat"
    DIRECTION: ClassVar[Direction] = "both"
    LANE: ClassVar[Lane] = "urgent"
    EXPIRES: ClassVar[timedelta] = timedelta(days=30)

    at: AwareDatetime
    waiting: int = Field(ge=0, description="letters not yet acknowledged")
    shelved: int = Field(ge=0, description="messages on the shelf")
    quarantined: int = Field(ge=0, description="letters in quarantine, not yet dealt with")
    alarms: tuple[TroubleNote, ...] = Field(max_length=50)
    knows: dict[str, int] = Field(description="newest version of each kind of letter this zone can read")
    audit_number: int = Field(ge=0)
    audit_head: str = Field(max_length=64)
    peer_audit_number: int = Field(ge=0, description="newest link of the other zone's chain kept here")
    peer_audit_head: str = Field(max_length=64)


@letter
class Probe(Letter):
    """An operator's test of the passage; the other zone answers with `ProbeAnswer`."""

    KIND: ClassVar[str] = "gate.probe"
    DIRECTION: ClassVar[Direction] = "both"
    EXPIRES: ClassVar[timedelta] = timedelta(days=1)

    number: int = Field(ge=0)
    text: str = Field(max_length=2000)


@letter
class ProbeAnswer(Letter):
    """The other zone has the probe."""

    KIND: ClassVar[str] = "gate.probe_answer"
    DIRECTION: ClassVar[Direction] = "both"
    EXPIRES: ClassVar[timedelta] = timedelta(days=1)

    number: int = Field(ge=0)
    arrived_at: AwareDatetime
