"""用印: claimed by the keeper, drawn and signed by the worker, completed in one stroke or not at all."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ..states import JobState
from .document import Document


class SealJob(models.Model):
    """One request to put the seal on one document's signed text; the worker may try it again after a crash."""

    document = models.ForeignKey(Document, models.PROTECT, related_name="seal_jobs")
    item_id = models.PositiveBigIntegerField("工作项", help_text="用印环节的待办，完成时一并办结")
    item_version = models.PositiveIntegerField("工作项版本")
    digest = models.CharField("正文摘要", max_length=64)
    state = models.CharField("状态", max_length=6, choices=JobState, default=JobState.ASKED)
    actor = models.JSONField("用印人", help_text="申请时的人员、岗位、单位；完成时以其名义办结")
    operator_name = models.CharField("用印人姓名", max_length=80)
    asked_at = models.DateTimeField("申请时间")
    ended_at = models.DateTimeField("完成时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    fault = models.CharField("未完成原因", max_length=500, blank=True)

    class Meta:
        verbose_name = "用印任务"
        constraints = [
            models.UniqueConstraint(fields=["document"], condition=Q(state="asked"), name="seal_job_one_open"),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.get_state_display()}"
