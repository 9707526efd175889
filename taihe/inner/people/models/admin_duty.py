"""Administrators' duties (系统、安全、审计管理员): three persons who need not trust one another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .officer import Officer
from .two_persons import TwoPersons, decided_by_another


class Duty(models.TextChoices):
    SYSTEM = "system", "系统管理员"
    SECURITY = "security", "安全管理员"
    AUDIT = "audit", "审计管理员"


class AdminDuty(TwoPersons):
    """One officer's duty as an administrator; the database lets nobody have two open at once."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "待审批"
        OPEN = "open", "在任"
        CLOSED = "closed", "已卸任"
        REFUSED = "refused", "未批准"

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="admin_duties", verbose_name="人员")
    duty = models.CharField("管理员职责", max_length=8, choices=Duty)
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.REQUESTED)
    opened_at = models.DateTimeField("就任时间", null=True, blank=True)
    closed_at = models.DateTimeField("卸任时间", null=True, blank=True)
    closed_by_name = models.CharField("卸任办理人", max_length=80, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "管理员任职"
        constraints = [
            models.UniqueConstraint(fields=["officer"], condition=Q(status="open"), name="admin_duty_one_open"),
            models.CheckConstraint(
                condition=Q(duty__in=["system", "security", "audit"]), name="admin_duty_is_one_of_three"
            ),
            decided_by_another("admin_duty_decided_by_another", statuses=["open", "closed", "refused"]),
        ]

    def __str__(self) -> str:
        return f"{self.officer}（{self.get_duty_display()}）"
