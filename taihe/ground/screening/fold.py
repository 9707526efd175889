"""One spelling for words that are written in many disguises, with the way back to the original.

The order is that of the county's handbook on content safety: compatibility forms, invisible characters,
radicals and look-alike letters, traditional to simplified, lower case, separators.  Every step is decided
character by character, so one table serves them all and a folded text can be mapped back piecewise.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

BREAK = "\n"
#: Ends of sentences: no word is read across them.  Their ASCII sisters (! ? ;) are separators like any other.
HARD_BREAKS = frozenset("。！？；\n｡")

_INVISIBLE_CATEGORIES = frozenset(("Cf", "Cc", "Mn", "Me", "Cs"))
#: Hangul fillers and the empty braille cell: letters and symbols by category, nothing to the eye.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_TABLES = Path(__file__).parent / "tables"
_CACHED_CHARACTERS = 70_000


def is_invisible(character: str) -> bool:
    """Whether a character leaves no mark on the page (zero-width, variation selectors, fillers)."""
    return character != "\n" and (character in _FILLERS or unicodedata.category(character) in _INVISIBLE_CATEGORIES)


def is_separator(character: str) -> bool:
    """Whether a character is visible but no part of a word: punctuation, blanks, symbols."""
    return character not in HARD_BREAKS and not fold_character(character) and not is_invisible(character)


def read_table(name: str) -> list[str]:
    """The items of one of the tables beside this module."""
    lines = (_TABLES / f"{name}.txt").read_text("utf-8").splitlines()
    return " ".join(line for line in lines if not line.startswith("#")).split()


@lru_cache(maxsize=3)
def _pairs(name: str) -> dict[int, str]:
    return {ord(item[0]): item[1] for item in read_table(name)}


@lru_cache(maxsize=1)
def _same_as() -> dict[int, str]:
    """Characters that stand for another one: radicals, look-alike letters, traditional forms."""
    return _pairs("radicals") | _pairs("lookalikes") | _pairs("traditional")


def latin_twin(text: str) -> str:
    """A text with its Cyrillic and Greek look-alikes turned into the Latin letters they pass for."""
    return text.translate(_pairs("lookalikes"))


def _plain(character: str) -> str:
    """Letters, digits and ideographs as they are; everything else is nothing."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if character in _FILLERS or category[0] in "PZSMC":
        return ""
    return character


def fold_character(character: str) -> str:
    """The folded spelling of one character: none, one or several characters, or a break."""
    if character in HARD_BREAKS:
        return BREAK
    if is_invisible(character):
        return ""
    parts = unicodedata.normalize("NFKD", character).translate(_same_as()).lower()
    return "".join(map(_plain, unicodedata.normalize("NFKD", parts).translate(_same_as())))


class FoldTable(dict[int, str]):
    """A translation table that learns each character when it first meets it."""

    def __missing__(self, code: int) -> str:
        folded = self.fold(chr(code))
        if len(self) < _CACHED_CHARACTERS:
            self[code] = folded
        return folded

    def fold(self, character: str) -> str:
        """What one character becomes in this table."""
        return fold_character(character)


WORDS = FoldTable()


def fold(text: str) -> str:
    """A text (or a word of a list) in its one spelling."""
    return text.translate(WORDS)


class View:
    """A text folded by a table, able to say where every folded character came from.

    The way back is worked out only for the stretches that are asked about: most texts hit nothing.
    """

    _STRETCH = 1024

    def __init__(self, source: str, table: FoldTable = WORDS) -> None:
        self.source = source
        self.table = table
        step = self._STRETCH
        stretches = [source[at : at + step].translate(table) for at in range(0, len(source), step)]
        self.text = "".join(stretches)
        self._starts = list(accumulate(map(len, stretches), initial=0))
        self._origins: dict[int, list[int]] = {}

    def origin(self, at: int) -> int:
        """Index in the source of the character that gave the folded character `at`."""
        stretch = bisect_right(self._starts, at) - 1
        if stretch not in self._origins:
            begin = stretch * self._STRETCH
            piece = enumerate(self.source[begin : begin + self._STRETCH], begin)
            self._origins[stretch] = [index for index, one in piece for _ in self.table[ord(one)]]
        return self._origins[stretch][at - self._starts[stretch]]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the source behind the folded characters [start, end)."""
        return self.origin(start), self.origin(end - 1) + 1
