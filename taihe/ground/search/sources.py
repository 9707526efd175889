"""Where searchable documents come from; an action that changed one says so by `touch`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from taihe.ground.outbox.actions import enqueue, enqueue_many
from taihe.ground.outbox.registry import handler

QUEUE, KIND = "index", "search.touch"


@dataclass(frozen=True)
class Document:
    """One findable thing as it now stands.

    `scopes` are the words of which a reader must hold at least one; `also` holds other spellings
    (pinyin, initials, codes) that find it but are not shown.  `facets` are the headings it can be narrowed
    down to, `at` the moment (aware) by which it is sorted and filtered.
    """

    kind: str
    key: str
    title: str
    text: str
    url: str
    scopes: tuple[str, ...]
    also: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Source:
    """How one kind is read: a document by key (None when it is gone), and every key for a rebuild."""

    load: Callable[[list[str]], Iterable[Document]]
    keys: Callable[[], Iterable[str]]


_sources: dict[str, Source] = {}


def register_source(
    kind: str, *, load: Callable[[list[str]], Iterable[Document]], keys: Callable[[], Iterable[str]]
) -> None:
    """Register where documents of a kind come from; a doubled kind is a start-up error."""
    if kind in _sources:
        raise RuntimeError(f"search source {kind} is registered twice")
    _sources[kind] = Source(load, keys)


def source(kind: str) -> Source | None:
    """The source of a kind, or None when this release does not know it."""
    return _sources.get(kind)


def kinds() -> list[str]:
    """Every registered kind."""
    return sorted(_sources)


def touch(kind: str, key: object) -> None:
    """Say inside an action that a document has changed or gone; the index follows after the commit."""
    enqueue(KIND, {"kind": kind, "key": str(key)}, dedupe=f"{KIND}:{kind}:{key}")


def touch_many(kind: str, keys: Iterable[object]) -> None:
    """Say inside an action that many documents are new or have changed, in one stroke."""
    enqueue_many(KIND, [{"kind": kind, "key": str(key)} for key in keys])


@handler(KIND, queue=QUEUE, transactional=False)
def _touched(payload: dict[str, Any]) -> None:
    """Carried out in batches by the index process (`indexer`), never one by one."""
    raise RuntimeError("the index process handles search.touch in batches")
