"""From lines of text to the levels of a paper (GB/T 9704-2012, 7.3.3): 一、 （一） 1. （1）.

Officials type numbers by hand; what they typed is kept to the letter, only its face follows its level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .model import Block, Paragraph, Run

_CHINESE = "零〇一二三四五六七八九十百"
MARKS = (
    (1, re.compile(rf"^[{_CHINESE}]+、")),
    (2, re.compile(rf"^[（(][{_CHINESE}]+[)）]")),
    (3, re.compile(r"^\d{1,3}[.．、](?!\d)")),
    (4, re.compile(r"^[（(]\d{1,3}[)）]")),
)
# A heading ends with its first full stop; a numbered line without one is a heading as a whole when it is short.
_HEADING_END = re.compile(r"[。：:]")
MOST_HEADING = 40


def level_of(line: str) -> int:
    """The level a line's number gives it, 0 for plain text."""
    return next((level for level, mark in MARKS if mark.match(line)), 0)


def paragraph(line: str) -> Paragraph:
    """One line as a paragraph: its heading in the level's face, the rest in 仿宋.

    Levels 1 and 2 carry a heading of their own; for 3 and 4, which share the text's face, nothing is split.
    """
    text = line.strip(" \t　")
    level = level_of(text)
    if level in (1, 2):
        end = _HEADING_END.search(text)
        if end is None and len(text) <= MOST_HEADING:
            return Paragraph(level=level, heading=text)
        cut = end.end() if end and end.start() < MOST_HEADING else len(MARKS[level - 1][1].match(text).group())  # type: ignore[union-attr]
        rest = text[cut:]
        return Paragraph(level=level, heading=text[:cut], runs=(Run(text=rest),) if rest else ())
    return Paragraph(level=level, runs=(Run(text=text),) if text else ())


def paragraphs(text: str) -> tuple[Block, ...]:
    """Typed or pasted text, one paragraph a line; empty lines are left out."""
    return from_lines(text.splitlines())


def from_lines(lines: Iterable[str]) -> tuple[Block, ...]:
    """As `paragraphs`, from lines."""
    return tuple(paragraph(line) for line in lines if line.strip(" \t　"))


def plain(blocks: Iterable[Block]) -> str:
    """The text of blocks, one paragraph a line, cells of tables parted by tabs: what digests and checks read."""
    lines = []
    for one in blocks:
        if isinstance(one, Paragraph):
            lines.append(one.heading + "".join(run.text for run in one.runs))
        elif one.kind == "table":
            lines += ["\t".join(row) for row in one.rows]
        else:
            lines.append(one.caption)
    return "\n".join(lines)


def skipped_levels(blocks: Iterable[Block]) -> list[tuple[str, int, int]]:
    """Headings whose level leaves one out: (text, level before, level); 一、 straight to 1. is accepted practice."""
    found, before = [], 0
    for one in blocks:
        if not isinstance(one, Paragraph) or not one.level:
            continue
        if one.level > before + 1 and (before, one.level) != (1, 3):
            found.append((plain([one])[:20], before, one.level))
        before = one.level
    return found
