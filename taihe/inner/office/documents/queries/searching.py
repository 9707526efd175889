"""公文检索: what the asker may find in the full texts, a page at a time, with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from taihe.ground.actor import Actor
from taihe.ground.search.index import LIMIT, Hit, Narrowing
from taihe.ground.search.indexer import zone_index
from taihe.ground.search.words import segments

from ..access import DOCUMENT, INCOMING, readable, readable_incoming
from ..models import Document, Incoming
from ..search import reader_words, texts_of

BEFORE, LENGTH = 40, 160
"""Characters shown before the found place, and in all."""


@dataclass(frozen=True)
class Asked:
    """What is sought, and what it is narrowed down to; `organ` is a code of the issuing organ."""

    text: str = ""
    kind: str = ""
    genre: str = ""
    year: int = 0
    state: str = ""
    organ: str = ""
    newest_first: bool = False

    def narrowing(self, kind: str) -> Narrowing:
        """For the index."""
        told = (("genre", self.genre), ("year", self.year), ("state", self.state), ("from", self.organ))
        every = tuple(f"{name}:{value}" for name, value in told if value)
        return Narrowing(kinds=(kind,) if kind else (DOCUMENT, INCOMING), every=every)


@dataclass(frozen=True)
class Line:
    """One find: its row, its title and the place in its text with the words marked."""

    row: Document | Incoming
    url: str
    title: SafeString
    text: SafeString

    @property
    def is_incoming(self) -> bool:
        """Whether it is a paper that came in."""
        return isinstance(self.row, Incoming)


class Finds:
    """The index as a list that a paginator may cut; `len` is how many the asker's words find."""

    def __init__(self, actor: Actor, asked: Asked, kind: str | None = None) -> None:
        self.actor, self.asked, self.kind = actor, asked, asked.kind if kind is None else kind
        self.words = reader_words(actor) if asked.text else ()
        self.total = self._search(1, 0)[0]

    def _search(self, limit: int, offset: int) -> tuple[int, tuple[Hit, ...]]:
        if not self.words:
            return 0, ()
        found = zone_index().search(
            self.asked.text,
            self.words,
            within=self.asked.narrowing(self.kind),
            newest_first=self.asked.newest_first,
            limit=limit,
            offset=offset,
        )
        return found.total, found.items

    def __len__(self) -> int:
        return min(self.total, LIMIT)

    def __getitem__(self, part: slice) -> list[Line]:
        start, stop = part.start or 0, part.stop or len(self)
        _, hits = self._search(max(stop - start, 1), start)
        return lines(self.actor, hits, self.asked.text)


def lines(actor: Actor, hits: Sequence[Hit], text: str) -> list[Line]:
    """The hits that the asker may read at this moment, as they stand now (3 queries besides the rights)."""

    def keys(kind: str) -> list[int]:
        return [int(hit.key) for hit in hits if hit.kind == kind]

    rows: dict[tuple[str, int], Any] = {
        (DOCUMENT, one.pk): one for one in Document.objects.filter(readable(actor), pk__in=keys(DOCUMENT))
    }
    found = Incoming.objects.filter(readable_incoming(actor), pk__in=keys(INCOMING))
    rows |= {(INCOMING, one.pk): one for one in found}
    texts = texts_of([pk for kind, pk in rows if kind == DOCUMENT])
    words = marked_words(text)
    shown = []
    for hit in hits:
        row = rows.get((hit.kind, int(hit.key)))
        if row is not None:
            whole = texts.get(row.pk, "") if hit.kind == DOCUMENT else hit.text
            shown.append(Line(row, hit.url, marked(row.title, words), marked(place(whole, row.title, words), words)))
    return shown


def marked_words(text: str) -> re.Pattern[str] | None:
    """What to mark in a text: the words as typed, and those the index knows, the longest first."""
    words = {*text.split(), *segments(text)}
    told = sorted((re.escape(one) for one in words if one.strip()), key=len, reverse=True)
    return re.compile("|".join(told), re.IGNORECASE) if told else None


def place(text: str, title: str, words: re.Pattern[str] | None) -> str:
    """The piece of a text around the first place where a word stands; its beginning when none does."""
    body = " ".join(text.removeprefix(title).split())
    first = words.search(body) if words else None
    start = max((first.start() if first else 0) - BEFORE, 0)
    piece = body[start : start + LENGTH]
    return f"{'…' if start else ''}{piece}{'…' if start + LENGTH < len(body) else ''}"


def marked(text: str, words: re.Pattern[str] | None) -> SafeString:
    """A text with its found words marked; nothing of it is markup."""
    if words is None:
        return SafeString(escape(text))
    parts, last = [], 0
    for hit in words.finditer(text):
        parts += [escape(text[last : hit.start()]), f"<mark>{escape(hit.group())}</mark>"]
        last = hit.end()
    return mark_safe("".join([*parts, escape(text[last:])]))  # noqa: S308  every piece is escaped
