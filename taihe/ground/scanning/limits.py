"""How far a scan may go: sizes, counts, depth, time, and which types the county takes at all.

All figures come from ``config/<county>/rules/scanning.yaml``; a caller narrows them for its own use
with ``dataclasses.replace`` (a portrait form takes images only, say).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..rules import rule
from .report import Weight

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one scan, in bytes, seconds, counts; `allowed_kinds` maps a true kind to its extensions."""

    file_bytes: int
    member_bytes: int
    total_bytes: int
    members: int
    depth: int
    ratio: int
    ratio_floor_bytes: int
    seconds: int
    ole_bytes: int
    macro_memory_bytes: int
    macro_seconds: float
    text_chars: int
    allowed_kinds: Mapping[str, tuple[str, ...]]
    companions: tuple[str, ...]
    weights: Mapping[str, Weight]
    secret_in_text: re.Pattern[str]
    secret_in_name: re.Pattern[str]

    @classmethod
    def current(cls) -> Limits:
        """The limits in force today.  Raises BadSetup when a rule is missing."""
        return cls(
            file_bytes=rule("scanning.file_mb") * MB,
            member_bytes=rule("scanning.member_mb") * MB,
            total_bytes=rule("scanning.unpacked_total_mb") * MB,
            members=rule("scanning.members"),
            depth=rule("scanning.depth"),
            ratio=rule("scanning.ratio"),
            ratio_floor_bytes=rule("scanning.ratio_floor_mb") * MB,
            seconds=rule("scanning.seconds"),
            ole_bytes=rule("scanning.ole_mb") * MB,
            macro_memory_bytes=rule("scanning.macro_memory_mb") * MB,
            macro_seconds=rule("scanning.macro_seconds"),
            text_chars=rule("scanning.secret_text_chars"),
            allowed_kinds={kind: tuple(names) for kind, names in rule("scanning.allowed_kinds").items()},
            companions=tuple(rule("scanning.companion_names")),
            weights=rule("scanning.weights"),
            secret_in_text=_joined(tuple(rule("scanning.secret_mark_in_text"))),
            secret_in_name=_joined(tuple(rule("scanning.secret_mark_in_name"))),
        )


@lru_cache(maxsize=8)
def _joined(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.MULTILINE)
