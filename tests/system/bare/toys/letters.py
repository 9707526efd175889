"""The note as a letter: version 2 says where it was written."""

from __future__ import annotations

import os
from typing import ClassVar

from pydantic import Field

from taihe.gate.letters.base import Direction, Lane, Letter, letter

NEWEST = int(os.environ.get("TAIHE_TOY_VERSION", "2"))
SOMEWHERE = "未注明"


class NoteV1(Letter):
    """A note as the last release knew it."""

    KIND: ClassVar[str] = "toys.note"
    VERSION: ClassVar[int] = 1
    DIRECTION: ClassVar[Direction] = "both"
    LANE: ClassVar[Lane] = "bulk"
    MAX_ATTACHMENTS: ClassVar[int] = 1
    MAX_ATTACHMENT_BYTES: ClassVar[int] = 1024 * 1024

    number: int = Field(ge=0)
    text: str = Field(max_length=200)

    def upgraded(self) -> Letter:
        """The newest this release knows."""
        return self if NEWEST == 1 else NoteV2(number=self.number, text=self.text, place=SOMEWHERE)


class NoteV2(NoteV1):
    """A note as this release knows it."""

    VERSION: ClassVar[int] = 2
    place: str = Field(max_length=40)

    def upgraded(self) -> Letter:
        """It is the newest."""
        return self

    def downgraded(self) -> Letter | None:
        """A note that says where it was written waits for a zone that can read that."""
        return NoteV1(number=self.number, text=self.text) if self.place == SOMEWHERE else None


letter(NoteV1)
if NEWEST > 1:
    letter(NoteV2)
