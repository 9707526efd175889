"""What lies in the store, what it is attached to, and what had to be refused as an incident."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Blob(models.Model):
    """One content in the store and how many attachments want it.  No page and no address leads here."""

    sha256 = models.CharField("摘要", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    mime = models.CharField("真实类型", max_length=100, blank=True)
    refs = models.PositiveIntegerField("引用数", default=0)
    created_at = models.DateTimeField("存入时间")
    idle_since = models.DateTimeField("无引用起始", null=True, blank=True)

    class Meta:
        verbose_name = "文件内容"
        constraints = [
            models.CheckConstraint(
                condition=Q(refs=0, idle_since__isnull=False) | Q(refs__gt=0, idle_since__isnull=True),
                name="blob_idle_when_unused",
            ),
        ]
        indexes = [models.Index(fields=["idle_since"], condition=Q(refs=0), name="blob_idle")]

    def __str__(self) -> str:
        return self.sha256


class Attachment(models.Model):
    """One file as a person knows it: name, owner, purpose, who brought it.  The only way to a content."""

    key = models.CharField("编号", max_length=32, unique=True, help_text="网址中的编号，无法猜测")
    blob = models.ForeignKey(Blob, models.SET_NULL, null=True, related_name="attachments", help_text="清除内容后为空")
    owner_type = models.CharField("所属类型", max_length=64, help_text="如 people.import")
    owner_id = models.CharField("所属编号", max_length=64)
    purpose = models.CharField("用途", max_length=40, help_text="如 正文、附件、清稿")
    name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数")
    mime = models.CharField("类型", max_length=100)
    scan = models.JSONField("检查结果", default=dict)
    actor_kind = models.CharField(max_length=8)
    person_id = models.CharField(max_length=64)
    person_name = models.CharField("上传人", max_length=80)
    post_name = models.CharField("岗位", max_length=120, blank=True)
    organ_name = models.CharField("单位", max_length=120, blank=True)
    at = models.DateTimeField("上传时间")
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)
    removed_by = models.CharField("移除人", max_length=200, blank=True)
    removed_reason = models.CharField("移除原因", max_length=200, blank=True)

    class Meta:
        verbose_name = "附件"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(removed_at__isnull=False) | Q(blob__isnull=False), name="attachment_has_its_content"
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | ~Q(removed_reason=""), name="attachment_removed_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["owner_type", "owner_id"], name="attachment_owner"),
            models.Index(fields=["person_id", "at"], name="attachment_person_day"),
        ]

    def __str__(self) -> str:
        return self.name


class SecretIncident(models.Model):
    """A file with a secret mark that somebody tried to bring in: all that may be kept of it.

    No content and no name, since a title can itself be secret.  The audit entry made with the row holds
    its digest, and the audit chain is signed, so the row cannot be changed unseen.
    """

    sha256 = models.CharField("摘要", max_length=64)
    size = models.PositiveBigIntegerField("字节数", default=0)
    marks = models.CharField("标志", max_length=200, blank=True, help_text="何处标有何密级，不含其他文字")
    at = models.DateTimeField("发现时间")
    actor_kind = models.CharField(max_length=8)
    person_id = models.CharField(max_length=64)
    person_name = models.CharField("上传人", max_length=80)
    post_name = models.CharField("岗位", max_length=120, blank=True)
    organ = models.CharField(max_length=64, blank=True)
    organ_name = models.CharField("单位", max_length=120, blank=True)
    session = models.CharField(max_length=64, blank=True)
    address = models.CharField("来源地址", max_length=64, blank=True)
    owner_type = models.CharField("在何处上传", max_length=64)
    event = models.CharField("操作编号", max_length=32, help_text="审计中同一操作的编号")

    class Meta:
        verbose_name = "涉密标志事件"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"涉密标志事件{self.pk}"


class IncidentClosing(models.Model):
    """What the security officer did about an incident; beside the incident, whose own row never changes."""

    incident = models.OneToOneField(SecretIncident, models.PROTECT, related_name="closing")
    at = models.DateTimeField("处置时间")
    person_id = models.CharField(max_length=64)
    person_name = models.CharField("处置人", max_length=80)
    post_name = models.CharField("岗位", max_length=120, blank=True)
    words = models.CharField("处置情况", max_length=500)

    class Meta:
        verbose_name = "涉密标志事件处置"

    def __str__(self) -> str:
        return f"{self.incident}的处置"
