"""What each half of the gate remembers: its lanes, what went out, what came in, what was stopped, what is wrong."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LaneState(models.Model):
    """The last number and digest of one lane in one direction, and how far the other zone has confirmed it."""

    class Held(models.TextChoices):
        NO = "", "正常"
        PEER_AHEAD = "peer_ahead", "对方确认过本区没有发出的序号"
        PEER_BEHIND = "peer_behind", "对方退回到较早的序号，部分信件已清除"

    direction = models.CharField(max_length=3, help_text="out 发出 / in 收到")
    lane = models.CharField(max_length=8)
    epoch = models.PositiveBigIntegerField(default=1, help_text="世代；从备份恢复后由操作员提升")
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    acked_epoch = models.PositiveBigIntegerField(default=0, help_text="对方已确认到的世代（仅发出方向）")
    acked_sequence = models.PositiveBigIntegerField(default=0)
    heard_epoch = models.PositiveBigIntegerField(default=0, help_text="对方回执提到过的最新世代")
    receipt_at = models.DateTimeField(null=True, help_text="最新一张回执的签发时间")
    held = models.CharField(max_length=12, blank=True, choices=Held, default=Held.NO, help_text="停发原因")
    gap_since = models.DateTimeField(null=True, help_text="缺号开始的时间（仅收到方向）")
    gap_next = models.PositiveBigIntegerField(default=0, help_text="缺号之后等待的最小序号")
    moved_at = models.DateTimeField(null=True, help_text="最近一次前进的时间")

    class Meta:
        verbose_name = "通道状态"
        constraints = [models.UniqueConstraint(fields=["direction", "lane"], name="gate_lane_once")]

    def __str__(self) -> str:
        return f"{self.direction}/{self.lane} {self.epoch}:{self.sequence}"


class OutLetter(models.Model):
    """A letter of this zone, sealed and numbered.

    Its envelope is kept while the other zone may still need it: personal ones until acknowledged,
    others a few days longer, so that a receiver restored from a backup can be served again.
    """

    class Status(models.TextChoices):
        SENT = "sent", "待确认"
        ACKED = "acked", "对方已收"
        REFUSED = "refused", "对方已隔离"
        ONE_WAY = "one_way", "已单向发出"
        GONE = "gone", "对方遗失且无法重发"

    letter_id = models.CharField(max_length=32, unique=True)
    lane = models.CharField(max_length=8)
    epoch = models.PositiveBigIntegerField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    envelope = models.BinaryField(help_text="封好的信；不再需要时清除")
    personal = models.BooleanField(default=False, help_text="含个人信息：对方确认后立即清除")
    attachments = models.JSONField(default=list)
    enclosed = models.PositiveSmallIntegerField(default=0, help_text="附件件数")
    cause = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    next_at = models.DateTimeField(null=True, help_text="下次写入发送目录的时间；空为不再发送")
    spooled_at = models.DateTimeField(null=True)
    spooled = models.PositiveIntegerField(default=0, help_text="写入发送目录的次数")
    acked_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.SENT)
    refusal = models.CharField(max_length=64, blank=True, help_text="对方隔离的原因代码")

    class Meta:
        verbose_name = "发出的信"
        constraints = [models.UniqueConstraint(fields=["epoch", "lane", "sequence"], name="gate_out_once")]
        indexes = [
            models.Index(fields=["lane", "epoch", "sequence"], condition=Q(status="sent"), name="gate_out_open"),
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="gate_out_due"),
            models.Index(fields=["status", "id"], condition=Q(status__in=["refused", "gone"]), name="gate_out_trouble"),
            models.Index(fields=["created_at"], name="gate_out_created"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lane} {self.epoch}:{self.sequence}"


class InLetter(models.Model):
    """A letter of the other zone, verified and stored; the worker carries it out.

    A row marked `again` is the same letter sealed anew in a later epoch: it holds its number, and
    nothing is carried out twice.
    """

    letter_id = models.CharField(max_length=32)
    again = models.BooleanField(default=False, help_text="新世代重发的同一封信，不再办理")
    lane = models.CharField(max_length=8)
    epoch = models.PositiveBigIntegerField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    content = models.JSONField(null=True, help_text="内容；含个人信息的是密文，办理完成后清除")
    personal = models.BooleanField(default=False)
    attachments = models.JSONField(default=list, help_text="附件的摘要；办理完成后清除")
    enclosed = models.PositiveSmallIntegerField(default=0, help_text="附件件数")
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "收到的信"
        constraints = [
            models.UniqueConstraint(fields=["epoch", "lane", "sequence"], name="gate_in_once"),
            models.UniqueConstraint(fields=["letter_id"], condition=Q(again=False), name="gate_in_letter_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(handled_at=None), name="gate_in_open"),
            models.Index(fields=["received_at"], name="gate_in_received"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lane} {self.epoch}:{self.sequence}"


class Quarantined(models.Model):
    """Something that tried to come in and was stopped, with the reason."""

    file = models.CharField(max_length=160)
    letter_id = models.CharField(max_length=32, blank=True)
    lane = models.CharField(max_length=8, blank=True)
    epoch = models.PositiveBigIntegerField(null=True)
    sequence = models.PositiveBigIntegerField(null=True)
    kind = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=64)
    sentence = models.CharField(max_length=600)
    digest = models.CharField(max_length=64)
    files = models.JSONField(default=list, help_text="待人工核实的附件的摘要")
    consumed = models.BooleanField(help_text="是否占用了一个序号")
    at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1, help_text="同一文件因同一原因出现的次数")
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    released = models.BooleanField(default=False, help_text="经人工核实后放行办理")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "隔离的信"
        constraints = [
            # The same file in the same state is one incident, however often the ferry brings it.
            models.UniqueConstraint(fields=["digest", "code"], condition=Q(closed_at=None), name="gate_stopped_once")
        ]
        indexes = [
            models.Index(fields=["lane", "epoch", "sequence"], condition=Q(consumed=True), name="gate_stopped_place")
        ]

    def __str__(self) -> str:
        return f"{self.file}: {self.code}"


class PeerHead(models.Model):
    """A head of the other zone's audit chain, kept here so that a cut-off tail shows."""

    number = models.PositiveBigIntegerField(unique=True)
    head = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "对方审计链头"

    def __str__(self) -> str:
        return f"{self.number}"


class PeerState(models.Model):
    """The last heartbeat of the other zone (one row)."""

    heard_at = models.DateTimeField()
    sent_at = models.DateTimeField()
    status = models.JSONField(default=dict)

    class Meta:
        verbose_name = "对方状态"

    def __str__(self) -> str:
        return f"{self.heard_at:%H:%M:%S}"


class ProbeRun(models.Model):
    """A probe sent from here, or one that arrived here; answered ones show the crossing time."""

    outgoing = models.BooleanField()
    number = models.PositiveBigIntegerField()
    lane = models.CharField(max_length=8)
    at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, help_text="对方收到的时间（按对方的钟）")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "通路测试"
        indexes = [models.Index(fields=["outgoing", "number"], name="gate_probe_number")]

    def __str__(self) -> str:
        return f"{self.number}"

    @property
    def there_seconds(self) -> float | None:
        """Seconds until the probe was carried out over there, by both zones' clocks; None while unanswered."""
        return (self.arrived_at - self.at).total_seconds() if self.arrived_at else None

    @property
    def back_seconds(self) -> float | None:
        """Seconds the answer took; None while unanswered."""
        return (self.answered_at - self.arrived_at).total_seconds() if self.answered_at and self.arrived_at else None


class Alarm(models.Model):
    """Something about the passage that a person must see; it closes itself when the cause is gone, if it can."""

    class Kind(models.TextChoices):
        GAP = "gap", "缺号"
        JUMP = "jump", "跳号"
        SILENT = "silent", "对方无心跳"
        UNACKNOWLEDGED = "unacked", "长时间未获确认"
        QUARANTINE = "quarantine", "信件被隔离"
        REFUSED = "refused", "对方隔离了本区的信"
        RESTORED = "restored", "需要提升世代"
        AUDIT = "audit", "审计链被替换或截断"
        PARTS = "parts", "附件分片异常"

    kind = models.CharField(max_length=10, choices=Kind)
    subject = models.CharField(max_length=80, blank=True, help_text="通道、原因代码等")
    sentence = models.CharField(max_length=400)
    raised_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "交换告警"
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject"], condition=Q(closed_at=None), name="gate_alarm_once")
        ]

    def __str__(self) -> str:
        return self.sentence
