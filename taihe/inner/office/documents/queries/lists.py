"""The lists of documents: the newest first, as many as a person looks through, fast at half a million rows.

A list is the newest rows of a few *arms* (one's own drafts, each organ one reads for, what was distributed
to it, the flows one had a part in).  Every arm reads one index from its new end and stops at the window
(rule documents.list_window), so that neither the size of the register nor the number of rights makes a
page slow; whoever seeks further back narrows the list down.  What the arms find is what `access` allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ, OrganStatus
from taihe.inner.people.permissions import scopes_of, within
from taihe.inner.workflow.models import Kind, WorkItem
from taihe.inner.workflow.permissions import RECORD_FOR
from taihe.inner.workflow.seats import Seat, desk_of, on_desk

from ..access import IN_HANDS, INCOMING_FLOW, ISSUE_FLOW, drafters, held_paths, with_merged
from ..models import Delivery, Document, Incoming, Series
from ..models.document import Audience
from ..rights import READ, RECEIVE

FEW = 8
LATER = timedelta(days=90)
"""Up to so many organs each is read by its own index; beyond, the register is read from its new end."""
NAMED = Q(audience=Audience.NAMED)


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed down to; `year` is that of 印发, or of the last change of what is not issued."""

    text: str = ""
    state: str = ""
    genre: str = ""
    year: int = 0
    organ: int = 0

    def of(self, rows: QuerySet[Document]) -> QuerySet[Document]:
        """Only the wanted rows."""
        if self.text:
            rows = rows.filter(Q(title__contains=self.text) | Q(number__contains=self.text))
        if self.year:
            rows = rows.filter(sorted_at__gte=_new_year(self.year), sorted_at__lt=_new_year(self.year + 1))
        same = {"state": self.state, "genre": self.genre, "organ": self.organ}
        return rows.filter(**{name: value for name, value in same.items() if value})


ALL = Wanted()


@dataclass(frozen=True)
class Reach:
    """The organs (row ids) whose documents the actor reads by office, or that receive for him; empty ones left out.

    `received` holds those for which he receives, `passed_on` those for which he only reads.
    """

    issuing: tuple[int, ...] = ()
    drafting: tuple[int, ...] = ()
    received: tuple[int, ...] = ()
    passed_on: tuple[int, ...] = ()
    issuers: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Found:
    """The newest rows, by their numbers; `more` when there are still others behind the window."""

    pks: tuple[int, ...]
    more: bool


def window() -> int:
    """How many rows a list holds."""
    return int(rule("documents.list_window"))


def reach_of(actor: Actor) -> Reach:
    """Which organs' documents come into question (1 query besides the rights)."""
    held, receives, passed_on = held_paths(actor), scopes_of(actor, RECEIVE), scopes_of(actor, READ)
    if not (held or receives):
        return Reach()
    inside = within((*held, *receives))
    rows = Organ.objects.filter(inside | Q(status=OrganStatus.MERGED) if inside else inside).annotate(
        issues=Exists(Document.objects.filter(organ=OuterRef("pk"))),
        drafts=Exists(Document.objects.filter(drafting_organ=OuterRef("pk"))),
        receives=Exists(Delivery.objects.filter(organ=OuterRef("pk"), state__in=IN_HANDS)),
    )
    told = ("pk", "path", "short_name", "issues", "drafts", "receives", "successor__path")
    known = list(rows.order_by("order", "pk").values_list(*told))
    reads = with_merged(held, [(row[1], row[6]) for row in known if row[6]])

    def chosen(flag: int, paths: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(row[0] for row in known if row[flag] and row[1].startswith(paths))

    received = chosen(5, receives)
    return Reach(
        issuing=chosen(3, reads),
        drafting=chosen(4, reads),
        received=received,
        passed_on=tuple(one for one in chosen(5, passed_on) if one not in received),
        issuers=tuple((row[0], row[2]) for row in known if row[3] and row[1].startswith(reads)),
    )


def mine(actor: Actor, wanted: Wanted = ALL, size: int = 0) -> Found:
    """我起草的 (1 query)."""
    seat = desk_of(actor)
    if seat is None:
        return Found((), False)
    return _newest([wanted.of(Document.objects.filter(drafter__in=drafters(seat)))], size)


def of_office(actor: Actor, reach: Reach, wanted: Wanted = ALL, size: int = 0) -> Found:
    """本单位发文: issued or drafted by the organs the actor reads for (1 query)."""
    return _newest([wanted.of(one) for one in _by_office(reach)], size)


def everything(actor: Actor, reach: Reach, wanted: Wanted = ALL, size: int = 0) -> Found:
    """全部可看: by office, by hand, by a part in a flow, and what was distributed to one's organs (1 query)."""
    seat = desk_of(actor)
    arms = _by_office_or_delivered(reach, wanted)
    if seat is not None:
        arms += [Document.objects.filter(drafter__in=drafters(seat)), *_taken_part(actor, seat)]
    return _newest([wanted.of(one) for one in arms], size)


def listed(actor: Actor, tab: str, reach: Reach, wanted: Wanted = ALL, size: int = 0) -> Found:
    """The rows of one tab: mine, office, or all (1 query)."""
    if tab == "mine":
        return mine(actor, wanted, size)
    return (of_office if tab == "office" else everything)(actor, reach, wanted, size)


def issuer_codes() -> list[tuple[str, str]]:
    """Code and short name of every organ with a series, in the county's order (1 query)."""
    rows = Series.objects.order_by("organ__order", "organ_id").values_list("organ__code", "organ__short_name")
    return list(dict.fromkeys(rows))


def rows_of(pks: Sequence[int]) -> list[Document]:
    """The documents in this order (1 query)."""
    known = Document.objects.in_bulk(list(pks))
    return [known[pk] for pk in pks if pk in known]


# -- arms -------------------------------------------------------------------------------------------


def _by_office(reach: Reach) -> list[QuerySet[Document]]:
    rows = Document.objects.filter(~NAMED)
    if _are_many(reach):
        return [rows.filter(_issued_by(reach))]
    return [rows.filter(organ=one) for one in reach.issuing] + [
        rows.filter(drafting_organ=one) for one in reach.drafting
    ]


def _by_office_or_delivered(reach: Reach, wanted: Wanted = ALL) -> list[QuerySet[Document]]:
    """Each organ's own and its newest copies; of very many organs the register is read, row by row."""
    copies = Delivery.objects.filter(state__in=IN_HANDS)
    if _are_many(reach):
        to = copies.filter(document=OuterRef("pk"))
        received = Q(Exists(to.filter(organ__in=reach.received)))
        passed_on = Q(Exists(to.filter(organ__in=reach.passed_on)))
        return [Document.objects.filter(received | (~NAMED & (_issued_by(reach) | passed_on)))]
    arms = _by_office(reach)
    most = window() + 1
    if wanted != ALL:
        most = max(most, int(rule("documents.list_parts")))
    if wanted.year:  # sent when it was issued, or a little later (补发)
        last = _new_year(wanted.year + 1) + LATER
        copies = copies.filter(sent_at__gte=_new_year(wanted.year), sent_at__lt=last)
    for organs, rows in (
        (reach.received, Document.objects.all()),
        (reach.passed_on, Document.objects.filter(~NAMED)),
    ):
        for organ in organs:
            newest = copies.filter(organ=organ).order_by("-sent_at", "-pk").values("document")
            arms.append(rows.filter(pk__in=newest[:most]))
    return arms


def _are_many(reach: Reach) -> bool:
    return max(len(reach.issuing), len(reach.drafting), len(reach.received) + len(reach.passed_on)) > FEW


def _issued_by(reach: Reach) -> Q:
    return Q(organ__in=reach.issuing) | Q(drafting_organ__in=reach.drafting)


def _taken_part(actor: Actor, seat: Seat) -> list[QuerySet[Document]]:
    """By the person's newest items of each list: done, read, and open."""
    most = int(rule("documents.list_parts"))
    items = WorkItem.objects.order_by("-done_at")
    lists = [items.filter(done_by=seat.person_id, kind=kind)[:most] for kind in Kind.values]
    open_ones = WorkItem.objects.filter(precedence__isnull=False).order_by("precedence")
    lists += [open_ones.filter(on_desk(seat), kind=kind)[:most] for kind in Kind.values]
    paths = scopes_of(actor, RECORD_FOR)
    if paths:
        leaders = within(paths, "post__organ__") & Q(post__rank__in=rule("workflow.record_for_ranks"))
        lists.append(open_ones.filter(leaders)[:most])
    arms = []
    for one in lists:
        matters = one.values("instance")
        if seat.covers(ISSUE_FLOW):
            arms.append(Document.objects.filter(instance_id__in=matters))
        if seat.covers(INCOMING_FLOW):
            came_in = Incoming.objects.filter(instance_id__in=matters, delivery__state__in=IN_HANDS)
            arms.append(Document.objects.filter(pk__in=came_in.values("delivery__document")))
    return arms


def _newest(arms: Sequence[QuerySet[Document]], size: int) -> Found:
    """The newest of all arms: each gives no more than the window, the database merges them."""
    size = size or window()
    texts: list[str] = []
    params: list[Any] = []
    for number, arm in enumerate(arms):
        newest = arm.order_by("-sorted_at", "-pk").values_list("pk", "sorted_at")[: size + 1]
        sql, values = newest.query.sql_with_params()
        texts.append(f"SELECT * FROM ({sql}) arm{number}")  # noqa: S608  compiled by Django, values apart
        params += values
    if not texts:
        return Found((), False)
    merged = f"{' UNION '.join(texts)} ORDER BY 2 DESC, 1 DESC LIMIT {size + 1}"
    with connection.cursor() as cursor:
        cursor.execute(merged, params)
        found = tuple(row[0] for row in cursor.fetchall())
    return Found(found[:size], len(found) > size)


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=clock.COUNTY_ZONE)
