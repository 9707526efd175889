"""分发: rounds of sending, each organ's copy, and everything that happened to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from taihe.inner.people.models import Organ

from ..states import DeliveryState
from .document import Addressee, Document


class Dispatch(models.Model):
    """One round: the first distribution, a 补发, or the 换版 of a corrected paper."""

    class Kind(models.TextChoices):
        FIRST = "first", "分发"
        FURTHER = "further", "补发"
        CORRECTED = "corrected", "换版"

    document = models.ForeignKey(Document, models.PROTECT, related_name="dispatches")
    number = models.PositiveSmallIntegerField("次序")
    kind = models.CharField("类别", max_length=9, choices=Kind)
    reason = models.CharField("说明", max_length=300, blank=True)
    sent_at = models.DateTimeField("分发时间")
    sent_by_name = models.CharField("分发人", max_length=80)
    sent_by_post = models.CharField("岗位", max_length=160, blank=True)

    class Meta:
        verbose_name = "分发"
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="dispatch_number_once")]

    def __str__(self) -> str:
        return f"{self.document}（{self.get_kind_display()}）"


class Delivery(models.Model):
    """One organ's copy.  `organ` follows a merger, the copied name stays what was printed on the list."""

    dispatch = models.ForeignKey(Dispatch, models.PROTECT, related_name="deliveries")
    document = models.ForeignKey(Document, models.PROTECT, related_name="deliveries")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+", verbose_name="收文单位")
    organ_name = models.CharField("单位名称", max_length=120)
    role = models.CharField("类别", max_length=4, choices=Addressee.Role)
    state = models.CharField("状态", max_length=8, choices=DeliveryState, default=DeliveryState.SENT)
    order = models.PositiveSmallIntegerField("次序", default=0)
    sent_at = models.DateTimeField("发出时间")
    opened_at = models.DateTimeField("首次查看", null=True, blank=True)
    opened_by_name = models.CharField("查看人", max_length=80, blank=True)
    signed_at = models.DateTimeField("签收时间", null=True, blank=True)
    signed_by_name = models.CharField("签收人", max_length=80, blank=True)
    signed_post = models.CharField("签收岗位", max_length=160, blank=True)
    printed_at = models.DateTimeField("首次打印", null=True, blank=True)
    prints = models.PositiveSmallIntegerField("打印次数", default=0)
    urged = models.PositiveSmallIntegerField("催收次数", default=0)
    urged_at = models.DateTimeField("最近催收", null=True, blank=True)
    ended_at = models.DateTimeField("收回或换版时间", null=True, blank=True)
    ended_reason = models.CharField("原因", max_length=300, blank=True)
    title = models.CharField("标题", max_length=200)
    number = models.CharField("发文字号", max_length=80)
    sender_name = models.CharField("发文机关", max_length=120)
    urgency = models.CharField("缓急", max_length=8)
    version = models.PositiveIntegerField("版本", default=1)

    class Meta:
        verbose_name = "分发件"
        ordering = ["document", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "organ"],
                condition=Q(state__in=["sent", "signed", "returned"]),
                name="delivery_once_per_organ",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | Q(signed_at__isnull=False), name="delivery_signed_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["recalled", "replaced"]) | ~Q(ended_reason=""), name="delivery_ended_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["organ", "-sent_at", "-id"], condition=Q(state="sent"), name="delivery_waiting"),
            models.Index(fields=["organ", "-sent_at", "-id"], name="delivery_of_organ"),
        ]

    def __str__(self) -> str:
        return f"{self.organ_name} {self.title}"


class DeliveryEvent(models.Model):
    """One thing that happened to a copy: record for both sides and, where `notice`, a notice to the organ."""

    class Kind(models.TextChoices):
        SENT = "sent", "发出"
        OPENED = "opened", "查看"
        SIGNED = "signed", "签收"
        PRINTED = "printed", "打印"
        URGED = "urged", "催收"
        RETURNED = "returned", "退文"
        RECALLED = "recalled", "收回"
        REPLACED = "replaced", "换版"
        MOVED = "moved", "移交承接单位"

    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="events")
    organ = models.ForeignKey(Organ, models.PROTECT, related_name="+")
    kind = models.CharField("事项", max_length=8, choices=Kind)
    notice = models.BooleanField("通知收文单位", default=False)
    text = models.CharField("内容", max_length=400, blank=True)
    at = models.DateTimeField("时间")
    by_name = models.CharField("办理人", max_length=80)
    by_post = models.CharField("岗位", max_length=160, blank=True)

    class Meta:
        verbose_name = "分发记录"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["delivery", "id"], name="delivery_event_of"),
            models.Index(fields=["organ", "-id"], condition=Q(notice=True), name="delivery_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.by_name}"
