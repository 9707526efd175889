"""The words that were sought, marked where they stand: in titles, and in the stretch of text that shows them best."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from taihe.ground.search.words import normal, segments

BEFORE = 24
LENGTH = 120


class Piece(NamedTuple):
    """A stretch of text, and whether it is what was sought."""

    text: str
    sought: bool


def sought_words(typed: str) -> list[str]:
    """What to mark: what was typed as it stands, then its words, the longest first.

    Single characters are marked only when nothing longer was typed: 的 in every line helps nobody.
    """
    words = {*typed.split(), *normal(typed).split(), *segments(typed)}
    longer = {one for one in words if len(one) > 1}
    return sorted(longer or words, key=lambda one: (-len(one), one))


def _pattern(words: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """A text cut into pieces, those that are sought told apart."""
    pattern = _pattern(words)
    if pattern is None:
        return [Piece(text, False)]
    pieces: list[Piece] = []
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            pieces.append(Piece(text[at : found.start()], False))
        pieces.append(Piece(found[0], True))
        at = found.end()
    if at < len(text):
        pieces.append(Piece(text[at:], False))
    return pieces


def _start(text: str, words: Sequence[str]) -> int:
    """Where the best stretch begins: shortly before the longest word that stands in the text."""
    lowered = text.lower()
    at = next((place for one in words if (place := lowered.find(one.lower())) >= 0), 0)
    return max(at - BEFORE, 0) if len(text) > LENGTH else 0


def excerpt(text: str, words: Sequence[str]) -> list[Piece]:
    """About two lines of a text around what was sought, marked."""
    start = _start(text, words)
    shown = text[start : start + LENGTH]
    pieces = marked(shown, words)
    if start:
        pieces.insert(0, Piece("…", False))
    if start + LENGTH < len(text):
        pieces.append(Piece("…", False))
    return pieces
