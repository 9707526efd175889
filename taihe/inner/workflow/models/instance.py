"""Instances (流程实例): one matter on its way through one version of a flow."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from taihe.inner.people.models import Officer, Organ, Post

from .definition import ProcessDefinition


class Urgency(models.TextChoices):
    NORMAL = "normal", "平件"
    URGENT = "urgent", "加急"
    CRITICAL = "critical", "特急"


class ProcessInstance(models.Model):
    """One running or finished flow.  Locked by every action on it, so that its items change one act at a time.

    `state` is where the engine's tokens stand; everything people see is in the items and the log.
    """

    class Status(models.TextChoices):
        RUNNING = "running", "办理中"
        SUSPENDED = "suspended", "已暂停"
        FINISHED = "finished", "已办结"
        CANCELLED = "cancelled", "已撤销"

    definition = models.ForeignKey(ProcessDefinition, models.PROTECT, related_name="instances")
    kind = models.CharField("事项类型", max_length=60, help_text="SubjectKind 的键")
    subject_id = models.CharField("事项编号", max_length=64)
    module = models.CharField(max_length=40)
    module_title = models.CharField("业务", max_length=40)
    title = models.CharField("标题", max_length=300)
    number = models.CharField("文号或编号", max_length=80, blank=True)
    urgency = models.CharField("缓急", max_length=8, choices=Urgency, default=Urgency.NORMAL)
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="单位")
    organ_name = models.CharField("单位名称", max_length=120)
    starter = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name="发起人")
    starter_post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+", verbose_name="发起岗位")
    starter_name = models.CharField("发起人姓名", max_length=80)
    starter_post_name = models.CharField("发起岗位名称", max_length=120, blank=True)
    context = models.JSONField("路由数据", default=dict, help_text="分支条件只看得到这些")
    state = models.BinaryField("引擎状态", default=bytes, editable=False)
    status = models.CharField("状态", max_length=9, choices=Status, default=Status.RUNNING)
    end = models.CharField("结束节点", max_length=80, blank=True)
    opened_at = models.DateTimeField("发起时间")
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)
    suspended_at = models.DateTimeField("暂停时间", null=True, blank=True)
    suspended_reason = models.CharField("暂停原因", max_length=200, blank=True)
    pauses = models.JSONField("暂停区间", default=list, help_text="已恢复的暂停：[首日, 末日]，不计入办理时限")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "流程实例"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(status__in=["running", "suspended"]),
                name="instance_one_running_per_subject",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["running", "suspended"], closed_at__isnull=True)
                | Q(status__in=["finished", "cancelled"], closed_at__isnull=False),
                name="instance_closed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(status="suspended", suspended_at__isnull=False)
                | (~Q(status="suspended") & Q(suspended_at__isnull=True)),
                name="instance_suspended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["starter", "-opened_at"], name="instance_started"),
            models.Index(fields=["kind", "subject_id"], name="instance_of_subject"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Running, or suspended and able to run on."""
        return self.status in (self.Status.RUNNING, self.Status.SUSPENDED)
