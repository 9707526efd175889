"""Words partly written in Latin letters: pinyin (ce试词) and initials (c试词, csjcj).  For review only.

Only the neighbourhood of Latin letters is read.  There every syllable, single letter and character becomes its
initial, the initials are searched for, and each place found is compared sign by sign: a character must be the
word's own, a syllable one of its readings, a letter its initial.  Homophones in characters are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from pypinyin import Style, pinyin

_LETTERS = re.compile("[a-z]+")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_MOST_INITIALS = 16


@lru_cache(maxsize=20_000)
def readings(character: str) -> tuple[str, ...]:
    """Readings of a character without tones, the commonest first; none for what has no reading."""
    if not _HAN.fullmatch(character):
        return ()
    found = pinyin(character, style=Style.NORMAL, heteronym=True, v_to_u=False, errors="ignore")
    return tuple(dict.fromkeys(one for one in found[0] if one.isascii() and one)) if found else ()


@dataclass(frozen=True)
class _Sign:
    """A character, a syllable or a single letter of the text, and where it stands."""

    text: str
    start: int
    end: int

    @property
    def initial(self) -> str:
        known = readings(self.text)
        return known[0][0] if known else self.text[0]


class PinyinPass:
    """The words that are also looked for in Latin letters."""

    def __init__(self, words: Iterable[str], shortest_mixed: int, shortest_initials: int) -> None:
        self._shortest_mixed = shortest_mixed
        self._shortest_initials = shortest_initials
        self._by_initials: dict[str, list[str]] = {}
        syllables: set[str] = set()
        for word in dict.fromkeys(words):
            if not all(map(readings, word)):
                continue
            for initials in _initials(word):
                self._by_initials.setdefault(initials, []).append(word)
            syllables.update(one for character in word for one in readings(character))
        longest_first = sorted(syllables, key=len, reverse=True)
        self._syllable = re.compile("|".join([*longest_first, "[a-z]"]))
        self._spellings = list(self._by_initials)
        self._automaton = AhoCorasick(self._spellings, MatchKind.Standard, False, Implementation.ContiguousNFA)
        self._reach = max(map(len, self._spellings), default=1) - 1

    def hits(self, text: str) -> Iterator[tuple[str, int, int]]:
        """(word, start, end) for every word found in a folded text with Latin letters in it."""
        if not self._spellings:
            return
        for begin, end in self._neighbourhoods(text):
            for by_syllables in (True, False):
                yield from self._look(self._signs(text, begin, end, by_syllables))

    def _neighbourhoods(self, text: str) -> Iterator[tuple[int, int]]:
        begin = end = -1
        for run in _LETTERS.finditer(text):
            left, right = max(0, run.start() - self._reach), min(len(text), run.end() + self._reach)
            if begin >= 0 and left <= end:
                end = right
                continue
            if begin >= 0:
                yield begin, end
            begin, end = left, right
        if begin >= 0:
            yield begin, end

    def _signs(self, text: str, begin: int, end: int, by_syllables: bool) -> list[_Sign]:
        signs: list[_Sign] = []
        at = begin
        while at < end:
            found = self._syllable.match(text, at, end) if by_syllables else None
            after = found.end() if found else at + 1
            signs.append(_Sign(text[at:after], at, after))
            at = after
        return signs

    def _look(self, signs: list[_Sign]) -> Iterator[tuple[str, int, int]]:
        initials = "".join(one.initial for one in signs)
        for index, start, end in self._automaton.find_matches_as_indexes(initials, overlapping=True):
            place = signs[start:end]
            for word in self._by_initials[self._spellings[index]]:
                if self._writes(word, place):
                    yield word, place[0].start, place[-1].end

    def _writes(self, word: str, place: list[_Sign]) -> bool:
        latin = [one for one in place if one.text.isascii()]
        letters = [one for one in latin if len(one.text) == 1]
        if not latin or not all(_stands_for(sign.text, one) for sign, one in zip(place, word, strict=True)):
            return False
        if letters and len(word) < self._shortest_mixed:
            return False
        return len(letters) < len(word) or len(word) >= self._shortest_initials


def _stands_for(written: str, character: str) -> bool:
    if not written.isascii():
        return written == character
    known = readings(character)
    return written in known or (len(written) == 1 and any(one[0] == written for one in known))


def _initials(word: str) -> list[str]:
    """Every sequence of initials a word can have; characters with two readings give several."""
    found = [""]
    for character in word:
        heads = dict.fromkeys(one[0] for one in readings(character))
        found = [one + head for one in found for head in heads][:_MOST_INITIALS]
    return found
