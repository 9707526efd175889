"""Work that was promised in the same transaction as the act that caused it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    WAITING = "waiting", "等待执行"
    DONE = "done", "已完成"
    SHELVED = "shelved", "已搁置"
    DISCARDED = "discarded", "已作废"


class OutboxMessage(models.Model):
    """One promised effect: a letter, a job, a notice, an index update."""

    queue = models.CharField(max_length=16, help_text="由哪个进程执行：main / gate / index")
    kind = models.CharField(max_length=64, help_text="处理程序的名称")
    payload = models.JSONField(default=dict)
    dedupe = models.CharField(max_length=128, null=True, blank=True, help_text="同键的等待中任务只保留一个")  # noqa: DJ001  null keeps the unique rule off
    priority = models.SmallIntegerField(default=5, help_text="数字小的先执行")
    every_seconds = models.PositiveIntegerField(null=True, blank=True, help_text="循环任务的间隔（秒）")
    not_before = models.DateTimeField(help_text="不早于此时执行")
    attempts = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    last_error = models.TextField(blank=True, help_text="最近一次失败的说明")
    leased_until = models.DateTimeField(null=True, blank=True, help_text="事务外任务的占用期限")
    cause = models.CharField(max_length=32, blank=True, help_text="引起它的操作编号")
    reason = models.CharField(max_length=200, blank=True, help_text="作废原因")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "待办队列"
        constraints = [
            models.UniqueConstraint(fields=["dedupe"], condition=Q(status="waiting"), name="outbox_dedupe"),
        ]
        indexes = [
            models.Index(
                fields=["queue", "priority", "not_before", "id"], condition=Q(status="waiting"), name="outbox_due"
            ),
            models.Index(fields=["status", "id"], condition=Q(status="shelved"), name="outbox_shelf"),
            models.Index(fields=["finished_at"], condition=Q(status="done"), name="outbox_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}#{self.pk}"
