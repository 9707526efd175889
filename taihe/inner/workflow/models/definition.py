"""Definitions (流程定义): each BPMN file of the county, version by version; running matters keep theirs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class ProcessDefinition(models.Model):
    """One version of one flow, exactly as the file stood.  New matters start on the one in use."""

    key = models.CharField("流程键", max_length=80, help_text="BPMN 中流程的标识")
    version = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=120)
    bpmn = models.BinaryField("BPMN 文件")
    sha256 = models.CharField("摘要", max_length=64)
    deployed_at = models.DateTimeField("部署时间")
    deployed_by_name = models.CharField("部署人", max_length=80)
    active = models.BooleanField("启用", default=True, help_text="新办事项使用的版本；在办事项沿用各自的版本")

    class Meta:
        verbose_name = "流程定义"
        ordering = ["key", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["key", "version"], name="definition_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(active=True), name="definition_one_in_use"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（第{self.version}版）"
