"""Further conditions that people put on a list already theirs."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TypeVar

from django.db.models import Count, F, Model, Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor

from ..models import WorkItem

M = TypeVar("M", bound=Model)
SOON_DAYS = 3


def due_by(rows: QuerySet[WorkItem], choice: str) -> QuerySet[WorkItem]:
    """Items overdue (over), due on the county's day (today), or within the next days (soon); anything else: all."""
    now = clock.now()
    tomorrow = datetime.combine(clock.today() + timedelta(days=1), time(), clock.COUNTY_ZONE)
    limits = {
        "over": Q(due_at__lt=now),
        "today": Q(due_at__gte=now, due_at__lt=tomorrow),
        "soon": Q(due_at__gte=now, due_at__lt=tomorrow + timedelta(days=SOON_DAYS)),
    }
    return rows.filter(limits[choice], paused=False) if choice in limits else rows


def named(rows: QuerySet[M], text: str) -> QuerySet[M]:
    """Rows whose title or number holds the words."""
    return rows.filter(Q(title__contains=text) | Q(number__contains=text)) if text.strip() else rows


def of(rows: QuerySet[M], **wanted: str) -> QuerySet[M]:
    """Rows with these values; what was not asked for narrows nothing."""
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def by_module(rows: QuerySet[M]) -> list[tuple[str, str, int]]:
    """How many rows each module has: key, title, figure; in the order of the titles (1 query)."""
    found = rows.order_by("module_title").values_list("module", "module_title").annotate(figure=Count("pk"))
    return [(module, title, figure) for module, title, figure in found]


def done_for_others(actor: Actor) -> QuerySet[WorkItem]:
    """What the person handled on behalf of others (「乙代甲」), whatever the acting post, newest first."""
    if actor.kind != "officer":
        return WorkItem.objects.none()
    rows = WorkItem.objects.filter(done_by=int(actor.person_id), principal__isnull=False)
    return rows.exclude(principal=F("done_by")).order_by("-done_at", "-pk")
