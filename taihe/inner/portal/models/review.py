"""What was sent in for review, what was approved, and what was taken back: the truth about the public site.

Each row holds the content itself and copies of who acted: it stays true when the desk changes or a
person leaves.  Approvals and withdrawals are append-only in the database, and each is signed, so that a
row slipped in past the programme is worth nothing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Submission(models.Model):
    """One form of one page, sent in for review (送审).  `content` is what reviewers see and approve."""

    class Status(models.TextChoices):
        OPEN = "open", "审核中"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已批准"
        SUPERSEDED = "superseded", "已被新稿代替"
        CANCELLED = "cancelled", "已撤回"

    class Opinion(models.TextChoices):
        """What the secrecy review says of the content (政府信息公开条例, 保密审查)."""

        NONE = "", "未审查"
        OPEN = "open", "公开"
        ON_REQUEST = "on_request", "依申请公开"
        CLOSED = "closed", "不予公开"

    page_id = models.PositiveBigIntegerField("页面", db_index=True)
    revision_id = models.PositiveBigIntegerField("修订号", null=True, help_text="编辑台上的修订，仅供查找")
    kind = models.CharField("类别", max_length=8)
    title = models.CharField("标题", max_length=255)
    organ = models.ForeignKey("inner_people.Organ", models.PROTECT, related_name="+", verbose_name="负责单位")
    column_title = models.CharField("栏目", max_length=120, blank=True)
    content = models.JSONField("内容", help_text="审核人看到并批准的内容")
    digest = models.CharField("内容摘要", max_length=64)
    levels = models.PositiveSmallIntegerField("审级", default=2)
    status = models.CharField("状态", max_length=12, choices=Status, default=Status.OPEN)
    instance_id = models.PositiveBigIntegerField("流程", null=True, db_index=True)
    author_id = models.CharField("作者编号", max_length=64)
    author_name = models.CharField("作者", max_length=80)
    author_post = models.CharField("作者岗位", max_length=120, blank=True)
    # Who wrote any revision since the last approval: none of them may approve.
    writers = models.JSONField("撰写人编号", default=list)
    screening = models.JSONField("内容检查", default=dict, help_text="级别、词表版本和逐条发现（个人信息已隐去）")
    override_reason = models.CharField("放行理由", max_length=200, blank=True)
    override_by_id = models.CharField("放行确认人编号", max_length=64, blank=True)
    override_by_name = models.CharField("放行确认人", max_length=80, blank=True)
    secrecy_opinion = models.CharField("保密审查意见", max_length=12, choices=Opinion, blank=True, default="")
    secrecy_ground = models.CharField("依据", max_length=200, blank=True)
    secrecy_by_name = models.CharField("保密审查人", max_length=80, blank=True)
    secrecy_at = models.DateTimeField("保密审查时间", null=True, blank=True)
    reviewers = models.JSONField("审核人", default=list, help_text="每级一条：级别、姓名、岗位、时间、意见")
    submitted_at = models.DateTimeField("送审时间")
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "送审"
        indexes = [
            models.Index(fields=["author_id", "-submitted_at"], name="submission_of_author"),
            models.Index(fields=["status", "organ"], name="submission_status"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["page_id"], condition=models.Q(status__in=["open", "returned"]), name="submission_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Approval(models.Model):
    """Approved content of one page: the latest valid one, not withdrawn, is what the site shows."""

    page_id = models.PositiveBigIntegerField("页面")
    kind = models.CharField("类别", max_length=8)
    title = models.CharField("标题", max_length=255)
    submission = models.OneToOneField(Submission, models.PROTECT, null=True, related_name="approval")
    organ_code = models.CharField("负责单位代码", max_length=40, blank=True)
    content = models.JSONField("内容")
    digest = models.CharField("内容摘要", max_length=64)
    reviewers = models.JSONField("审核人", default=list)
    approved_at = models.DateTimeField("批准时间", db_index=True)
    published_at = models.DateTimeField("发布时间", help_text="首次发布的时间，由服务器确定，修改后不变")
    is_demo = models.BooleanField("演示", default=False, help_text="由演示数据装入，没有经过审核")
    signature = models.TextField("签名")

    class Meta:
        verbose_name = "批准"
        indexes = [models.Index(fields=["page_id", "-id"], name="approval_of_page")]

    def __str__(self) -> str:
        return self.title


class Withdrawal(models.Model):
    """A page taken off the site (撤稿): every approval up to `after` is void for ever."""

    page_id = models.PositiveBigIntegerField("页面", db_index=True)
    kind = models.CharField("类别", max_length=8)
    title = models.CharField("标题", max_length=255)
    after = models.PositiveBigIntegerField("截至批准号", help_text="此号及以前的批准全部作废")
    reason = models.CharField("撤稿原因", max_length=300)
    urgent = models.BooleanField("紧急", default=False)
    at = models.DateTimeField("撤稿时间", db_index=True)
    by_id = models.CharField("撤稿人编号", max_length=64)
    by_name = models.CharField("撤稿人", max_length=80)
    by_post = models.CharField("撤稿人岗位", max_length=120, blank=True)
    signature = models.TextField("签名")

    class Meta:
        verbose_name = "撤稿"

    def __str__(self) -> str:
        return self.title


class WithdrawalCheck(models.Model):
    """A second person's look at a withdrawal, afterwards."""

    withdrawal = models.OneToOneField(Withdrawal, models.PROTECT, related_name="check_row")
    at = models.DateTimeField("复核时间")
    by_id = models.CharField("复核人编号", max_length=64)
    by_name = models.CharField("复核人", max_length=80)
    words = models.CharField("复核意见", max_length=300)

    class Meta:
        verbose_name = "撤稿复核"

    def __str__(self) -> str:
        return str(self.withdrawal)
