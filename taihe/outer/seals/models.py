"""Whom the public side believes when it checks seals: the newest trust data from the office side, and nothing else."""

from __future__ import annotations

from django.db import models


class TrustData(models.Model):
    """One row: roots and revocation lists (base64 of DER) as the last accepted letter brought them."""

    issued_at = models.DateTimeField("截至时间")
    received_at = models.DateTimeField("收到时间")
    provider = models.CharField("签章服务", max_length=80)
    certified = models.BooleanField("经认证的签章服务", default=False)
    roots = models.JSONField("根证书", default=list)
    revocation_lists = models.JSONField("吊销清单", default=list)

    class Meta:
        verbose_name = "核验资料"
        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="outer_seals_trust_one_row"),)

    def __str__(self) -> str:
        return f"核验资料 {self.issued_at:%Y-%m-%d %H:%M}"
