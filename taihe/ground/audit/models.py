"""What the county keeps of every act: copies, never references, so nothing can cascade away.

Rows of these three tables are only ever inserted; triggers in the database refuse the rest.
"""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """One act or refused attempt of one person in one post."""

    event = models.CharField(max_length=32, help_text="同一次操作的编号；一次操作可以有多条记录")
    sub = models.CharField(max_length=32, unique=True, help_text="本条记录的编号")
    parent = models.CharField(max_length=32, blank=True, help_text="引起本操作的上一操作")
    at = models.DateTimeField(help_text="发生时间")
    action = models.CharField(max_length=64, help_text="操作名称，如 people.import")
    outcome = models.CharField(max_length=8, help_text="done 完成 / refused 被拒绝")
    actor_kind = models.CharField(max_length=8)
    person_id = models.CharField(max_length=64)
    person_name = models.CharField(max_length=80)
    post_id = models.CharField(max_length=64, blank=True)
    post_name = models.CharField(max_length=120, blank=True)
    organ = models.CharField(max_length=64, blank=True)
    organ_name = models.CharField(max_length=120, blank=True)
    on_behalf_of = models.CharField(max_length=80, blank=True)
    session = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=128)
    subject_title = models.CharField(max_length=255, blank=True)
    before = models.CharField(max_length=64, blank=True, help_text="改动前内容的摘要")
    after = models.CharField(max_length=64, blank=True, help_text="改动后内容的摘要")
    detail = models.JSONField(default=dict, help_text="可公开给审计员的说明，不含个人信息明文")

    class Meta:
        verbose_name = "审计记录"
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["person_id", "at"], name="audit_person"),
            models.Index(fields=["action", "at"], name="audit_action"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["event"], name="audit_event"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.person_name} {self.action} {self.outcome}"


class AuditBatch(models.Model):
    """One link of the chain: a signed statement over the entries sealed together."""

    number = models.PositiveBigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64, help_text="上一批的链头")
    root = models.CharField(max_length=64, help_text="本批各条记录摘要的摘要")
    count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    head = models.CharField(max_length=64, help_text="链头：编号、上一链头、摘要、条数、时间的摘要")
    key_id = models.CharField(max_length=32)
    signature = models.TextField(help_text="对链头的签名（base64）")

    class Meta:
        verbose_name = "审计封存批次"

    def __str__(self) -> str:
        return f"第{self.number}批（{self.count}条）"


class AuditSealed(models.Model):
    """Where one entry stands in the chain, and the digest it had when it was sealed."""

    entry = models.PositiveBigIntegerField(unique=True, help_text="审计记录的行号（不设外键）")
    batch = models.PositiveBigIntegerField()
    position = models.PositiveIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "审计封存位置"
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="audit_sealed_place")]

    def __str__(self) -> str:
        return f"{self.entry}@{self.batch}.{self.position}"
