"""Releases of the public pages: each with its number, why it was made, and when the public saw it.

The bytes lie in the release folder by digest; these rows name them.  A number is given once, also when
the release it was meant for never left the house.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Release(models.Model):
    """One signed manifest that went to the public side."""

    class Kind(models.TextChoices):
        BAKE = "bake", "发布"
        FULL = "full", "全量重制"
        ROLLBACK = "rollback", "回退"

    number = models.PositiveBigIntegerField("发布号", unique=True)
    kind = models.CharField("方式", max_length=8, choices=Kind, default=Kind.BAKE)
    cause = models.CharField("原因", max_length=200)
    contents_of = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name="内容取自", help_text="回退到的那一次发布"
    )
    digest = models.CharField("清单摘要", max_length=64, unique=True)
    previous = models.CharField("上一清单摘要", max_length=64)
    key_id = models.CharField("签署密钥", max_length=16)
    signature = models.TextField("签名")
    sources = models.CharField("批准清单摘要", max_length=64, help_text="这次发布由哪些批准制成")
    facts = models.CharField("页面要素摘要", max_length=64, help_text="下一次只重制有变化的页面，以此比较")
    withdrawn = models.PositiveBigIntegerField("截至撤稿号", default=0, help_text="此号及以前的撤稿已在清单之内")
    pages = models.PositiveIntegerField("文件数", default=0)
    changed = models.PositiveIntegerField("更新", default=0)
    removed = models.PositiveIntegerField("减少", default=0)
    tombstones = models.PositiveIntegerField("撤稿路径", default=0)
    packed = models.PositiveBigIntegerField("传输字节", default=0)
    seconds = models.FloatField("制作秒数", default=0)
    waiting_since = models.DateTimeField("批准时间", null=True, help_text="其中最早一条尚未发布的批准或撤稿的时间")
    made_at = models.DateTimeField("制成时间")
    made_by = models.CharField("经办", max_length=80, blank=True)
    served_at = models.DateTimeField("公众可见时间", null=True, help_text="由互联网服务区告知")

    class Meta:
        verbose_name = "发布"
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"第{self.number}号发布"

    @property
    def visible_seconds(self) -> float | None:
        """Seconds from the approval to the moment the public saw it; None while it is not known."""
        begun = self.waiting_since or self.made_at
        return max((self.served_at - begun).total_seconds(), 0.0) if self.served_at else None


class ReleaseState(models.Model):
    """Where publishing stands: one row."""

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    reserved = models.PositiveBigIntegerField("已用到的发布号", default=0)
    newest = models.ForeignKey(Release, models.PROTECT, null=True, related_name="+", verbose_name="最新发布")
    pinned = models.ForeignKey(
        Release, models.PROTECT, null=True, related_name="+", verbose_name="停在",
        help_text="回退之后停在这次发布的内容上，直到恢复发布",
    )  # fmt: skip
    outer_number = models.PositiveBigIntegerField("对方区正在提供", default=0)
    outer_highest = models.PositiveBigIntegerField("对方区收到过的最大号", default=0)
    outer_at = models.DateTimeField("对方区切换时间", null=True)

    class Meta:
        verbose_name = "发布状态"
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(only=True), name="release_state_one_row")]

    def __str__(self) -> str:
        return f"已用到第{self.reserved}号"


class RollbackRequest(models.Model):
    """One person asks that the site goes back to an earlier release; another decides."""

    class Status(models.TextChoices):
        OPEN = "open", "待确认"
        AGREED = "agreed", "已确认，正在回退"
        DONE = "done", "已回退"
        REFUSED = "refused", "未同意"

    target = models.ForeignKey(Release, models.PROTECT, related_name="+", verbose_name="回退到")
    reason = models.CharField("原因", max_length=200)
    status = models.CharField("状态", max_length=8, choices=Status, default=Status.OPEN)
    asked_by_id = models.CharField("申请人编号", max_length=64)
    asked_by_name = models.CharField("申请人", max_length=80)
    asked_at = models.DateTimeField("申请时间")
    decided_by_id = models.CharField("确认人编号", max_length=64, blank=True)
    decided_by_name = models.CharField("确认人", max_length=80, blank=True)
    decided_at = models.DateTimeField("确认时间", null=True)
    words = models.CharField("确认意见", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "回退申请"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status__in=["open", "agreed"]), name="rollback_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(asked_by_id=models.F("decided_by_id")), name="rollback_second_person"
            ),
        ]

    def __str__(self) -> str:
        return f"回退到{self.target}"


class ReleaseAlarm(models.Model):
    """Something of the public pages was not what was signed, in either zone, or could not be released."""

    class Kind(models.TextChoices):
        TAMPER = "tamper", "页面被改动"
        REFUSED = "refused", "发布被拒收"
        CHAIN = "chain", "发布次序不符"
        MISSING = "missing", "内容缺失"
        APPROVAL = "approval", "批准记录不符"
        MEDIA = "media", "素材不符"
        CONTENT = "content", "内容不能发出"

    zone = models.CharField("区", max_length=5, choices=[("inner", "采编区"), ("outer", "互联网服务区")])
    kind = models.CharField("类别", max_length=8, choices=Kind)
    subject = models.CharField("对象", max_length=120, help_text="同一对象的告警只保留一条未关闭的")
    sentence = models.CharField("情况", max_length=400)
    found = models.JSONField("明细", default=list)
    times = models.PositiveIntegerField("次数", default=1)
    since = models.DateTimeField("首次出现")
    until = models.DateTimeField("最近出现")
    closed_at = models.DateTimeField("关闭时间", null=True)
    closed_by_name = models.CharField("关闭人", max_length=80, blank=True)
    words = models.CharField("说明", max_length=200, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "发布告警"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["zone", "kind", "subject"], condition=models.Q(closed_at=None), name="release_alarm_open_once"
            )
        ]

    def __str__(self) -> str:
        return self.sentence
