"""The readers: what a number became, and whether the books are whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from django.db.models import QuerySet

from taihe.ground import clock
from taihe.ground.errors import Missing

from .models import CONTINUOUS, Entry, Register, Volume
from .states import Status


@dataclass(frozen=True)
class Review:
    """One volume looked through.  `missing` must be empty; the others are for a person to look at.

    `out_of_order`: an earlier date on a later number, as pairs of number texts.  `other_year`: the
    number's year is not the date's (signed in December, numbered in January).
    """

    last: int
    missing: tuple[int, ...]
    void: tuple[str, ...]
    overdue: tuple[str, ...]
    out_of_order: tuple[tuple[str, str], ...]
    other_year: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every number from 1 to the last has its row."""
        return not self.missing


def register_of(key: str) -> Register:
    """A register by its key.  Raises Missing."""
    row = Register.objects.filter(key=key).first()
    if row is None:
        raise Missing(what=f"登记簿“{key}”")
    return row


def entries(key: str, year: int) -> QuerySet[Entry]:
    """The rows of one volume in the order of their numbers (year 0 for a continuous register)."""
    return Entry.objects.filter(register__key=key, year=year).order_by("number")


def entry_of(subject_type: str, subject_id: str) -> Entry | None:
    """The number that a subject holds, if any."""
    held = Entry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return held.filter(status__in=(Status.ALLOCATED, Status.ISSUED)).first()


def find_gaps(key: str, year: int) -> list[int]:
    """Numbers from 1 to the volume's last that have no row.  Always empty, unless somebody wrote past the actions."""
    volume = Volume.objects.filter(register__key=key, year=year).first()
    present = set(entries(key, year).values_list("number", flat=True))
    last = max(volume.last if volume else 0, max(present, default=0))
    return [number for number in range(1, last + 1) if number not in present]


def overdue_reservations() -> QuerySet[Entry]:
    """Reserved numbers whose last day is past."""
    return Entry.objects.filter(status=Status.RESERVED, expires_on__lt=clock.today()).order_by("pk")


def review(key: str, year: int) -> Review:
    """Look one volume through."""
    rows, today = list(entries(key, year)), clock.today()
    dated = [row for row in rows if row.status == Status.ISSUED and row.dated]
    last = Volume.objects.filter(register__key=key, year=year).values_list("last", flat=True).first()
    return Review(
        last=last or 0,
        missing=tuple(find_gaps(key, year)),
        void=tuple(row.text for row in rows if row.status == Status.VOID),
        overdue=tuple(
            row.text
            for row in rows
            if row.status == Status.RESERVED and row.expires_on is not None and row.expires_on < today
        ),
        out_of_order=tuple((a.text, b.text) for a, b in pairwise(dated) if a.dated and b.dated and b.dated < a.dated),
        other_year=tuple(row.text for row in dated if year != CONTINUOUS and row.dated and row.dated.year != year),
    )
