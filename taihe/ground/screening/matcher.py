"""Finding the words of the lists in a folded text.

One automaton over all words; texts that hit nothing cost one pass.  Where something hits, a second
automaton lists every overlapping word, so that no word hides behind a longer, milder one, and each hit is
weighed: inside an allowed name it is none, cut out of two neighbouring words it is only doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import rjieba
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from .fold import HARD_BREAKS, View, is_invisible, is_separator
from .lists import Entry, WordList, load_lists
from .splits import split_spellings

_CONTEXT = 12


@dataclass(frozen=True)
class Pattern:
    """One folded spelling and the list entry behind it; `split` when a character is written in pieces."""

    folded: str
    entry: Entry
    words: WordList
    split: bool = False


@dataclass(frozen=True)
class Hit:
    """One place of a stream where a word of a list stands."""

    pattern: Pattern
    start: int
    end: int
    separated: bool
    cut: bool

    @property
    def doubtful(self) -> bool:
        """Read through separators or pieces, or cut out of neighbouring words."""
        return self.separated or self.cut or self.pattern.split


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
                if not words.strict and words.klass not in ("allow", "label"):
                    for spelling in split_spellings(entry.folded):
                        self._take(Pattern(spelling, entry, words, split=True))
        self._spellings = list(self.by_spelling)
        sought = [one for one in self._spellings if any(p.words.klass != "allow" for p in self.by_spelling[one])]
        self._first = _automaton(sought, MatchKind.LeftmostLongest, Implementation.DFA)
        self._all = _automaton(self._spellings, MatchKind.Standard, Implementation.ContiguousNFA)

    def _take(self, pattern: Pattern) -> None:
        self.by_spelling.setdefault(pattern.folded, []).append(pattern)

    def patterns(self) -> Iterator[Pattern]:
        """Every word as written in the lists (no split spellings)."""
        return (one for found in self.by_spelling.values() for one in found if not one.split)

    def hits(self, view: View) -> list[Hit]:
        """Every word of the lists in a text, allowed places left out, in reading order."""
        if not self._first.find_matches_as_indexes(view.text):
            return []
        found: list[tuple[Pattern, int, int]] = []
        allowed: list[tuple[int, int]] = []
        for index, start, end in self._all.find_matches_as_indexes(view.text, overlapping=True):
            span = view.span(start, end)
            for pattern in self.by_spelling[self._spellings[index]]:
                if pattern.words.klass == "allow":
                    allowed.append(span)
                else:
                    found.append((pattern, *span))
        weighed = (_weigh(view.source, *one) for one in found if not _is_allowed(view.source, one[1:], allowed))
        return [one for one in weighed if one is not None]


def _joined(source: str, edge: int) -> bool:
    """Whether nothing separates the characters on both sides of a place."""
    before = edge - 1
    while is_invisible(source[before]):
        before -= 1
    while is_invisible(source[edge]):
        edge += 1
    return not any(is_separator(one) or one in HARD_BREAKS for one in (source[before], source[edge]))


def _is_allowed(source: str, span: tuple[int, int], allowed: list[tuple[int, int]]) -> bool:
    """Whether a hit is part of an allowed word that goes on, unseparated, beyond each inner edge of the hit."""
    start, end = span
    return any(
        left <= start and end <= right and all(_joined(source, at) for at in (start, end) if left < at < right)
        for left, right in allowed
    )


def _weigh(source: str, pattern: Pattern, start: int, end: int) -> Hit | None:
    """The hit with its doubts; None when the list's own conditions are not met."""
    written = source[start:end]
    if pattern.entry.after and not pattern.entry.after.match(source[end:].lstrip()):
        return None
    separated = any(is_separator(one) for one in written)
    cut = _cuts_words(source, start, end)
    if pattern.words.strict and (separated or cut):
        return None
    if cut and pattern.folded.isascii():  # Latin words have real edges: "class" does not hold a shorter word
        return None
    return Hit(pattern, start, end, separated, cut)


def _cuts_words(source: str, start: int, end: int) -> bool:
    """Whether the dictionary reads the place as two neighbouring words that each lose a part (中国军|队)."""
    left = max(0, start - _CONTEXT)
    window = source[left : end + _CONTEXT]
    edges = {0}
    at = 0
    for word in rjieba.cut(window):
        at += len(word)
        edges.add(at)
    return start - left not in edges or end - left not in edges


@lru_cache(maxsize=16)
def _build(lists: tuple[WordList, ...], version: str) -> Matcher:
    return Matcher(lists, version)


def matcher_for(site: str | None) -> Matcher:
    """The matcher of one site (None: the county's general lists).  Raises BadSetup as `load_lists` does."""
    lists, version = load_lists()
    return _build(tuple(one for one in lists if one.serves(site)), version)
