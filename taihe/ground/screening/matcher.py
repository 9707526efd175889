"""Finding the words of the lists in a folded text.

One automaton over all words; texts that hit nothing cost one pass.  Where something hits, a second
automaton lists every overlapping word, so that no word hides behind a longer, milder one, and each hit is
weighed: inside an allowed name it is none, cut out of two neighbouring words it is only doubtful.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import rjieba
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from ..rules import rule
from .fold import HARD_BREAKS, View, is_invisible, is_separator
from .lists import Entry, WordList, load_lists, words_folder
from .pinyin import PinyinPass
from .splits import split_spellings
from .verdict import Span

_CONTEXT = 12
_SURROUNDINGS = 80
_LONGEST_ALLOWED = 200  # characters of the text an allowed word may take up, separators and all
_LETTER = re.compile("[a-z]")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Pattern:
    """One folded spelling and the list entry behind it; `split` when a character is written in pieces."""

    folded: str
    entry: Entry
    words: WordList
    split: bool = False

    @property
    def conditional(self) -> bool:
        """Whether the word only counts in certain surroundings."""
        return bool(self.entry.before or self.entry.after)


@dataclass(frozen=True)
class Hit:
    """One place of a stream where a word of a list stands.

    `separated`: read through separators.  `guessed`: cut out of neighbouring words, or written in pieces or
    Latin letters, so that only a person can tell.
    """

    pattern: Pattern
    start: int
    end: int
    separated: bool
    guessed: bool


def _automaton(spellings: list[str], kind: MatchKind, implementation: Implementation) -> AhoCorasick:
    return AhoCorasick(spellings, matchkind=kind, store_patterns=False, implementation=implementation)


class Matcher:
    """The lists in force on one site, ready to be searched for."""

    def __init__(self, lists: tuple[WordList, ...], version: str) -> None:
        self.version = version
        self.by_spelling: dict[str, list[Pattern]] = {}
        for words in lists:
            for entry in words.entries:
                self._take(Pattern(entry.folded, entry, words))
                if _disguised(words):
                    for spelling in split_spellings(entry.folded):
                        self._take(Pattern(spelling, entry, words, split=True))
        self._spellings = list(self.by_spelling)
        sought = [one for one in self._spellings if any(p.words.klass != "allow" for p in self.by_spelling[one])]
        self._first = _automaton(sought, MatchKind.LeftmostLongest, Implementation.DFA)
        self._all = _automaton(self._spellings, MatchKind.Standard, Implementation.ContiguousNFA)
        disguised = (entry.folded for words in lists if _disguised(words) for entry in words.entries)
        self._pinyin = PinyinPass(disguised, rule("screening.pinyin_shortest"), rule("screening.initials_shortest"))

    def _take(self, pattern: Pattern) -> None:
        self.by_spelling.setdefault(pattern.folded, []).append(pattern)

    def hits(self, view: View, in_latin: bool = True) -> list[Hit]:
        """Every word of the lists in a text, allowed places left out.

        `in_latin`: also words partly written in pinyin or initials.
        """
        found = self._written(view) if self._first.find_matches_as_indexes(view.text) else []
        if in_latin and _LETTER.search(view.text):
            found += self._in_latin(view)
        return found

    def _written(self, view: View) -> list[Hit]:
        found: list[tuple[Pattern, int, int]] = []
        allowed: list[Span] = []
        for index, start, end in self._all.find_matches_as_indexes(view.text, overlapping=True):
            span = view.span(start, end)
            for pattern in self.by_spelling[self._spellings[index]]:
                if pattern.words.klass == "allow":
                    allowed.append(span)
                else:
                    found.append((pattern, *span))
        allowed.sort()
        weighed = (_weigh(view.source, *one) for one in found if not _is_allowed(view.source, one[1:], allowed))
        return [one for one in weighed if one is not None]

    def _in_latin(self, view: View) -> list[Hit]:
        return [
            Hit(pattern, start, end, separated=False, guessed=True)
            for word, *place in self._pinyin.hits(view.text)
            for start, end in (view.span(*place),)
            if not _inside_latin(view.source, start, end)
            for pattern in self.by_spelling[word]
            if _disguised(pattern.words) and not pattern.split and not pattern.conditional
        ]


def _disguised(words: WordList) -> bool:
    """Whether the words of a list are also looked for in pieces and in Latin letters."""
    return not words.strict and words.klass not in ("allow", "label")


def _inside_latin(source: str, start: int, end: int) -> bool:
    """Whether a place begins or ends in the middle of a run of Latin letters: an English word, no pinyin."""
    return any(
        0 < at < len(source) and _LETTER.match(source[at - 1].lower()) and _LETTER.match(source[at].lower())
        for at in (start, end)
    )


def _joined(source: str, edge: int) -> bool:
    """Whether nothing separates the characters on both sides of a place."""
    before = edge - 1
    while is_invisible(source[before]):
        before -= 1
    while is_invisible(source[edge]):
        edge += 1
    return not any(is_separator(one) or one in HARD_BREAKS for one in (source[before], source[edge]))


def _is_allowed(source: str, span: Span, allowed: list[Span]) -> bool:
    """Whether a hit is part of an allowed word that goes on, unseparated, beyond each inner edge of the hit."""
    start, end = span
    near = allowed[bisect_left(allowed, (start - _LONGEST_ALLOWED, 0)) : bisect_right(allowed, (start, len(source)))]
    return any(
        end <= right and all(_joined(source, at) for at in (start, end) if left < at < right) for left, right in near
    )


def _weigh(source: str, pattern: Pattern, start: int, end: int) -> Hit | None:
    """The hit with its doubts; None when the list's own conditions are not met."""
    if pattern.conditional and not _surrounded(source, pattern.entry, start, end):
        return None
    separated = any(is_separator(one) for one in source[start:end])
    cut = _cuts_words(source, start, end)
    if pattern.words.strict and (separated or cut):
        return None
    if cut and pattern.folded.isascii():  # Latin words have real edges: "class" does not hold a shorter word
        return None
    return Hit(pattern, start, end, separated, guessed=cut or pattern.split)


def _surrounded(source: str, entry: Entry, start: int, end: int) -> bool:
    """Whether an entry's `before` and `after` hold, invisible characters aside."""
    left = "".join(one for one in source[max(0, start - _SURROUNDINGS) : start] if not is_invisible(one))
    right = "".join(one for one in source[end : end + _SURROUNDINGS] if not is_invisible(one))
    return not (entry.before and not entry.before.search(left)) and not (entry.after and not entry.after.match(right))


def _cuts_words(source: str, start: int, end: int) -> bool:
    """Whether the dictionary reads the place as two neighbouring words that each lose a part (中国军|队)."""
    left = max(0, start - _CONTEXT)
    window = _SURROGATE.sub(" ", source[left : end + _CONTEXT])  # the dictionary takes no broken characters
    edges = {0}
    at = 0
    for word in rjieba.cut(window):
        at += len(word)
        edges.add(at)
    return start - left not in edges or end - left not in edges


@lru_cache(maxsize=16)
def _build(folder: Path, version: str, site: str | None) -> Matcher:
    lists, _version = load_lists()
    return Matcher(tuple(one for one in lists if one.serves(site)), version)


def matcher_for(site: str | None) -> Matcher:
    """The matcher of one site (None: the county's general lists).  Raises BadSetup as `load_lists` does."""
    lists, version = load_lists()
    special = site if any(site in one.sites for one in lists) else None  # sites without lists of their own share one
    return _build(words_folder(), version, special)
