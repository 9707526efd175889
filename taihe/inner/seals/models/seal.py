"""One seal of one organ: its name (which is what the organ signs with), and whether it may be used."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from taihe.inner.people.models import Organ
from taihe.inner.people.models.dated import Dated, period_runs_forward


class SealKind(models.TextChoices):
    OFFICIAL = "official", "公章"
    OFFICE = "office", "办公室印章"
    SPECIAL = "special", "业务专用章"


class SealState(models.TextChoices):
    ACTIVE = "active", "在用"
    SUSPENDED = "suspended", "停用"
    DESTROYED = "destroyed", "已销毁"


class Seal(Dated):
    """A seal as the register of seals holds it; the impression's name is what stands under a document.

    Destroying takes two persons: while `destroy_asked_at` is set the seal is suspended and waits for the second.
    """

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="用印单位")
    organ_name = models.CharField("单位名称", max_length=120, help_text="制发时的全称")
    title = models.CharField("印章名称", max_length=120, help_text="印面文字，与公文署名一致")
    kind = models.CharField("种类", max_length=10, choices=SealKind, default=SealKind.OFFICIAL)
    width_mm = models.DecimalField("直径（毫米）", max_digits=4, decimal_places=1, default=42)
    state = models.CharField("状态", max_length=10, choices=SealState, default=SealState.ACTIVE)
    state_reason = models.CharField("停用或销毁原因", max_length=300, blank=True)
    provider = models.CharField("签章服务", max_length=40)
    certified = models.BooleanField("经认证的签章服务", default=False)
    serial = models.CharField("现用证书序号", max_length=64, unique=True, help_text="十六进制")
    made_at = models.DateTimeField("制发时间")
    made_by_id = models.CharField(max_length=64)
    made_by_name = models.CharField("制发人", max_length=80)
    basis = models.CharField("制发依据", max_length=200, blank=True)
    destroy_asked_at = models.DateTimeField("提出销毁时间", null=True, blank=True)
    destroy_asked_by_id = models.CharField(max_length=64, blank=True)
    destroy_asked_by_name = models.CharField("提出销毁人", max_length=80, blank=True)
    destroyed_at = models.DateTimeField("销毁时间", null=True, blank=True)
    destroyed_by_name = models.CharField("确认销毁人", max_length=80, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "印章"
        ordering = ["organ__order", "organ_id", "pk"]
        indexes = [models.Index(fields=["organ", "state"], name="seal_of_organ")]
        constraints = [
            period_runs_forward("seal_period"),
            models.UniqueConstraint(
                fields=["organ", "kind", "title"], condition=~Q(state="destroyed"), name="seal_once_per_organ"
            ),
            models.CheckConstraint(
                condition=Q(state="destroyed", destroyed_at__isnull=False)
                | (~Q(state="destroyed") & Q(destroyed_at__isnull=True)),
                name="seal_destroyed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(destroy_asked_at__isnull=True) | ~Q(state="active"), name="seal_to_be_destroyed_is_not_used"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def usable_on(self, on: date) -> bool:
        """Whether the seal may be put on a paper on that day."""
        return self.state == SealState.ACTIVE and self.holds_on(on)
