"""签发: who let a text go out, word for word; kept when the text changed afterwards and must be signed again."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .document import Document


class Signing(models.Model):
    """One signature of one version: 意见、姓名、完整日期 (条例第二十二条); 圈阅 counts as agreement."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="signings")
    version_number = models.PositiveIntegerField("稿次")
    digest = models.CharField("正文摘要", max_length=64)
    item_id = models.PositiveBigIntegerField("工作项")
    officer_id_copy = models.CharField("签发人编号", max_length=64)
    signer_name = models.CharField("签发人", max_length=80, help_text="代理时为“乙代甲”")
    post_name = models.CharField("职务", max_length=160)
    opinion = models.TextField("意见")
    signed_at = models.DateTimeField("签发时间")
    void_at = models.DateTimeField("失效时间", null=True, blank=True)
    void_reason = models.CharField("失效原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "签发记录"
        ordering = ["document", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(void_at__isnull=True), name="signing_one_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.signer_name} {self.signed_at:%Y-%m-%d}"
