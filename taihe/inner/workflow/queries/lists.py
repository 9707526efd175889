"""The lists: 待办, 已办, 传阅, 我发起, 委托.  Each reads one index; no row needs a further query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.rules import rule
from taihe.inner.people.models import Appointment, Officer, Organ, Post, in_force
from taihe.inner.people.permissions import scopes_of, within

from ..deadlines import hurried
from ..deadlines import overdue as past_due
from ..models import CommonPhrase, Kind, ProcessInstance, Recorded, Status, WorkItem
from ..permissions import MANAGE, RECORD_FOR
from ..registry import subjects
from ..seats import Seat, desk_of, on_desk


class CappedCount(Subquery):
    """How many rows a sliced queryset has: never more are looked at than the slice holds."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) capped)"
    output_field = IntegerField()


@dataclass(frozen=True)
class Counts:
    """What the tabs show, each figure capped at `cap` (rule workflow.count_cap).

    `todo` 待办, of which `overdue` and `urgent` (加急、特急); `unread` 传阅; `to_confirm` 代录待确认; `others`
    open work in the person's other posts.
    """

    todo: int = 0
    overdue: int = 0
    urgent: int = 0
    unread: int = 0
    to_confirm: int = 0
    others: int = 0
    cap: int = 0


def _open(seat: Seat | None, kind: Kind) -> QuerySet[WorkItem]:
    if seat is None:
        return WorkItem.objects.none()
    rows = WorkItem.objects.filter(on_desk(seat), kind=kind, precedence__isnull=False)
    if seat.kinds is not None:
        covered = [one for one in subjects() if seat.covers(one)]
        rows = rows.filter(instance__kind__in=covered)
    return rows.order_by("precedence", "pk")


def _like(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    typed = text.strip()
    return rows.filter(Q(title__contains=typed) | Q(number__contains=typed)) if typed else rows


def todo(
    actor: Actor, *, module: str = "", urgency: str = "", overdue: bool = False, text: str = ""
) -> QuerySet[WorkItem]:
    """待办 of the acting post: 特急 first, then by deadline; `overdue` only those past it."""
    rows = _like(_open(desk_of(actor), Kind.DO), text)
    if module:
        rows = rows.filter(module=module)
    if urgency:
        rows = rows.filter(urgency=urgency)
    return rows.filter(past_due(clock.now())) if overdue else rows


def _handled(actor: Actor, kind: Kind) -> QuerySet[WorkItem]:
    """What the person settled in the acting post, newest first; voided places are nobody's work."""
    seat = desk_of(actor)
    if seat is None:
        return WorkItem.objects.none()
    rows = WorkItem.objects.filter(done_by=seat.person_id, kind=kind, post=seat.post_id)
    return rows.exclude(status=Status.VOID).order_by("-done_at", "-pk")


def done(actor: Actor, *, module: str = "", text: str = "") -> QuerySet[WorkItem]:
    """已办: what the actor handled, sent back, transferred or withdrew in the acting post, newest first."""
    rows = _like(_handled(actor, Kind.DO), text)
    return rows.filter(module=module) if module else rows


def circulated(actor: Actor, *, unread: bool = True, text: str = "") -> QuerySet[WorkItem]:
    """传阅 copies: unread in the order of 待办, or read, newest first."""
    rows = _open(desk_of(actor), Kind.CC) if unread else _handled(actor, Kind.CC)
    return _like(rows, text)


def started(actor: Actor, *, status: str = "", text: str = "") -> QuerySet[ProcessInstance]:
    """我发起: what the person set on its way from the acting post, newest first (without file and state)."""
    seat = desk_of(actor)
    if seat is None:
        return ProcessInstance.objects.none()
    rows = ProcessInstance.objects.filter(starter=seat.person_id, starter_post=seat.post_id)
    if status:
        rows = rows.filter(status=status)
    return _like(rows, text).defer("state").order_by("-opened_at", "-pk")


def delegated(actor: Actor) -> QuerySet[WorkItem]:
    """委托: what others did on the person's behalf (「B 代 A」), newest first."""
    if actor.kind != "officer" or actor.on_behalf_of:
        return WorkItem.objects.none()
    return WorkItem.objects.filter(principal=int(actor.person_id)).order_by("-done_at", "-pk")


def to_confirm(actor: Actor) -> QuerySet[WorkItem]:
    """Opinions a secretary recorded for the person that wait for a word, oldest first; nobody confirms for another."""
    if actor.kind != "officer" or actor.on_behalf_of:
        return WorkItem.objects.none()
    return WorkItem.objects.filter(
        done_by=int(actor.person_id), recorded=Recorded.PENDING, recorded_by__isnull=False
    ).order_by("done_at", "pk")


def recordable(actor: Actor, *, text: str = "") -> QuerySet[WorkItem]:
    """Open items of leaders' posts for which the actor may record opinions; the node may still say no."""
    paths = scopes_of(actor, RECORD_FOR)
    if not paths or actor.kind != "officer":
        return WorkItem.objects.none()
    posts = Post.objects.filter(
        within(paths, "organ__"), in_force(clock.today()), rank__in=rule("workflow.record_for_ranks")
    )
    rows = WorkItem.objects.filter(post__in=posts.values("pk"), kind=Kind.DO, precedence__isnull=False)
    return _like(rows.exclude(officer=int(actor.person_id)).order_by("precedence", "pk"), text)


def stranded(actor: Actor) -> QuerySet[WorkItem]:
    """The shelf of flow managers: open items at posts that have ended or that nobody holds today, oldest first."""
    paths = scopes_of(actor, MANAGE)
    if not paths:
        return WorkItem.objects.none()
    today = clock.today()
    held = Appointment.objects.filter(in_force(today), post=OuterRef("pk"), officer__is_active=True)
    left = Post.objects.filter(~Exists(held) | ~in_force(today))
    organs = Organ.objects.filter(within(paths)).values("pk")
    rows = WorkItem.objects.filter(post__in=left.values("pk"), kind=Kind.DO, precedence__isnull=False)
    return rows.filter(instance__organ__in=organs).order_by("opened_at", "pk")


def counts(actor: Actor) -> Counts:
    """All figures of the tabs in one query (one more for a stand-in)."""
    seat = desk_of(actor)
    if seat is None:
        return Counts()
    cap: int = rule("workflow.count_cap")
    mine = _open(seat, Kind.DO)
    sets: dict[str, QuerySet[WorkItem]] = {
        "todo": mine,
        "overdue": mine.filter(past_due(clock.now())),
        "urgent": mine.filter(hurried()),
        "unread": _open(seat, Kind.CC),
        "to_confirm": to_confirm(actor),
        "others": _elsewhere(seat),
    }
    figures = {name: CappedCount(rows.order_by().values("pk")[:cap]) for name, rows in sets.items()}
    row = Officer.objects.filter(pk=seat.person_id).values(**figures).first() or {}
    return Counts(**row, cap=cap)


def _elsewhere(seat: Seat) -> QuerySet[WorkItem]:
    """Open work in the person's own other posts."""
    held = Appointment.objects.filter(in_force(clock.today()), officer=seat.person_id)
    if not seat.stands_in:
        held = held.exclude(post=seat.post_id)
    return WorkItem.objects.filter(
        Q(officer__isnull=True) | Q(officer=seat.person_id),
        post__in=held.values("post"),
        kind=Kind.DO,
        precedence__isnull=False,
    )


def phrases(actor: Actor) -> list[CommonPhrase]:
    """The person's own common phrases, in order."""
    if actor.kind != "officer":
        return []
    return list(CommonPhrase.objects.filter(officer=int(actor.person_id)))
