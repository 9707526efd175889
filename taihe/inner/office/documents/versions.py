"""What changed between two versions, and who changed it: insertions and deletions by paragraph and by character.

The versions between the two are walked one by one, so that each mark carries the name of whoever made it.
Paragraphs are compared first and characters only where they differ: a long text takes a fraction of a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from .content import Content, plain_text

CONTEXT = 2
ALIKE = 0.4
MOST_CHARACTERS = 1500
"""Beyond this, a changed stretch is shown as taken out and put in as a whole."""


@dataclass(frozen=True)
class Draft:
    """One version as it is compared: its lines, and whose they are."""

    number: int
    who: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A stretch that stayed, was added or was taken out, and by whom."""

    how: Literal["same", "added", "removed"]
    text: str
    by: str = ""


@dataclass
class Marked:
    """One paragraph with its marks; `skipped` stands for so many unchanged paragraphs left out."""

    pieces: list[Piece] = field(default_factory=list)
    skipped: int = 0

    @property
    def kind(self) -> str:
        """same, new, gone, mixed or skip: how the paragraph is drawn."""
        if self.skipped:
            return "skip"
        hows = {one.how for one in self.pieces}
        if hows <= {"same"}:
            return "same"
        return {frozenset({"added"}): "new", frozenset({"removed"}): "gone"}.get(frozenset(hows), "mixed")

    @property
    def by(self) -> str:
        """Everybody who changed something here."""
        return "、".join(dict.fromkeys(one.by for one in self.pieces if one.by))


@dataclass
class _Line:
    """A paragraph on its way through the versions: its pieces, and who removed it as a whole."""

    pieces: list[Piece]
    removed: str = ""

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.pieces if one.how != "removed")


def lines_of(content: Content) -> tuple[str, ...]:
    """All that is signed, a paragraph a line, each part under its name."""
    lines = [content.title]
    if content.addressees:
        lines.append("，".join(content.addressees) + "：")
    lines += plain_text(content.blocks).splitlines()
    lines += [f"附件说明：{one}" for one in content.listed]
    lines += [text for text in (content.signature and f"署名：{content.signature}", content.note) if text]
    if content.copies:
        lines.append("抄送：" + "，".join(content.copies))
    if content.issued:
        lines += [content.issued.title, *plain_text(content.issued.blocks).splitlines()]
    for place, one in enumerate(content.attachments, 1):
        lines += [f"附件{place}：{one.title}", *plain_text(one.blocks).splitlines()]
    return tuple(line for line in lines if line.strip())


def marks(drafts: Sequence[Draft], *, fold: bool = True) -> list[Marked]:
    """From the first of the versions to the last, every mark with its author; unchanged stretches are folded."""
    lines = [_Line([Piece("same", text)]) for text in drafts[0].lines]
    for draft in drafts[1:]:
        lines = _step(lines, draft)
    found = [Marked(_tidy(one)) for one in lines]
    shown = [one for one in found if one.pieces]
    return _folded(shown) if fold else shown


def _tidy(line: _Line) -> list[Piece]:
    """What was both added and taken out on the way is shown as neither."""
    if not line.removed:
        return _joined(line.pieces)
    kept = [
        Piece("removed", one.text, one.by if one.how == "removed" else line.removed)
        for one in line.pieces
        if one.how != "added"
    ]
    return _joined(kept)


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    found: list[Piece] = []
    for one in pieces:
        if found and (found[-1].how, found[-1].by) == (one.how, one.by):
            found[-1] = Piece(one.how, found[-1].text + one.text, one.by)
        elif one.text:
            found.append(one)
    return found


def _step(lines: list[_Line], draft: Draft) -> list[_Line]:
    """One version further: lines that stand are compared with the version's own."""
    standing = [one for one in lines if not one.removed]
    after: dict[int, list[_Line]] = {}
    place = -1
    for one in lines:  # removed lines keep their place behind the line they followed
        if one.removed:
            after.setdefault(place, []).append(one)
        else:
            place += 1
    behind = {id(one): after.get(offset, []) for offset, one in enumerate(standing)}
    found: list[_Line] = list(after.get(-1, []))
    texts = [one.text for one in standing]
    for how, a, b, c, d in SequenceMatcher(None, texts, draft.lines, autojunk=False).get_opcodes():
        now = standing[a:b] if how == "equal" else _changed(standing[a:b], draft.lines[c:d], draft.who)
        for one in now:
            found += [one, *behind.get(id(one), [])]
    return found


def _changed(old: list[_Line], new: Sequence[str], who: str) -> list[_Line]:
    """A stretch that differs: alike paragraphs are paired and marked inside, the others are gone or new."""
    if not old or not new:
        for one in old:
            one.removed = who
        return [*old, *[_Line([Piece("added", text, who)]) for text in new]]
    found: list[_Line] = []
    at = 0
    for text in new:
        mate = _mate(old, at, text)
        if mate is None:
            found.append(_Line([Piece("added", text, who)]))
            continue
        for gone in old[at:mate]:
            gone.removed = who
            found.append(gone)
        _rewrite(old[mate], text, who)
        found.append(old[mate])
        at = mate + 1
    for gone in old[at:]:
        gone.removed = who
        found.append(gone)
    return found


def _mate(old: list[_Line], start: int, text: str) -> int | None:
    """The next old paragraph that is much like the text, by the pairs of characters they share."""
    wanted = _pairs(text)
    for place in range(start, min(start + 8, len(old))):
        known = _pairs(old[place].text)
        if 2 * (wanted & known).total() > ALIKE * (wanted.total() + known.total()):
            return place
    return None


def _pairs(text: str) -> Counter[str]:
    return Counter(a + b for a, b in pairwise(f"^{text}$"))


def _opcodes(before: str, text: str) -> list[tuple[str, int, int, int, int]]:
    """How one paragraph becomes another; what both begin and end with is set aside first."""
    most = min(len(before), len(text))
    head = next((n for n in range(most) if before[n] != text[n]), most)
    tail = next((n for n in range(most - head) if before[-1 - n] != text[-1 - n]), most - head)
    old, new = before[head : len(before) - tail], text[head : len(text) - tail]
    if max(len(old), len(new)) > MOST_CHARACTERS:
        inner: list[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    else:
        inner = [(*one,) for one in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()]
    moved = [(how, a + head, b + head, c + head, d + head) for how, a, b, c, d in inner]
    return [
        ("equal", 0, head, 0, head),
        *moved,
        ("equal", len(before) - tail, len(before), len(text) - tail, len(text)),
    ]


def _rewrite(line: _Line, text: str, who: str) -> None:
    """Mark inside a paragraph what makes it the new text."""
    before = line.text
    live = [(one, character) for one in line.pieces for character in one.text]
    pieces: list[Piece] = []
    cursor = seen = 0

    def take(upto: int, removed: bool) -> None:
        """Copy characters that stand, up to a place of the old text; those removed before go along."""
        nonlocal cursor, seen
        while cursor < len(live) and (seen < upto or live[cursor][0].how == "removed"):
            one, character = live[cursor]
            cursor += 1
            if one.how == "removed":
                pieces.append(Piece("removed", character, one.by))
                continue
            seen += 1
            if not removed:
                pieces.append(Piece(one.how, character, one.by))
            elif one.how == "same":
                pieces.append(Piece("removed", character, who))

    for how, _, end, c, d in _opcodes(before, text):
        take(end, how != "equal")
        if how in ("insert", "replace"):
            pieces.append(Piece("added", text[c:d], who))
    take(len(before), False)
    line.pieces = _joined(pieces)


def _folded(lines: list[Marked]) -> list[Marked]:
    near = {place + by for place, one in enumerate(lines) if one.kind != "same" for by in range(-CONTEXT, CONTEXT + 1)}
    found: list[Marked] = []
    for place, one in enumerate(lines):
        if place in near:
            found.append(one)
        elif found and found[-1].skipped:
            found[-1].skipped += 1
        else:
            found.append(Marked(skipped=1))
    return found
