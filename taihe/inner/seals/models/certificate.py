"""The certificates a seal has had: renewed ones stay, since papers they signed must still be checked."""

from __future__ import annotations

from django.db import models

from .seal import Seal


class SealCertificate(models.Model):
    """One certificate of a seal; `revoked_at` puts it on the revocation list from that moment on."""

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="certificates")
    provider = models.CharField("签章服务", max_length=40)
    serial = models.CharField("证书序号", max_length=64, unique=True, help_text="十六进制")
    certificate = models.BinaryField("证书（DER）")
    not_before = models.DateTimeField("生效时间")
    not_after = models.DateTimeField("到期时间")
    issued_at = models.DateTimeField("签发时间")
    issued_by_name = models.CharField("经办人", max_length=80)
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    revoked_reason = models.CharField("吊销原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "印章证书"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.serial
