"""Work items (待办): one signer's place at one node, or one reader's copy, with everything a list shows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from taihe.inner.people.models import Officer, Post

from .instance import ProcessInstance, Urgency


class Kind(models.TextChoices):
    DO = "do", "办理"
    CC = "cc", "传阅"


class Status(models.TextChoices):
    OPEN = "open", "待办"
    WAITING = "waiting", "等待前一人"
    DONE = "done", "已办"
    RETURNED = "returned", "已退回"
    TRANSFERRED = "transferred", "已转办"
    WITHDRAWN = "withdrawn", "已撤回"
    VOID = "void", "已作废"


class Origin(models.TextChoices):
    FLOW = "flow", "流转"
    RETURNED = "returned", "退回"
    REWORK = "rework", "退回修改"
    RESUMED = "resumed", "改后送回"
    BEFORE = "before", "前加签"
    AFTER = "after", "后加签"
    WITH = "with", "并加签"
    TRANSFERRED = "transferred", "转办"
    WITHDRAWN = "withdrawn", "撤回"
    CIRCULATED = "circulated", "传阅"


ADDED = (Origin.BEFORE, Origin.AFTER, Origin.WITH)
GATES = (Origin.BEFORE, Origin.REWORK)
"""Items for which another (their parent) waits."""
PENDING = (Status.OPEN, Status.WAITING)


class Recorded(models.TextChoices):
    NO = "", "本人办理"
    PENDING = "pending", "代录待确认"
    CONFIRMED = "confirmed", "代录已确认"
    DISPUTED = "disputed", "代录有异议"


class WorkItem(models.Model):
    """One place on one desk.  `round` counts how often the matter came to the node.

    Without an officer any holder of the post may claim it.  `parent` is the item whose handling brought
    this one about (the step before, the one transferred, the one who added).  `precedence` orders
    open items (smaller first: urgency, then the earlier deadline) and is empty for all others.
    """

    instance = models.ForeignKey(ProcessInstance, models.PROTECT, related_name="items")
    task_id = models.CharField(max_length=64, blank=True, help_text="引擎中的任务；传阅没有")
    node = models.CharField(max_length=80, blank=True)
    node_title = models.CharField("环节", max_length=80)
    round = models.PositiveSmallIntegerField("轮次", default=1)
    kind = models.CharField("性质", max_length=2, choices=Kind, default=Kind.DO)
    post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name="岗位")
    post_name = models.CharField("岗位名称", max_length=120)
    post_organ_name = models.CharField("岗位所在单位", max_length=120)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="人员")
    officer_name = models.CharField("人员姓名", max_length=80, blank=True)
    claimed_at = models.DateTimeField("签领时间", null=True, blank=True)
    order = models.PositiveSmallIntegerField("次序", default=0, help_text="依次会签的顺序")
    origin = models.CharField("来源", max_length=12, choices=Origin, default=Origin.FLOW)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    mandatory = models.BooleanField("必阅", default=False)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.OPEN)
    precedence = models.BigIntegerField(null=True, blank=True, editable=False)
    paused = models.BooleanField("已暂停", default=False)
    outcome = models.CharField("结论", max_length=40, blank=True)
    outcome_title = models.CharField("结论名称", max_length=40, blank=True)
    opinion = models.TextField("意见", blank=True)
    data = models.JSONField("表单内容", default=dict, blank=True)
    done_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    done_by_name = models.CharField("办理人", max_length=80, blank=True, help_text="代理时为“乙代甲”")
    principal = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", help_text="代理或代录时的被代理人"
    )
    recorded = models.CharField("代录", max_length=9, choices=Recorded, default=Recorded.NO, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by_name = models.CharField("代录人", max_length=80, blank=True)
    recorded_photo = models.CharField("代录凭证", max_length=32, blank=True, help_text="附件编号")
    confirmed_at = models.DateTimeField("确认时间", null=True, blank=True)
    confirm_note = models.CharField("确认说明", max_length=500, blank=True)
    sender = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    sender_post = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+")
    sender_name = models.CharField("发送人", max_length=80, blank=True)
    opened_at = models.DateTimeField("到达时间")
    read_at = models.DateTimeField("首次阅读", null=True, blank=True)
    read_by_name = models.CharField("阅读人", max_length=80, blank=True)
    limit_days = models.PositiveSmallIntegerField("时限（工作日）", null=True, blank=True)
    due_at = models.DateTimeField("办理期限", null=True, blank=True)
    due_pending = models.BooleanField("期限待日历公布", default=False)
    done_at = models.DateTimeField("办理时间", null=True, blank=True)
    urged = models.PositiveSmallIntegerField("催办次数", default=0)
    urged_at = models.DateTimeField("最近催办", null=True, blank=True)
    title = models.CharField("标题", max_length=300)
    number = models.CharField("文号或编号", max_length=80, blank=True)
    urgency = models.CharField("缓急", max_length=8, choices=Urgency, default=Urgency.NORMAL)
    module = models.CharField(max_length=40)
    module_title = models.CharField("业务", max_length=40)
    organ_name = models.CharField("来文单位", max_length=120)
    url = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "工作项"
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open", precedence__isnull=False) | (~Q(status="open") & Q(precedence__isnull=True)),
                name="item_open_has_place",
            ),
            models.CheckConstraint(condition=~Q(status="done") | Q(done_at__isnull=False), name="item_done_has_time"),
            models.UniqueConstraint(
                fields=["instance", "node", "round", "post", "officer"],
                condition=Q(kind="do", status__in=["open", "waiting"]),
                name="item_once_per_signer",
            ),
            models.UniqueConstraint(
                fields=["instance", "node", "round", "post"],
                condition=Q(kind="do", status__in=["open", "waiting"], officer__isnull=True),
                name="item_once_per_post",
            ),
        ]
        indexes = [
            # One index per list.
            models.Index(
                fields=["post", "kind", "precedence", "id", "officer"],
                condition=Q(precedence__isnull=False),
                name="item_todo",
            ),
            models.Index(fields=["done_by", "kind", "-done_at"], name="item_done"),
            models.Index(fields=["principal", "-done_at"], condition=Q(principal__isnull=False), name="item_delegated"),
            models.Index(fields=["done_by", "recorded"], condition=Q(recorded_by__isnull=False), name="item_recorded"),
            models.Index(fields=["due_at"], condition=Q(precedence__isnull=False), name="item_due"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.node_title}）"

    @property
    def is_pending(self) -> bool:
        """Open, or waiting for somebody before."""
        return self.status in PENDING

    @property
    def is_added(self) -> bool:
        """Put in by a signer, not by the flow."""
        return self.origin in ADDED

    @property
    def holder_name(self) -> str:
        """Who has it: the person, or the post while nobody has claimed it."""
        return self.officer_name or f"{self.post_organ_name} {self.post_name}"

    @property
    def due_label(self) -> str:
        """What is shown beside a deadline that rests on a calendar not yet announced."""
        if not self.due_pending:
            return ""
        return "暂按推算" if self.due_at else "待日历公布"
