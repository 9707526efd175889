"""Roles (角色): named bundles of permissions, given to a post or to one appointment within a scope."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .appointment import Appointment
from .dated import Dated, period_runs_forward
from .organ import Organ
from .post import Post
from .two_persons import TwoPersons, decided_by_another


class Role(models.Model):
    """A bundle of permissions under one Chinese title, read from the county's roles.yaml."""

    key = models.SlugField("键", max_length=40, unique=True)
    title = models.CharField("名称", max_length=60)
    note = models.CharField("说明", max_length=200, blank=True)
    permissions = models.JSONField("权限", default=list, help_text="权限键的列表，键须已登记")

    class Meta:
        verbose_name = "角色"
        ordering = ["key"]

    def __str__(self) -> str:
        return self.title


class RoleGrant(Dated, TwoPersons):
    """A role for the holders of a post, or for one appointment, over an organ and all below it.

    Asked for by one administrator and approved by another; nobody holds a role by a post's name alone.
    """

    class Status(models.TextChoices):
        REQUESTED = "requested", "待审批"
        ACTIVE = "active", "有效"
        REFUSED = "refused", "未批准"
        REVOKED = "revoked", "已收回"

    post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="岗位")
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name="任职"
    )
    role = models.ForeignKey(Role, models.PROTECT, related_name="grants", verbose_name="角色")
    scope = models.ForeignKey(Organ, models.PROTECT, related_name="grants_over", verbose_name="管理范围")
    status = models.CharField("状态", max_length=10, choices=Status, default=Status.REQUESTED)
    revoked_by_name = models.CharField("收回人", max_length=80, blank=True)
    revoked_at = models.DateTimeField("收回时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "授权"
        constraints = [
            period_runs_forward("grant_period"),
            decided_by_another("grant_decided_by_another", statuses=["active", "refused"]),
            models.CheckConstraint(
                condition=Q(post__isnull=False, appointment__isnull=True)
                | Q(post__isnull=True, appointment__isnull=False),
                name="grant_to_post_or_appointment",
            ),
        ]
        indexes = [
            models.Index(fields=["post", "status"], name="grant_of_post"),
            models.Index(fields=["appointment", "status"], name="grant_of_appointment"),
        ]

    def __str__(self) -> str:
        return f"{self.role}（{self.scope}）"
