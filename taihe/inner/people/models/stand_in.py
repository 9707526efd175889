"""Stand-ins (代理): B acts for A, for a time, in all or in named matters; never for A's own stand-ins."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .appointment import Appointment
from .dated import Dated, period_runs_forward
from .officer import Officer


class StandIn(Dated):
    """One deputy for one appointment; acts appear as 「B 代 A」 and end with the appointment."""

    class Status(models.TextChoices):
        ACTIVE = "active", "有效"
        REVOKED = "revoked", "已撤销"

    principal = models.ForeignKey(Appointment, models.PROTECT, related_name="stand_ins", verbose_name="被代理的任职")
    deputy = models.ForeignKey(Officer, models.PROTECT, related_name="standing_in", verbose_name="代理人")
    covers_all = models.BooleanField("代理全部事项", default=True)
    permissions = models.JSONField(
        "代理的权限", default=list, blank=True, help_text="不代理全部事项时的权限键或岗位职责"
    )
    reason = models.CharField("代理原因", max_length=200)
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.ACTIVE)
    set_by_name = models.CharField("登记人", max_length=80)
    set_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "代理"
        constraints = [
            period_runs_forward("stand_in_period"),
            models.CheckConstraint(condition=Q(valid_to__isnull=False), name="stand_in_has_last_day"),
            models.UniqueConstraint(
                fields=["principal", "deputy", "valid_from"], condition=Q(status="active"), name="stand_in_once"
            ),
        ]
        indexes = [models.Index(fields=["deputy", "status"], name="stand_in_of_deputy")]

    def __str__(self) -> str:
        return f"{self.deputy}代{self.principal.officer}"
