"""Full text of documents and of papers that came in, found only by those who may read them.

A text carries words for everybody `access` lets read it: the organs above its issuing and drafting organ
(``organ:``), the organs above each that has a copy in hands (``copy:`` for readers, ``clerk:`` for
those who receive), the drafter and whoever settled an item (``person:``), and the desks its flow has come to.
A reader searches with his own words, and the page of hits asks `access` once more: what he lost since the
index was written is not shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.search.sources import Document as Text
from taihe.ground.search.sources import register_source, touch, touch_many
from taihe.inner.people.models import OrganEvent, OrganEventKind
from taihe.inner.people.permissions import EVERYWHERE, scopes_of
from taihe.inner.people.registry import on_organ_changed
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.registry import on_items_opened
from taihe.inner.workflow.seats import desk_of

from . import news
from .access import DOCUMENT, IN_HANDS, INCOMING, INCOMING_FLOW, ISSUE_FLOW, drafters, office_paths
from .content import Content, whole_text
from .models import Delivery, Document, DocumentVersion, Incoming
from .models.document import Audience
from .rights import READ, RECEIVE
from .tables_lists import document_url

LONGEST = 100_000
"""Characters of one text that are indexed."""


def touched(document_pk: int) -> None:
    """Say inside an action that a document's text, state, copies or people have changed."""
    touch(DOCUMENT, document_pk)


def incoming_touched(incoming_pk: int) -> None:
    """Say inside an action that a paper that came in, or who handles it, has changed."""
    touch(INCOMING, incoming_pk)
    document = Delivery.objects.filter(incoming=incoming_pk).values_list("document_id", flat=True).first()
    if document is not None:
        touch(DOCUMENT, document)


# -- who finds --------------------------------------------------------------------------------------


def reader_words(actor: Actor) -> tuple[str, ...]:
    """The words under which an actor searches; nothing but what his rights are today."""
    words = [f"organ:{code}" for code in _last(office_paths(actor))]
    words += [f"copy:{code}" for code in _last(scopes_of(actor, READ))]
    words += [f"clerk:{code}" for code in _last(scopes_of(actor, RECEIVE))]
    seat = desk_of(actor)
    if seat is not None:
        words += [f"person:{one}" for one in drafters(seat)]
        if seat.covers(ISSUE_FLOW) and seat.covers(INCOMING_FLOW):
            words += [f"post:{seat.post_id}", f"desk:{seat.post_id}:{seat.officer_id}"]
    return tuple(words)


def _last(paths: Iterable[str]) -> list[str]:
    return [path.rstrip("/").rpartition("/")[2] for path in paths if path != EVERYWHERE]


def _above(path: str) -> list[str]:
    return [code for code in path.split("/") if code]


def _office_words(*paths: str) -> set[str]:
    return {f"organ:{code}" for path in paths for code in _above(path)}


def _copy_words(path: str, *, named: bool) -> set[str]:
    kinds = ("clerk",) if named else ("clerk", "copy")
    return {f"{kind}:{code}" for kind in kinds for code in _above(path)}


def _flow_words(instances: Iterable[int]) -> dict[int, set[str]]:
    """The people and desks of each flow (1 query)."""
    words: dict[int, set[str]] = defaultdict(set)
    rows = WorkItem.objects.filter(instance__in=list(instances))
    for instance, post, officer, done_by in rows.values_list("instance_id", "post_id", "officer_id", "done_by_id"):
        words[instance].add(f"desk:{post}:{officer}" if officer else f"post:{post}")
        if done_by:
            words[instance].add(f"person:{done_by}")
    return words


# -- documents ------------------------------------------------------------------------------------------


def _documents(keys: list[str]) -> Iterator[Text]:
    rows = list(Document.objects.filter(pk__in=map(int, keys)).select_related("organ", "drafting_organ"))
    texts, copies = texts_of([one.pk for one in rows]), _copies([one.pk for one in rows])
    came_in = [one for each in copies.values() for _, one in each if one]
    flows = _flow_words({*(one.instance_id for one in rows if one.instance_id), *came_in})
    for row in rows:
        named = row.audience == Audience.NAMED
        words = {f"person:{row.drafter_id}"} | flows[row.instance_id or 0]
        if not named:
            words |= _office_words(row.organ.path, row.drafting_organ.path)
        for path, instance in copies[row.pk]:
            words |= _copy_words(path, named=named) | flows[instance or 0]
        yield Text(
            kind=DOCUMENT,
            key=str(row.pk),
            title=row.title,
            text=f"{row.number}\n{texts.get(row.pk, '')}"[:LONGEST],
            url=document_url(row.pk),
            scopes=tuple(sorted(words)),
            facets=_facets(row.genre, row.sorted_at.astimezone(clock.COUNTY_ZONE).year, row.state, row.organ.code),
            at=row.sorted_at,
        )


def texts_of(pks: Sequence[int]) -> dict[int, str]:
    """The text that was signed, or else the present one, of each document (1 query)."""
    chosen = Coalesce(F("document__signed_version"), F("document__head"))
    rows = DocumentVersion.objects.filter(document__in=pks, number=chosen).values_list("document_id", "content")
    return {pk: whole_text(Content.model_validate(content)) for pk, content in rows}


def _copies(pks: Sequence[int]) -> dict[int, list[tuple[str, int | None]]]:
    """Path of each organ with a copy in hands, and the flow in which it is handled there (1 query)."""
    found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
    rows = Delivery.objects.filter(document__in=pks, state__in=IN_HANDS)
    for pk, path, instance in rows.values_list("document_id", "organ__path", "incoming__instance_id"):
        found[pk].append((path, instance))
    return found


def _facets(genre: str, year: int, state: str, organ: str = "") -> tuple[str, ...]:
    told = (("genre", genre), ("year", str(year)), ("state", state), ("from", organ))
    return tuple(f"{name}:{value}" for name, value in told if value)


# -- what came in ---------------------------------------------------------------------------------------


def _incoming(keys: list[str]) -> Iterator[Text]:
    rows = list(
        Incoming.objects.filter(pk__in=map(int, keys)).select_related("organ", "delivery__document", "delivery")
    )
    flows = _flow_words(one.instance_id for one in rows if one.instance_id)
    for row in rows:
        named = row.delivery is not None and row.delivery.document.audience == Audience.NAMED
        parts = [row.source_name, row.source_number, row.number, row.proposal, row.result]
        yield Text(
            kind=INCOMING,
            key=str(row.pk),
            title=row.title,
            text="\n".join(one for one in parts if one)[:LONGEST],
            url=reverse("documents:incoming_item", args=[row.pk]),
            scopes=tuple(sorted(_copy_words(row.organ.path, named=named) | flows[row.instance_id or 0])),
            facets=_facets(row.genre, row.received_at.astimezone(clock.COUNTY_ZONE).year, row.state),
            at=row.received_at,
        )


# -- news -----------------------------------------------------------------------------------------------


@on_items_opened("documents.search")
def _items_opened(actor: Actor, items: Sequence[WorkItem]) -> None:
    """A matter has come to other desks: their people find it from now on."""
    for kind, subject in {(one.instance.kind, one.instance.subject_id) for one in items}:
        if kind == ISSUE_FLOW and subject.isdigit():
            touched(int(subject))
        elif kind == INCOMING_FLOW and subject.isdigit():
            incoming_touched(int(subject))


@news.on_issued("documents.search")
def _issued(actor: Actor, document: Document) -> None:
    """The organs it went to find it."""
    touched(document.pk)


@on_organ_changed("documents.search")
def _organ_changed(actor: Actor, event: OrganEvent) -> None:
    """Under another superior other offices read an organ's documents; with a merger copies change hands."""
    if event.kind not in (OrganEventKind.MOVED, OrganEventKind.MERGED):
        return
    path = event.organ.path
    below = Q(organ__path__startswith=path)
    own = below | Q(drafting_organ__path__startswith=path)
    touch_many(DOCUMENT, Document.objects.filter(own).values_list("pk", flat=True).iterator())
    copies = Delivery.objects.filter(Q(organ__path__startswith=path) | Q(organ=event.into_id), state__in=IN_HANDS)
    touch_many(DOCUMENT, set(copies.values_list("document_id", flat=True)))
    papers = Incoming.objects.filter(below | Q(organ=event.into_id))
    touch_many(INCOMING, papers.values_list("pk", flat=True).iterator())


def _all(model: type[Document] | type[Incoming]) -> Iterator[str]:
    return (str(pk) for pk in model._default_manager.order_by("pk").values_list("pk", flat=True).iterator())


register_source(DOCUMENT, load=_documents, keys=lambda: _all(Document))
register_source(INCOMING, load=_incoming, keys=lambda: _all(Incoming))
