"""One letter per lane, about as large as a case's; carried out by one row."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from taihe.gate.handlers import receives
from taihe.gate.letters import Lane, Letter, letter
from taihe.gate.watch.actions import note_probe


class Parcel(Letter):
    """A numbered letter that knows when it was posted."""

    DIRECTION = "both"
    number: int
    posted_at: AwareDatetime
    text: str


@letter
class Urgent(Parcel):
    KIND: ClassVar[str] = "bench.urgent"
    LANE: ClassVar[Lane] = "urgent"


@letter
class Normal(Parcel):
    KIND: ClassVar[str] = "bench.normal"
    LANE: ClassVar[Lane] = "normal"


@letter
class Bulk(Parcel):
    KIND: ClassVar[str] = "bench.bulk"
    LANE: ClassVar[Lane] = "bulk"


SHAPES: tuple[type[Parcel], ...] = (Urgent, Normal, Bulk)


def _carry_out(one: Parcel) -> None:
    note_probe(one.number, one.LANE)


for _shape in SHAPES:
    receives(_shape)(_carry_out)
