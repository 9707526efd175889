"""Password resets (密码重置): asked for by one administrator, approved by another, good for one use."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .officer import Officer
from .two_persons import TwoPersons, decided_by_another


class PasswordReset(TwoPersons):
    """One request to give an officer a one-time password; the password itself is never kept."""

    class Status(models.TextChoices):
        REQUESTED = "requested", "待审批"
        DONE = "done", "已重置"
        REFUSED = "refused", "未批准"

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="password_resets", verbose_name="人员")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.REQUESTED)

    class Meta:
        verbose_name = "密码重置"
        constraints = [
            models.UniqueConstraint(fields=["officer"], condition=Q(status="requested"), name="password_reset_once"),
            decided_by_another("password_reset_decided_by_another", statuses=["done", "refused"]),
        ]

    def __str__(self) -> str:
        return f"{self.officer}的密码重置"
