"""One clock for the whole county: every moment and every date is asked of here.

Tests and the demo move it by an offset, so that deadlines and year ends can be lived through
without touching the machine's time.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

COUNTY_ZONE = ZoneInfo("Asia/Shanghai")

_offset: ContextVar[timedelta | None] = ContextVar("clock_offset", default=None)


def _process_offset() -> timedelta:
    """Offset given to the whole process by TAIHE_CLOCK_OFFSET (seconds); none in production."""
    return timedelta(seconds=float(os.environ.get("TAIHE_CLOCK_OFFSET", "0") or "0"))


def now() -> datetime:
    """This moment, aware, in UTC, moved by the offset in force."""
    offset = _offset.get()
    return datetime.now(UTC) + (_process_offset() if offset is None else offset)


def local(moment: datetime | None = None) -> datetime:
    """A moment (default: now) on the county's wall clock, Asia/Shanghai."""
    return (moment or now()).astimezone(COUNTY_ZONE)


def today() -> date:
    """The date on the county's wall."""
    return local().date()


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Move the clock for the code inside; nested moves replace one another."""
    token = _offset.set(by)
    try:
        yield
    finally:
        _offset.reset(token)


@contextmanager
def fixed(at: datetime) -> Iterator[None]:
    """Start the clock at `at` (aware); it goes on ticking from there."""
    with moved(at - datetime.now(UTC)):
        yield
