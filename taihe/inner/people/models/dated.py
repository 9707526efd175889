"""Validity in whole days of the county's calendar: the first day and the last day both count."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q


class Dated(models.Model):
    """Something that holds from a day to a day; an empty last day means until further notice."""

    valid_from = models.DateField("起始日期", help_text="自该日起生效，含当日")
    valid_to = models.DateField("截止日期", null=True, blank=True, help_text="至该日仍有效，次日失效；空为至今")

    class Meta:
        abstract = True

    def holds_on(self, on: date) -> bool:
        """Whether the day lies within the period."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def in_force(on: date, prefix: str = "") -> Q:
    """Rows (of a relation named by `prefix`, such as ``"post__"``) whose period covers the day."""
    ended = f"{prefix}valid_to"
    return Q(**{f"{prefix}valid_from__lte": on}) & (Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gte": on}))


def period_runs_forward(name: str) -> models.CheckConstraint:
    """The last day is not before the first."""
    return models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name=name)
