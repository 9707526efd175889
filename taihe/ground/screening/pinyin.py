"""Words partly written in Latin letters: pinyin (ce试词) and initials (c试词, csjcj).  For review only.

Only the neighbourhood of Latin letters is read.  There every syllable is packed into one sign, every sign stands
for its initial, the initials are searched for, and each place found is compared sign by sign: a character must be
the word's own, a syllable one of its readings, a letter its initial.  Homophones in characters are left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

_LETTERS = re.compile("[a-z]+")
_HAN = re.compile("[\u3400-\u9fff\U00020000-\U000323af]")
_MOST_INITIALS = 16
_FIRST_SIGN = 0xF0000  # private use: one code point for each syllable that occurs in the words
_LATIN_SIGN = re.compile("[a-z\U000f0000-\U000ffffd]")


@lru_cache(maxsize=20_000)
def readings(character: str) -> tuple[str, ...]:
    """Readings of a character without tones, the commonest first; none for what has no reading."""
    if not _HAN.fullmatch(character):
        return ()
    from pypinyin import Style, pinyin  # its dictionary takes 0.3 s: most processes never screen a text

    found = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(one for one in found[0] if one.isascii() and one)) if found else ()


class _Initials(dict[int, str]):
    """Translation table from a sign to the letter it begins with; what has no reading stays itself."""

    def __init__(self, syllables: list[str]) -> None:
        super().__init__({_FIRST_SIGN + index: one[0] for index, one in enumerate(syllables)})

    def __missing__(self, code: int) -> str:
        character = chr(code)
        known = readings(character)
        self[code] = known[0][0] if known else character
        return self[code]


class PinyinPass:
    """The words that are also looked for in Latin letters.

    `shortest_mixed`: words of fewer characters are not reported when a single letter stands for one of them.
    `shortest_initials`: the same where every character is a single letter.
    """

    def __init__(self, words: Iterable[str], shortest_mixed: int, shortest_initials: int) -> None:
        self._shortest_mixed = shortest_mixed
        self._shortest_initials = shortest_initials
        self._by_initials: dict[str, list[str]] = {}
        known = [word for word in dict.fromkeys(words) if all(map(readings, word))]
        for word in known:
            for initials in _initials(word):
                self._by_initials.setdefault(initials, []).append(word)
        found = {one for word in known for character in word for one in readings(character) if len(one) > 1}
        self._syllables = sorted(found, key=lambda one: (-len(one), one))  # longest first, as the search takes them
        self._signs = {one: chr(_FIRST_SIGN + index) for index, one in enumerate(self._syllables)}
        self._syllable = re.compile("|".join(self._syllables) or "(?!)")
        self._table = _Initials(self._syllables)
        self._spellings = list(self._by_initials)
        self._automaton = AhoCorasick(self._spellings, MatchKind.Standard, False, Implementation.ContiguousNFA)
        self._reach = max(map(len, self._spellings), default=1) - 1

    def hits(self, text: str) -> Iterator[tuple[str, int, int]]:
        """(word, start, end) for every word found in a folded text with Latin letters in it."""
        if not self._spellings:
            return
        places = list(self._neighbourhoods(text))
        joined = "\n".join(text[begin:end] for begin, end in places)
        starts = [0]
        for begin, end in places[:-1]:
            starts.append(starts[-1] + end - begin + 1)
        for word, start, end in {*self._look(joined), *self._look_packed(joined)}:
            place = bisect_right(starts, start) - 1
            moved = places[place][0] - starts[place]
            yield word, start + moved, end + moved

    def _neighbourhoods(self, text: str) -> Iterator[tuple[int, int]]:
        """Stretches around Latin letters, as far as a word can reach, overlapping ones made one."""
        reach, length = self._reach, len(text)
        begin = end = -1
        for run in _LETTERS.finditer(text):
            left, right = max(0, run.start() - reach), min(length, run.end() + reach)
            if 0 <= begin and left <= end:
                end = right
            else:
                if begin >= 0:
                    yield begin, end
                begin, end = left, right
        if begin >= 0:
            yield begin, end

    def _look_packed(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Hits where whole syllables are written out, in places of the unpacked text."""
        packed = self._syllable.sub(lambda found: self._signs[found[0]], text)
        if packed == text:
            return
        found = list(self._look(packed))
        if found:
            places = list(accumulate((len(self._syllable_of(one)) for one in packed), initial=0))
            yield from ((word, places[start], places[end]) for word, start, end in found)

    def _syllable_of(self, sign: str) -> str:
        return self._syllables[ord(sign) - _FIRST_SIGN] if ord(sign) >= _FIRST_SIGN else sign

    def _look(self, signs: str) -> Iterator[tuple[str, int, int]]:
        found = self._automaton.find_matches_as_indexes(signs.translate(self._table), overlapping=True)
        for index, start, end in found:
            if not _LATIN_SIGN.search(signs, start, end):
                continue
            written = [self._syllable_of(one) for one in signs[start:end]]
            for word in self._by_initials[self._spellings[index]]:
                if self._writes(word, written):
                    yield word, start, end

    def _writes(self, word: str, written: list[str]) -> bool:
        letters = sum(one.isascii() and len(one) == 1 for one in written)
        if letters and len(word) < self._shortest_mixed:
            return False
        if letters == len(word) and letters < self._shortest_initials:
            return False
        return all(_stands_for(sign, one) for sign, one in zip(written, word, strict=True))


def _stands_for(written: str, character: str) -> bool:
    """Whether a character of the text, a syllable or a letter stands for a word's character."""
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
