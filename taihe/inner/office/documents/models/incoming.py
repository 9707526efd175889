"""收文: what came in, through this system or on paper, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from taihe.inner.people.models import Organ
from taihe.inner.workflow.models import Urgency

from ..states import IncomingState
from .dispatch import Delivery


class Incoming(models.Model):
    """One paper in one organ's hands (收文处理单).  Outside papers have no delivery but a scan."""

    class Handling(models.TextChoices):
        READ = "read", "阅件"
        HANDLE = "handle", "办件"

    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="收文单位")
    organ_name = models.CharField("收文单位名称", max_length=120)
    delivery = models.OneToOneField(Delivery, models.PROTECT, null=True, blank=True, related_name="incoming")
    source_name = models.CharField("来文机关", max_length=120)
    source_number = models.CharField("来文字号", max_length=80, blank=True)
    title = models.CharField("标题", max_length=200)
    genre = models.CharField("文种", max_length=4, blank=True)
    urgency = models.CharField("缓急", max_length=8, choices=Urgency, default=Urgency.NORMAL)
    dated = models.DateField("成文日期", null=True, blank=True)
    pages = models.PositiveSmallIntegerField("页数", default=0)
    handling = models.CharField("办件类型", max_length=6, choices=Handling, default=Handling.READ)
    due_on = models.DateField("办理时限", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=IncomingState, default=IncomingState.RECEIVED)
    number = models.CharField("收文编号", max_length=80, blank=True)
    entry_id = models.PositiveBigIntegerField("登记编号", null=True, blank=True)
    received_at = models.DateTimeField("签收时间")
    received_by_name = models.CharField("签收人", max_length=80)
    registered_at = models.DateTimeField("登记时间", null=True, blank=True)
    registered_by_name = models.CharField("登记人", max_length=80, blank=True)
    refused_reason = models.CharField("退文理由", max_length=300, blank=True)
    proposal = models.TextField("拟办意见", blank=True)
    leaders = models.JSONField("送批领导", default=list, help_text="岗位与人员")
    handlers = models.JSONField("承办单位", default=list, help_text="[{organ, name, main}]")
    readers = models.JSONField("传阅对象", default=list)
    result = models.TextField("办理结果", blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)
    instance_id = models.PositiveBigIntegerField("流程", null=True, db_index=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "收文"
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(refused_reason=""), name="incoming_returned_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(closed_at__isnull=False), name="incoming_closed_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["organ", "-received_at", "-id"], name="incoming_of_organ"),
            models.Index(fields=["organ", "state"], name="incoming_standing"),
        ]

    def __str__(self) -> str:
        return self.title
