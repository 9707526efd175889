"""What changed between two texts, sentence by sentence, in words short enough for a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ..content import Content, whole_text

_ENDS = re.compile(r"(?<=[。；！？\n])")
SHOWN = 3
LONGEST = 60


@dataclass(frozen=True)
class Change:
    """One stretch of sentences: as it was and as it is; either may be empty."""

    kind: Literal["changed", "added", "removed"]
    was: str
    now: str


def sentences(content: Content) -> list[str]:
    """The whole text as sentences."""
    parts = [one.strip() for one in _ENDS.split(whole_text(content))]
    more = [content.signature, "抄送：" + "，".join(content.copies) if content.copies else "", *content.listed]
    return [one for one in (*parts, *more) if one]


def changes(old: Content, new: Content) -> list[Change]:
    """Changed, added and removed sentences in order; a change of form alone (a picture, a place) says so."""
    before, after = sentences(old), sentences(new)
    found: list[Change] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        was, now = "".join(before[a:b]), "".join(after[c:d])
        if tag == "replace":
            found.append(Change("changed", was, now))
        elif tag == "insert":
            found.append(Change("added", "", now))
        elif tag == "delete":
            found.append(Change("removed", was, ""))
    if not found and old != new:
        found.append(Change("changed", "（版式或插图）", "（版式或插图有调整）"))
    return found


def told(old: Content, new: Content) -> str:
    """The first changes in one line."""
    found = changes(old, new)
    lines = []
    for one in found[:SHOWN]:
        if one.kind == "added":
            lines.append(f"增加“{_short(one.now)}”")
        elif one.kind == "removed":
            lines.append(f"删去“{_short(one.was)}”")
        else:
            lines.append(f"“{_short(one.was)}”改为“{_short(one.now)}”")
    more = f"等{len(found)}处" if len(found) > SHOWN else ""
    return "；".join(lines) + more


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
