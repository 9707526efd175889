"""What every letter declares: kind, version, direction, lane, size limits (bytes), expiry, and nothing extra.

`PERSONAL` letters and their attachments are readable by the receiving zone only, and leave nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Lane = Literal["urgent", "normal", "bulk"]
Direction = Literal["inner-to-outer", "outer-to-inner", "both"]
LANES: tuple[Lane, ...] = ("urgent", "normal", "bulk")
GENESIS = "0" * 64
# No kind may allow itself more content than this (bytes); larger things travel as attachments.
MOST_BYTES = 1024 * 1024


class Letter(BaseModel):
    """The content of one letter; subclasses add fields and state how they may travel.

    The class of version N−1 stays beside the newest and defines ``upgraded()``, so that a zone that
    was updated first still understands the other.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    KIND: ClassVar[str]
    VERSION: ClassVar[int] = 1
    DIRECTION: ClassVar[Direction]
    LANE: ClassVar[Lane] = "normal"
    MAX_BYTES: ClassVar[int] = 64 * 1024
    MAX_ATTACHMENTS: ClassVar[int] = 0
    MAX_ATTACHMENT_BYTES: ClassVar[int] = 0
    # True kinds of file and their extensions this letter may carry; None: whatever the county takes.
    FILE_KINDS: ClassVar[Mapping[str, tuple[str, ...]] | None] = None
    EXPIRES: ClassVar[timedelta] = timedelta(days=7)
    PERSONAL: ClassVar[bool] = False

    def upgraded(self) -> Letter:
        """The same content in the newest version; the newest returns itself."""
        return self

    def downgraded(self) -> Letter | None:
        """The same content in version N−1, for a zone that was not updated yet; None when it cannot be told so.

        A letter that cannot be told in the older version waits until the other zone is updated.
        """
        return None


_known: dict[tuple[str, int], type[Letter]] = {}
L = TypeVar("L", bound=type[Letter])


def letter(cls: L) -> L:
    """Put a class on the whitelist; a doubled (kind, version) is a start-up error."""
    key = (cls.KIND, cls.VERSION)
    if key in _known:
        raise RuntimeError(f"letter {key} is declared twice")
    if cls.MAX_BYTES > MOST_BYTES:
        raise RuntimeError(f"letter {key} is larger than any letter may be")
    _known[key] = cls
    return cls


def letter_class(kind: str, version: int) -> type[Letter] | None:
    """The class for (kind, version) if this release may receive it: versions N and N−1 only."""
    newest = current_version(kind)
    if newest is None or not newest - 1 <= version <= newest:
        return None
    return _known.get((kind, version))


def current_version(kind: str) -> int | None:
    """The newest version of a kind that this release knows; None for an unknown kind."""
    return max((version for name, version in _known if name == kind), default=None)


def known_versions() -> dict[str, int]:
    """The newest version of every kind, as the heartbeat tells the other zone."""
    newest: dict[str, int] = {}
    for kind, version in _known:
        newest[kind] = max(version, newest.get(kind, 0))
    return newest


def every_letter() -> list[type[Letter]]:
    """All classes on the whitelist, for the tests of golden samples."""
    return [_known[key] for key in sorted(_known)]
