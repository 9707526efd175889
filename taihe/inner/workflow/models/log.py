"""The flow log (流转记录): what happened to a matter, line by line, never changed."""

from __future__ import annotations

from django.db import models

from .instance import ProcessInstance
from .item import WorkItem


class Verb(models.TextChoices):
    START = "start", "发起"
    OPEN = "open", "送达"
    COMPLETE = "complete", "办理"
    CLAIM = "claim", "签领"
    RELEASE = "release", "退签领"
    ADD = "add", "加签"
    DROP = "drop", "减签"
    TRANSFER = "transfer", "转办"
    REASSIGN = "reassign", "改派"
    SEND_BACK = "send_back", "退回"
    WITHDRAW = "withdraw", "撤回"
    URGE = "urge", "催办"
    CIRCULATE = "circulate", "传阅"
    READ = "read", "阅读"
    SUSPEND = "suspend", "暂停"
    RESUME = "resume", "恢复"
    CANCEL = "cancel", "撤销"
    RECORD = "record", "代录"
    CONFIRM = "confirm", "确认代录"
    DISPUTE = "dispute", "代录异议"
    MOVE = "move", "移交"
    FINISH = "finish", "办结"


class FlowLog(models.Model):
    """One line of a matter's history, with copies of who did it.  Triggers refuse any change."""

    instance = models.ForeignKey(ProcessInstance, models.PROTECT, related_name="log")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, blank=True, related_name="log")
    at = models.DateTimeField("时间")
    verb = models.CharField("动作", max_length=12, choices=Verb)
    node = models.CharField(max_length=80, blank=True)
    node_title = models.CharField("环节", max_length=80, blank=True)
    person_id = models.CharField(max_length=64)
    person_name = models.CharField("人员", max_length=80, help_text="代理时为“乙代甲”")
    post_name = models.CharField("岗位", max_length=120, blank=True)
    organ_name = models.CharField("单位", max_length=120, blank=True)
    text = models.TextField("内容", blank=True)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = "流转记录"
        ordering = ["pk"]
        indexes = [models.Index(fields=["instance", "id"], name="flowlog_of")]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.person_name}"
