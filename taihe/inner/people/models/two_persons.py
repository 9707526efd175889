"""What one person asks for and another decides: grants of roles, administrators' duties, password resets."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class TwoPersons(models.Model):
    """Who asked and who decided, as copies: the row reads true after both have left.

    `requested_by` and `approved_by` are person ids as in `Actor.person_id`; `approved_by` is whoever
    decided, for or against.
    """

    requested_by = models.CharField("申请人编号", max_length=64)
    requested_by_name = models.CharField("申请人", max_length=80)
    requested_at = models.DateTimeField("申请时间")
    reason = models.CharField("申请理由", max_length=200, blank=True)
    approved_by = models.CharField("审批人编号", max_length=64, blank=True)
    approved_by_name = models.CharField("审批人", max_length=80, blank=True)
    approved_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision_note = models.CharField("审批意见", max_length=200, blank=True)

    class Meta:
        abstract = True


def decided_by_another(name: str, *, statuses: list[str]) -> models.CheckConstraint:
    """In these statuses somebody has decided, and it was not the one who asked."""
    decided = ~Q(approved_by="") & ~Q(approved_by=F("requested_by"))
    return models.CheckConstraint(condition=~Q(status__in=statuses) | decided, name=name)
