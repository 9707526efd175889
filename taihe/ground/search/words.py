"""How a text becomes words: the same way when it is stored and when it is sought."""

from __future__ import annotations

import unicodedata

import rjieba


def normal(text: str) -> str:
    """Full-width to half-width, lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def segments(text: str) -> list[str]:
    """Words for matching the meaning of a text, without spaces and punctuation."""
    return [word for word in rjieba.cut_for_search(normal(text)) if any(map(str.isalnum, word))]


def characters(text: str) -> list[str]:
    """Single characters for matching a piece of a name exactly as typed."""
    return [one for one in normal(text) if one.isalnum()]
