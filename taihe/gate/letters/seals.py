"""Whom the public side may believe when it checks seals on a file: never which files there are.

Roots and revocation lists are public by nature; they travel as base64 of their DER form.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from .base import Direction, Letter, letter

Der = Annotated[str, Field(min_length=1, max_length=400_000, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


@letter
class SealsTrust(Letter):
    """Root certificates, revocation lists and when they were put together; the newest replaces all before."""

    KIND: ClassVar[str] = "seals.trust"
    DIRECTION: ClassVar[Direction] = "inner-to-outer"
    MAX_BYTES: ClassVar[int] = 1024 * 1024
    EXPIRES: ClassVar[timedelta] = timedelta(days=7)

    issued_at: AwareDatetime
    provider: str = Field(max_length=80, description="the seal service's name, as shown to visitors")
    certified: bool
    roots: tuple[Der, ...] = Field(min_length=1, max_length=8)
    revocation_lists: tuple[Der, ...] = Field(max_length=8)


@letter
class SealsWanted(Letter):
    """The public side holds nothing to check seals with, or nothing of the last days."""

    KIND: ClassVar[str] = "seals.wanted"
    DIRECTION: ClassVar[Direction] = "outer-to-inner"
    EXPIRES: ClassVar[timedelta] = timedelta(days=1)

    held_issued_at: AwareDatetime | None
