"""The index folder: written by one process, read by all of the zone."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Query

from .sources import Document
from .words import characters, normal, segments

HEAP_BYTES = 16_000_000
LIMIT = 1000
LONGEST = 200
# Another number for another schema: the index process then fills a new folder from its sources.
SCHEMA = 2


@dataclass(frozen=True)
class Hit:
    """One found document."""

    kind: str
    key: str
    title: str
    text: str
    url: str


@dataclass(frozen=True)
class Narrowing:
    """What a search is narrowed down to: kinds, headings (one of each suffices), and moments from `since` on.

    Of the headings in `every` a document must have all.
    """

    kinds: Sequence[str] = ()
    facets: Sequence[str] = ()
    every: Sequence[str] = ()
    since: datetime | None = None


@dataclass(frozen=True)
class Hits:
    """One page of what was found, and how many there are in all."""

    total: int
    items: tuple[Hit, ...]


NOWHERE_SPECIAL = Narrowing()


def _schema() -> tantivy.Schema:
    build = tantivy.SchemaBuilder()
    for name in ("id", "kind", "scope", "facet"):
        build.add_text_field(name, stored=name == "kind", tokenizer_name="raw", index_option="basic")
    for name in ("key", "title", "text", "url"):
        build.add_text_field(name, stored=True, tokenizer_name="raw", index_option="basic")
    build.add_text_field("words", tokenizer_name="whitespace")
    build.add_text_field("name_words", tokenizer_name="whitespace")
    build.add_text_field("name_characters", tokenizer_name="whitespace")
    build.add_text_field("also", tokenizer_name="raw", index_option="basic")
    build.add_integer_field("at", indexed=True, fast=True)
    return build.build()


def _stored(document: Document) -> tantivy.Document:
    row: dict[str, Any] = {
        "id": [f"{document.kind}:{document.key}"],
        "kind": [document.kind],
        "key": [document.key],
        "title": [document.title],
        "text": [document.text[:500]],
        "url": [document.url],
        "scope": list(document.scopes),
        "words": [" ".join(segments(f"{document.title} {document.text}"))],
        "name_words": [" ".join(segments(document.title))],
        "name_characters": [" ".join(characters(document.title))],
        "also": [normal(one) for one in document.also],
        "facet": list(document.facets),
        "at": [int(document.at.timestamp()) if document.at else 0],
    }
    return tantivy.Document(**row)


class Index:
    """One zone's index.  Reading needs no lock; `write` is for the index process alone."""

    def __init__(self, folder: Path) -> None:
        folder = folder / f"v{SCHEMA}"
        folder.mkdir(parents=True, exist_ok=True)
        self.schema = _schema()
        self._index = tantivy.Index(self.schema, str(folder))
        self._lock = threading.Lock()

    def write(self, documents: Iterable[Document], gone: Iterable[tuple[str, str]]) -> None:
        """Put documents in place of their former state and take away what is gone, in one commit."""
        writer = self._index.writer(HEAP_BYTES, 1)
        for kind, key in gone:
            writer.delete_documents_by_term("id", f"{kind}:{key}")
        for document in documents:
            writer.delete_documents_by_term("id", f"{document.kind}:{document.key}")
            writer.add_document(_stored(document))
        writer.commit()
        writer.wait_merging_threads()

    def clear(self) -> None:
        """Empty the index before a rebuild."""
        writer = self._index.writer(HEAP_BYTES, 1)
        writer.delete_all_documents()
        writer.commit()
        writer.wait_merging_threads()

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self.schema, field, value)

    def _matching(self, text: str) -> Query:
        """A document matches when its name holds the text as typed, or it holds every word, or another spelling."""
        ways: list[tuple[Occur, Query]] = []
        typed = characters(text)
        if typed:
            exact = (
                Query.phrase_query(self.schema, "name_characters", list(typed))
                if len(typed) > 1
                else self._term("name_characters", typed[0])
            )
            ways.append((Occur.Should, Query.boost_query(exact, 8.0)))
        words = segments(text)
        if words:
            every = [(Occur.Must, self._term("words", word)) for word in words]
            named = [(Occur.Should, Query.boost_query(self._term("name_words", word), 3.0)) for word in words]
            ways.append((Occur.Should, Query.boolean_query([*every, *named])))
        compact = "".join(typed)
        if compact.isascii() and compact:
            ways.append((Occur.Should, Query.boost_query(Query.regex_query(self.schema, "also", f"{compact}.*"), 4.0)))
        return Query.boolean_query(ways) if ways else Query.empty_query()

    def _any_of(self, field: str, values: Sequence[str]) -> Query:
        """A condition that decides whether, never how well: it adds nothing to the score."""
        terms = Query.boolean_query([(Occur.Should, self._term(field, one)) for one in values])
        return Query.const_score_query(terms, 0.0)

    def _conditions(self, scopes: Sequence[str], within: Narrowing) -> list[Query]:
        wanted = [self._any_of("scope", scopes)]
        if within.kinds:
            wanted.append(self._any_of("kind", within.kinds))
        if within.facets:
            wanted.append(self._any_of("facet", within.facets))
        wanted += [self._any_of("facet", [one]) for one in within.every]
        if within.since:
            since = int(within.since.timestamp())
            later = Query.range_query(self.schema, "at", FieldType.Integer, since, None)
            wanted.append(Query.const_score_query(later, 0.0))
        return wanted

    def empty(self) -> bool:
        """Whether nothing at all is in the index."""
        return self._searcher().num_docs == 0

    def _searcher(self) -> tantivy.Searcher:
        with self._lock:
            self._index.reload()
            return self._index.searcher()

    def search(
        self,
        text: str,
        scopes: Sequence[str],
        *,
        within: Narrowing = NOWHERE_SPECIAL,
        newest_first: bool = False,
        limit: int = 20,
        offset: int = 0,
    ) -> Hits:
        """What a reader who holds `scopes` finds, the best first or the newest; `limit` and `offset` in documents."""
        if not text.strip() or not scopes:
            return Hits(0, ())
        parts = [self._matching(text[:LONGEST]), *self._conditions(scopes, within)]
        searcher = self._searcher()
        found = searcher.search(
            Query.boolean_query([(Occur.Must, one) for one in parts]),
            limit=min(limit, LIMIT),
            offset=offset,
            count=True,
            order_by_field="at" if newest_first else None,
        )
        rows = (searcher.doc(address) for _, address in found.hits)
        return Hits(
            found.count or 0,  # type: ignore[attr-defined]  # the stub lacks it
            tuple(
                Hit(*(str(row.get_first(name) or "") for name in ("kind", "key", "title", "text", "url")))
                for row in rows
            ),
        )
