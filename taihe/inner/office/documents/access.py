"""Who may read a document, and who a paper that came in: one rule for pages, files, lists and search.

A document is read by its drafter; by whoever holds 起草 or 查看 over the issuing or the drafting organ; by
those who have or had a part in its flow (a desk, an opinion, a copy in 传阅, the secretary of a leader);
and, once it is distributed, by the receiving organ's clerks and readers and by those who handle it there.
What was recalled (收回) or replaced (换版) is no longer in the receiver's hands.  知悉范围 “指定人员” leaves
the people of the flow and the receiving clerks.  Scopes are subtrees of organs, so that a clerk of the
government reads no document of a party organ unless it was sent to him.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.files.models import Attachment
from taihe.ground.files.owners import register_authoriser
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ, OrganStatus
from taihe.inner.people.permissions import EVERYWHERE, permission_title, scopes_of, within
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.permissions import RECORD_FOR
from taihe.inner.workflow.seats import Seat, desk_of, on_desk

from .models import Delivery, Document, Incoming
from .models.document import Audience
from .rights import DRAFT, READ, RECEIVE
from .states import DeliveryState

DOCUMENT, INCOMING = "documents.document", "documents.incoming"
"""Types under which files are attached, and under which search knows the two."""
ISSUE_FLOW, INCOMING_FLOW = "documents.issue", "documents.incoming"
IN_HANDS = (DeliveryState.SENT, DeliveryState.SIGNED)
"""Where a copy must stand for its organ to read the document."""


def may_read(actor: Actor, document: Document) -> bool:
    """Whether the actor may read the document, its versions and files (2 queries besides the actor's rights)."""
    return Document.objects.filter(readable(actor), pk=document.pk).exists()


def require_read(actor: Actor, document: Document) -> None:
    """Raise NotAllowed unless `may_read`."""
    if not may_read(actor, document):
        raise NotAllowed(what=permission_title(READ))


def may_read_incoming(actor: Actor, incoming: Incoming) -> bool:
    """Whether the actor may read a paper that came in and its sheet (1 query besides the actor's rights)."""
    return Incoming.objects.filter(readable_incoming(actor), pk=incoming.pk).exists()


def require_read_incoming(actor: Actor, incoming: Incoming) -> None:
    """Raise NotAllowed unless `may_read_incoming`."""
    if not may_read_incoming(actor, incoming):
        raise NotAllowed(what=permission_title(READ))


def readable(actor: Actor) -> Q:
    """The documents the actor may read, as a filter: exact for a page of rows, too slow to list by."""
    if actor.kind == "system":
        return Q()
    paths = office_paths(actor)
    found = (within(paths, "organ__") | within(paths, "drafting_organ__")) & ~Q(audience=Audience.NAMED)
    found |= Q(Exists(delivered_to(actor).filter(document=OuterRef("pk"))))
    seat = desk_of(actor)
    if seat is None:
        return found
    mine = parts_of(actor, seat)
    found |= Q(drafter__in=drafters(seat))
    if seat.covers(ISSUE_FLOW):
        found |= Q(Exists(mine.filter(instance=OuterRef("instance_id"))))
    if seat.covers(INCOMING_FLOW):
        came_in = Incoming.objects.filter(
            delivery__document=OuterRef(OuterRef("pk")), delivery__state__in=IN_HANDS, instance_id__isnull=False
        )
        found |= Q(Exists(mine.filter(instance__in=came_in.values("instance_id"))))
    return found


def readable_incoming(actor: Actor) -> Q:
    """The papers that came in which the actor may read, as a filter."""
    if actor.kind == "system":
        return Q()
    named = Q(delivery__document__audience=Audience.NAMED, delivery__isnull=False)
    found = within(scopes_of(actor, RECEIVE), "organ__") | (within(scopes_of(actor, READ), "organ__") & ~named)
    seat = desk_of(actor)
    if seat is not None and seat.covers(INCOMING_FLOW):
        found |= Q(Exists(parts_of(actor, seat).filter(instance=OuterRef("instance_id"))))
    return found


def office_paths(actor: Actor) -> tuple[str, ...]:
    """Paths of the organs whose documents the actor reads by office, with those merged into them (1 query).

    Documents keep the organ that issued them; copies follow a merger by themselves.
    """
    paths = held_paths(actor)
    if not paths or EVERYWHERE in paths:
        return paths
    merged = Organ.objects.filter(status=OrganStatus.MERGED, successor__isnull=False)
    return with_merged(paths, merged.values_list("path", "successor__path"))


def held_paths(actor: Actor) -> tuple[str, ...]:
    """Paths of the organs over which the actor drafts or reads."""
    return tuple(dict.fromkeys((*scopes_of(actor, READ), *scopes_of(actor, DRAFT))))


def with_merged(paths: tuple[str, ...], merged: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The paths and those of organs merged into what lies below them; `merged` are paths with their successors'."""
    left, grew = list(merged), bool(paths)
    while grew:
        more = tuple(one for one, into in left if into.startswith(paths) and not one.startswith(paths))
        paths += more
        grew = bool(more)
    return paths


def delivered_to(actor: Actor) -> QuerySet[Delivery]:
    """Copies in the hands of organs for which the actor receives or reads."""
    rows = Delivery.objects.filter(state__in=IN_HANDS)
    reads = within(scopes_of(actor, READ), "organ__") & ~Q(document__audience=Audience.NAMED)
    return rows.filter(within(scopes_of(actor, RECEIVE), "organ__") | reads)


def drafters(seat: Seat) -> tuple[int, ...]:
    """Whose drafts are read from this desk: one's own, and those of the person stood in for."""
    return (seat.person_id, seat.officer_id) if seat.stands_in and seat.covers(ISSUE_FLOW) else (seat.person_id,)


def parts_of(actor: Actor, seat: Seat) -> QuerySet[WorkItem]:
    """Items that give the actor a part in a flow: on the desk, done in person, or a leader's he records for."""
    mine = on_desk(seat) | Q(done_by=seat.person_id)
    paths = scopes_of(actor, RECORD_FOR)
    if paths:
        mine |= within(paths, "post__organ__") & Q(post__rank__in=rule("workflow.record_for_ranks"))
    return WorkItem.objects.filter(mine)


def _may_open_document(actor: Actor, file: Attachment) -> bool:
    return file.owner_id.isdigit() and Document.objects.filter(readable(actor), pk=int(file.owner_id)).exists()


def _may_open_incoming(actor: Actor, file: Attachment) -> bool:
    return file.owner_id.isdigit() and Incoming.objects.filter(readable_incoming(actor), pk=int(file.owner_id)).exists()


# Originals and scans: each opening is recorded.
register_authoriser(DOCUMENT, _may_open_document)
register_authoriser(INCOMING, _may_open_incoming)
