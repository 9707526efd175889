"""Where a title is broken into lines: where the sense breaks, short and long in the shape of a trapezium or a rhomb.

GB/T 9704-2012, 7.3.1: 回行时词意完整、排列对称、长短适宜.  At 2号 the type area holds twenty characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import rjieba

from .models.document import Genre

MOST = 20
"""Characters of a line; figures and letters count half."""
SHORT_NAME = 12
"""A 《…》 of so many characters is never broken."""
MOST_PIECES = 80
"""A title of more pieces is no title; its lines are filled one after another."""
_ATOM = re.compile(
    rf"《[^《》]{{1,{SHORT_NAME}}}》|（[^（）]{{1,8}}）|〔\d+〕\d+号?"
    r"|\d+(?:[.,．—\-~～至]\d+)*(?:[年月日号个项%％]|亩|万|亿|元|周岁|周年)*|[A-Za-z]+"
)
_OPENING, _CLOSING = "《（“‘〈〔【", "》）”’〉〕】，、。；：！？"
_CLINGING = ("的", "等", "之", "们", "号", "和", "与", "及", "以及")


def width(text: str) -> float:
    """How many characters wide a text is."""
    return sum(0.5 if one.isascii() else 1 for one in text)


@lru_cache(maxsize=256)
def title_lines(title: str) -> tuple[str, ...]:
    """The lines of a title, none wider than MOST: never broken inside a word, a number or a short 《…》."""
    if width(title) <= MOST:
        return (title,)
    pieces = [part for piece in _pieces(title) for part in _cut(piece)]
    if len(pieces) > MOST_PIECES:
        return _filled(pieces)
    total = width(title)
    fewest = int(-(-total // MOST))
    found = []
    for count in range(fewest, fewest + 3):
        way = _Ways(pieces, total / count).best(0, count, MOST + 1.0, False)
        if way:
            found.append((way[0] / count + 12 * (count - fewest), way[1]))
    edges = min(found)[1] if found else ()
    lines = tuple("".join(pieces[a:b]) for a, b in pairwise(edges))
    return lines or _filled(pieces)


def _pieces(title: str) -> list[str]:
    """What stays together: words, numbers, short names, and the marks that cling to them."""
    raw: list[str] = []
    at = 0
    for found in _ATOM.finditer(title):
        raw += [*rjieba.cut(title[at : found.start()]), found.group()]
        at = found.end()
    raw += rjieba.cut(title[at:])
    joined: list[str] = []
    for piece in filter(None, raw):
        clings = piece[0] in _CLOSING or piece in _CLINGING or piece.startswith("〔")
        if joined and (clings or joined[-1][-1] in _OPENING):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _cut(piece: str) -> list[str]:
    """A piece that is wider than a line, cut where the line ends."""
    parts, line = [], ""
    for one in piece:
        if line and width(line + one) > MOST:
            parts.append(line)
            line = ""
        line += one
    return [*parts, line]


class _Ways:
    """Ways of laying pieces into lines; the cheapest is the most even one that breaks where the sense does."""

    def __init__(self, pieces: list[str], wanted: float) -> None:
        self.widths, self.wanted = [width(one) for one in pieces], wanted
        self.breaks = [0.0, *(_break_cost(pieces, cut) for cut in range(1, len(pieces))), 0.0]
        self.known: dict[tuple[int, int, float, bool], tuple[float, tuple[int, ...]] | None] = {}

    def best(self, start: int, count: int, before: float, shrunk: bool) -> tuple[float, tuple[int, ...]] | None:
        """The cheapest way from a piece on in `count` lines, as cost and edges; None when they do not fit.

        `before` is the width of the line before, `shrunk` whether that one was narrower than its own.
        """
        if count == 0 or start == len(self.widths):
            return (0.0, (start,)) if count == 0 and start == len(self.widths) else None
        state = start, count, before, shrunk
        if state not in self.known:
            ways = [way for way in self._lines(start, count, before, shrunk) if way]
            self.known[state] = min(ways, default=None)
        return self.known[state]

    def _lines(
        self, start: int, count: int, before: float, shrunk: bool
    ) -> Iterator[tuple[float, tuple[int, ...]] | None]:
        line = 0.0
        for end in range(start + 1, len(self.widths) + 1):
            line += self.widths[end - 1]
            if line > MOST:
                return
            rest = self.best(end, count - 1, line, line < before and before <= MOST)
            if rest:
                waist = 90.0 if shrunk and line > before else 0.0  # an hourglass is what a title must not look like
                cost = (line - self.wanted) ** 2 + 2 * self.breaks[end] + waist + rest[0]
                yield cost, (start, *rest[1])


def _break_cost(pieces: list[str], cut: int) -> float:
    before, after = "".join(pieces[:cut]), "".join(pieces[cut:])
    cost = 0.0
    if after in Genre.values:
        cost += 40  # 的 / 通知
    if before.count("《") > before.count("》"):
        cost += 4
    if "关于" in after:
        cost += 2 if after.startswith("关于") else 15  # inside the name of the organ
    if before.endswith(("、", "和", "与", "及", "》")):
        cost -= 2
    return cost


def _filled(pieces: list[str]) -> tuple[str, ...]:
    """Lines filled one after another."""
    lines = [""]
    for piece in pieces:
        if lines[-1] and width(lines[-1] + piece) > MOST:
            lines.append("")
        lines[-1] += piece
    return tuple(lines)
