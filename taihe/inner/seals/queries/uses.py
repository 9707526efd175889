"""用印登记, narrowed down as the page asks."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import scopes_of, within

from ..models import Seal, SealUse
from ..rights import MANAGE, USE


def _register(actor: Actor) -> QuerySet[SealUse]:
    return SealUse.objects.filter(within((*scopes_of(actor, USE), *scopes_of(actor, MANAGE)), "organ__"))


def uses(
    actor: Actor, *, text: str = "", organ: str = "", first: date | None = None, last: date | None = None
) -> QuerySet[SealUse]:
    """Uses of the seals the asker keeps or manages, newest first; days count whole, on the county's clock."""
    rows = _register(actor)
    if text:
        found = Q(number__icontains=text) | Q(title__icontains=text) | Q(seal_title__icontains=text)
        rows = rows.filter(found | Q(used_by_name__icontains=text))
    if organ.isdigit():
        rows = rows.filter(organ_id=int(organ))
    if first:
        rows = rows.filter(at__gte=_midnight(first))
    if last:
        rows = rows.filter(at__lt=_midnight(last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.COUNTY_ZONE)


def organs_in_register(actor: Actor) -> list[tuple[str, str]]:
    """Organs whose seals the asker may look up, for the filter."""
    covered = within((*scopes_of(actor, USE), *scopes_of(actor, MANAGE)))
    known = Organ.objects.filter(covered, pk__in=SealUse.objects.values("organ_id")).order_by("order")
    return [(str(pk), name) for pk, name in known.values_list("pk", "short_name")]


def uses_of(seal: Seal) -> QuerySet[SealUse]:
    """The uses of one seal, newest first."""
    return seal.uses.all()
