"""用印登记: every impression, with copies of all that was true when it was made."""

from __future__ import annotations

from django.db import models

from taihe.inner.people.models import Organ

from .seal import Seal


class SealUse(models.Model):
    """One line of the register of uses (日期、文号或事由、印章、份数、批准人、用印人).  Triggers refuse changes."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="uses")
    seal_title = models.CharField("印章名称", max_length=120)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="用印单位")
    organ_name = models.CharField("单位名称", max_length=120)
    at = models.DateTimeField("用印时间")
    subject_type = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=64)
    number = models.CharField("文号", max_length=80, blank=True)
    title = models.CharField("事由", max_length=300)
    copies = models.PositiveIntegerField("份数", default=1)
    approved_by = models.CharField("批准人", max_length=80)
    used_by_id = models.CharField(max_length=64)
    used_by_name = models.CharField("用印人", max_length=80)
    used_by_post = models.CharField("用印人岗位", max_length=120, blank=True)
    sha256_before = models.CharField("用印前摘要", max_length=64)
    sha256_after = models.CharField("用印后摘要", max_length=64)
    serial = models.CharField("证书序号", max_length=64)

    class Meta:
        verbose_name = "用印登记"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["organ", "-at"], name="sealuse_of_organ"),
            models.Index(fields=["sha256_after"], name="sealuse_known_original"),
            models.Index(fields=["subject_type", "subject_id"], name="sealuse_of_subject"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seal", "sha256_after"], name="sealuse_once_per_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.number or self.title} {self.seal_title}"
