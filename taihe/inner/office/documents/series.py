"""Under which 代字 an organ may issue on a day (条例第三十七条: no 发文立户, no document)."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.inner.people.models import Organ

from .models import Series


def in_use(on: date | None = None) -> Q:
    """Series that stand on a day (default: today); first and last day both count."""
    day = on or clock.today()
    return Q(active_from__lte=day) & (Q(active_to__isnull=True) | Q(active_to__gte=day))


def usable(organ: Organ, on: date | None = None) -> QuerySet[Series]:
    """The organ's own series in use on a day, in their order."""
    return Series.objects.filter(in_use(on), organ=organ).order_by("code")


def stands(series: Series, on: date | None = None) -> bool:
    """Whether a series may issue on a day: in use itself, and its organ in being."""
    day = on or clock.today()
    running = series.active_from <= day and (series.active_to is None or day <= series.active_to)
    return running and series.organ.holds_on(day)
