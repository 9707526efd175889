"""Documents going out, and every version of their text."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from taihe.inner.people.models import Officer, Organ, Post
from taihe.inner.workflow.models import Urgency

from ..states import Force, State
from .series import Series


class Genre(models.TextChoices):
    """The fifteen 文种 of 条例第八条."""

    RESOLUTION = "决议", "决议"
    DECISION = "决定", "决定"
    ORDER = "命令", "命令"
    COMMUNIQUE = "公报", "公报"
    ANNOUNCEMENT = "公告", "公告"
    NOTIFICATION = "通告", "通告"
    OPINION = "意见", "意见"
    NOTICE = "通知", "通知"
    CIRCULAR = "通报", "通报"
    REPORT = "报告", "报告"
    REQUEST = "请示", "请示"
    REPLY = "批复", "批复"
    PROPOSAL = "议案", "议案"
    LETTER = "函", "函"
    MINUTES = "纪要", "纪要"


class Direction(models.TextChoices):
    DOWN = "down", "下行文"
    UP = "up", "上行文"
    FLAT = "flat", "平行文"


class Publicity(models.TextChoices):
    """公开属性, chosen at drafting and checked at 审核."""

    OPEN = "open", "主动公开"
    ON_REQUEST = "on_request", "依申请公开"
    CLOSED = "closed", "不予公开"


class Audience(models.TextChoices):
    """知悉范围: who may read inside; no 密级."""

    PUBLIC = "public", "公开"
    INTERNAL = "internal", "内部"
    NAMED = "named", "指定人员"


class Document(models.Model):
    """One document of one organ.  Copies of names, so that it reads true when people and organs are gone.

    The text lies in its versions; `head` is the newest one, `signed_version` the one that was signed
    (签发), whose digest must stay the text's digest from then on.  `editing_*` is the check-out.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="documents", verbose_name="发文代字")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="发文机关")
    organ_name = models.CharField("发文机关名称", max_length=120)
    drafting_organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="拟稿单位")
    drafting_organ_name = models.CharField("拟稿单位名称", max_length=120)
    drafter = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name="拟稿人")
    drafter_post = models.ForeignKey(Post, models.PROTECT, related_name="+", verbose_name="拟稿岗位")
    drafter_name = models.CharField("拟稿人姓名", max_length=80)
    phone = models.CharField("联系电话", max_length=40, blank=True)
    genre = models.CharField("文种", max_length=4, choices=Genre, default=Genre.NOTICE)
    direction = models.CharField("行文方向", max_length=4, choices=Direction, default=Direction.DOWN)
    title = models.CharField("标题", max_length=200)
    urgency = models.CharField("缓急", max_length=8, choices=Urgency, default=Urgency.NORMAL)
    publicity = models.CharField("公开属性", max_length=10, choices=Publicity, default=Publicity.OPEN)
    publicity_reason = models.CharField("不公开理由", max_length=200, blank=True)
    audience = models.CharField("知悉范围", max_length=8, choices=Audience, default=Audience.INTERNAL)
    important = models.BooleanField("重要公文", default=False, help_text="由主要负责人签发（条例第二十二条）")
    basis = models.CharField("行文依据", max_length=300, blank=True)
    reasons = models.JSONField("检查说明", default=dict, help_text="检查编号: 说明的理由（如越级行文、多头主送）")
    cosigners = models.JSONField("会签单位", default=list, help_text="机构主键，按次序")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    force = models.CharField("效力", max_length=10, choices=Force, blank=True, default=Force.NONE)
    force_note = models.CharField("效力说明", max_length=300, blank=True)
    instance_id = models.PositiveBigIntegerField("流程", null=True, db_index=True)
    head = models.PositiveIntegerField("当前稿次", default=0)
    signed_version = models.PositiveIntegerField("签发稿次", null=True, blank=True)
    signed_digest = models.CharField("签发时正文摘要", max_length=64, blank=True)
    signer_name = models.CharField("签发人", max_length=80, blank=True)
    dated = models.DateField("成文日期", null=True, blank=True)
    number = models.CharField("发文字号", max_length=80, blank=True)
    entry_id = models.PositiveBigIntegerField("登记编号", null=True, blank=True)
    printed_on = models.DateField("印发日期", null=True, blank=True)
    issued_at = models.DateTimeField("印发时间", null=True, blank=True)
    pdf = models.CharField("正本", max_length=32, blank=True, help_text="用印后的 PDF 附件编号")
    pdf_sha256 = models.CharField("正本摘要", max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField("页数", default=0)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections", verbose_name="更正的公文"
    )
    portal_page = models.PositiveBigIntegerField("门户稿件", null=True, blank=True)
    editing_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="+")
    editing_name = models.CharField("正在编辑", max_length=80, blank=True)
    editing_since = models.DateTimeField(null=True, blank=True)
    editing_seen = models.DateTimeField(null=True, blank=True, help_text="最近一次自动保存")
    created_at = models.DateTimeField("拟稿时间")
    sorted_at = models.DateTimeField("排序时间", help_text="印发时间，未印发的为最近修改时间")
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "公文"
        constraints = [
            models.UniqueConstraint(fields=["number", "organ"], condition=~Q(number=""), name="document_number_once"),
            models.CheckConstraint(
                condition=~Q(state__in=["signed", "numbered", "sealed", "issued"])
                | (Q(signed_version__isnull=False, dated__isnull=False) & ~Q(signed_digest="")),
                name="document_signed_has_digest",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["numbered", "sealed", "issued"]) | ~Q(number=""), name="document_numbered"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sealed", "issued"]) | (~Q(pdf="") & ~Q(pdf_sha256="")),
                name="document_sealed_has_pdf",
            ),
            models.CheckConstraint(
                condition=~Q(state="issued") | Q(issued_at__isnull=False), name="document_issued_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["drafter", "-sorted_at", "-id"], name="document_mine"),
            models.Index(fields=["organ", "-sorted_at", "-id"], name="document_of_organ"),
            models.Index(fields=["drafting_organ", "-sorted_at", "-id"], name="document_drafted_in"),
            models.Index(fields=["-sorted_at", "-id"], name="document_all"),
            models.Index(F("organ"), F("state"), name="document_standing"),
            models.Index(fields=["state", "-sorted_at", "-id"], name="document_in_state"),
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """One version of the text (稿次).  While `closed_at` is empty its author's autosave writes into it.

    `content` is a `content.Content`; `digest` covers all of it.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("稿次")
    content = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    author = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    author_name = models.CharField("修改人", max_length=80)
    author_post = models.CharField("岗位", max_length=160, blank=True)
    stage = models.CharField("环节", max_length=40, default="起草")
    note = models.CharField("说明", max_length=200, blank=True)
    started_at = models.DateTimeField("开始时间")
    saved_at = models.DateTimeField("保存时间")
    closed_at = models.DateTimeField("定稿时间", null=True, blank=True)

    class Meta:
        verbose_name = "公文稿次"
        ordering = ["document", "number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["document"], condition=Q(closed_at__isnull=True), name="version_one_being_written"
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.number}稿"


class Addressee(models.Model):
    """One line of 主送 or 抄送: a group or one organ; the frozen organs are the deliveries."""

    class Role(models.TextChoices):
        MAIN = "main", "主送"
        CC = "cc", "抄送"

    document = models.ForeignKey(Document, models.CASCADE, related_name="addressees")
    role = models.CharField("类别", max_length=4, choices=Role)
    order = models.PositiveSmallIntegerField("次序")
    text = models.CharField("名称", max_length=120, help_text="印在纸上的称呼，如 各乡镇人民政府")
    group = models.CharField("范围", max_length=40, blank=True, help_text="recipients.yaml 中的键")
    organ = models.ForeignKey(Organ, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "主送抄送"
        ordering = ["role", "order"]
        constraints = [
            models.UniqueConstraint(fields=["document", "role", "order"], name="addressee_place_once"),
        ]

    def __str__(self) -> str:
        return self.text
