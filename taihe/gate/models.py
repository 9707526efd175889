"""What each half of the gate remembers: its lanes, what went out, what came in, what was stopped."""

from __future__ import annotations

from django.db import models


class LaneState(models.Model):
    """The last number and digest of one lane in one direction."""

    direction = models.CharField(max_length=3, help_text="out 发出 / in 收到")
    lane = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField(default=1, help_text="世代；从备份恢复后由操作员提升")
    sequence = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = "通道状态"
        constraints = [models.UniqueConstraint(fields=["direction", "lane"], name="gate_lane_once")]

    def __str__(self) -> str:
        return f"{self.direction}/{self.lane} {self.epoch}:{self.sequence}"


class OutLetter(models.Model):
    """A letter of this zone, sealed and numbered; kept until the other zone has acknowledged it."""

    class Status(models.TextChoices):
        SENT = "sent", "已发出"
        ACKED = "acked", "对方已收"
        REFUSED = "refused", "对方已隔离"

    lane = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    envelope = models.BinaryField(help_text="封好的信；对方确认后清除")
    attachments = models.JSONField(default=list)
    cause = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField()
    spooled_at = models.DateTimeField(null=True)
    acked_at = models.DateTimeField(null=True)
    status = models.CharField(max_length=7, choices=Status, default=Status.SENT)
    refusal = models.CharField(max_length=64, blank=True, help_text="对方隔离的原因代码")

    class Meta:
        verbose_name = "发出的信"
        constraints = [models.UniqueConstraint(fields=["epoch", "lane", "sequence"], name="gate_out_once")]
        indexes = [
            models.Index(fields=["spooled_at", "id"], condition=models.Q(status="sent"), name="gate_out_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.lane} {self.epoch}:{self.sequence}"


class InLetter(models.Model):
    """A letter of the other zone, verified and stored; the worker carries it out."""

    lane = models.CharField(max_length=8)
    epoch = models.PositiveIntegerField()
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    body = models.JSONField(null=True, help_text="内容；办理完成后含个人信息的清除")
    attachments = models.JSONField(default=list)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "收到的信"
        constraints = [models.UniqueConstraint(fields=["epoch", "lane", "sequence"], name="gate_in_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.lane} {self.epoch}:{self.sequence}"


class Quarantined(models.Model):
    """Something that tried to come in and was stopped, with the reason."""

    file = models.CharField(max_length=120)
    lane = models.CharField(max_length=8, blank=True)
    epoch = models.PositiveIntegerField(null=True)
    sequence = models.PositiveBigIntegerField(null=True)
    kind = models.CharField(max_length=64, blank=True)
    code = models.CharField(max_length=64)
    sentence = models.CharField(max_length=300)
    digest = models.CharField(max_length=64)
    consumed = models.BooleanField(help_text="是否占用了一个序号")
    at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "隔离的信"
        constraints = [
            # The same file in the same state is one incident, however often the ferry brings it.
            models.UniqueConstraint(fields=["digest", "code"], name="gate_quarantine_once")
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
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "通路测试"
        indexes = [models.Index(fields=["outgoing", "number"], name="gate_probe_number")]

    def __str__(self) -> str:
        return f"{self.number}"
