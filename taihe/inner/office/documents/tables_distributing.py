"""Lists of 分发: receipts on the sender's side, papers and notices on the receiver's."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui import marks
from taihe.ground.ui.tables import GovTable, MomentColumn, PickColumn, TitleColumn
from taihe.inner.workflow.models import Urgency

from .models import Delivery, DeliveryEvent
from .queries.distributing import masterless, readable
from .states import DeliveryState

TONES = {
    DeliveryState.SENT: "warn",
    DeliveryState.SIGNED: "ok",
    DeliveryState.RETURNED: "danger",
    DeliveryState.RECALLED: "plain",
    DeliveryState.REPLACED: "plain",
}
BATCH, FOLLOW = "batch", "follow"


def standing(row: Delivery) -> tuple[str, str]:
    """Where a copy stands in a word, and its tone."""
    if row.state == DeliveryState.SENT:
        return ("已查看未签收", "info") if row.opened_at else ("未查看", "warn")
    return DeliveryState(row.state).label, TONES[DeliveryState(row.state)]


class StandingColumn(tables.Column):
    """Where a copy stands."""

    def render(self, record: Delivery) -> SafeString:
        """The tag, and what a person must know beside it."""
        word, tone = standing(record)
        tag = marks.status(word, tone)
        if masterless(record):
            tag = format_html("{} {}", tag, marks.status("无承接单位", "danger"))
        if record.ended_reason:
            tag = format_html('{}<small class="dd-why">{}</small>', tag, record.ended_reason)
        return tag

    def value(self, record: Delivery) -> str:
        """The bare word, for export."""
        return "，".join(filter(None, (standing(record)[0], "无承接单位" if masterless(record) else "")))


class WhoColumn(MomentColumn):
    """A moment with the person's name below; `who` names the field of the name."""

    def __init__(self, *args: Any, who: str, **kwargs: Any) -> None:
        self.who = who
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any = None) -> SafeString:
        """Moment and name."""
        name = getattr(record, self.who)
        return format_html('{}<small class="dd-who">{}</small>', marks.moment(value), name)


class TimesColumn(tables.Column):
    """How often; nothing for never."""

    def render(self, value: int) -> SafeString | str:
        """Figure, with the column's name for the phone, where no heading stands above it."""
        return format_html('<span class="dd-phone">{}</span>{}次', self.verbose_name, value) if value else ""

    def value(self, value: int) -> int:
        """The bare figure, for export."""
        return value


class ReceiptTable(GovTable):
    """Every copy of one document."""

    gov_caption = "分发回执"
    gov_export = True
    pick = PickColumn(form=FOLLOW, accessor="pk", named="organ_name")
    organ_name = TitleColumn(verbose_name="收文单位", orderable=False)
    role = tables.Column(verbose_name="类别", accessor="get_role_display", orderable=False)
    state = StandingColumn(verbose_name="状态", orderable=False, empty_values=())
    opened_at = WhoColumn(verbose_name="首次查看", who="opened_by_name", orderable=False, default="")
    signed_at = WhoColumn(verbose_name="签收", who="signed_by_name", orderable=False, default="")
    signed_by_name = tables.Column(verbose_name="签收人", visible=False)
    signed_post = tables.Column(verbose_name="签收岗位", visible=False)
    prints = TimesColumn(verbose_name="打印", orderable=False)
    urged = TimesColumn(verbose_name="催收", orderable=False)

    class Meta(GovTable.Meta):
        fields = (
            "pick", "organ_name", "role", "state", "opened_at", "signed_at", "signed_by_name", "signed_post",
            "prints", "urged",
        )  # fmt: skip
        sequence = fields
        empty_text = "没有符合条件的收文单位"
        row_attrs = {"id": lambda record: f"delivery-{record.pk}"}

    def render_organ_name(self, value: str, record: Delivery) -> SafeString:
        """The name on the list; beside it who signs now, when the organ was merged."""
        now = record.organ.name
        moved = format_html('<small class="dd-why">现由{}签收</small>', now) if now != value else ""
        return format_html("{}{}", value, moved)


class PickPaper(PickColumn):
    """A box whose value names row and version."""

    def render(self, value: Any, bound_column: Any, record: Any) -> SafeString:
        """The box of one row."""
        return super().render(f"{record.pk}:{record.version}", bound_column, record)


class ReceivedTable(GovTable):
    """Papers sent to an organ."""

    pick = PickPaper(form=BATCH, accessor="pk")
    urgency = tables.Column(verbose_name="缓急", orderable=False)
    title = TitleColumn(verbose_name="标题", orderable=False)
    sender_name = tables.Column(verbose_name="发文单位", orderable=False)
    state = tables.Column(verbose_name="状态", orderable=False)
    sent_at = MomentColumn(verbose_name="送达", orderable=False)
    signed_at = WhoColumn(verbose_name="签收", who="signed_by_name", orderable=False)

    class Meta(GovTable.Meta):
        fields = ("pick", "urgency", "title", "sender_name", "state", "sent_at", "signed_at")
        sequence = fields
        gov_caption = "收到的公文"
        row_attrs = {
            "id": lambda record: f"paper-{record.pk}",
            "class": lambda record: "" if record.opened_at else "gv-unread",
        }

    def render_urgency(self, value: str) -> SafeString:
        """The tag."""
        return marks.urgency(Urgency(value).label)

    def render_title(self, value: str, record: Delivery) -> SafeString:
        """Title with the number below, and whether it was urged."""
        urged = record.urged and record.state == DeliveryState.SENT
        sign = marks.status(f"催收{record.urged}次", "danger") if urged else ""
        link = reverse("documents:received_one", args=[record.pk])
        return format_html(
            '<a href="{}">{}</a> {}<small class="dd-number">{}</small>', link, value, sign, record.number
        )

    def render_state(self, record: Delivery) -> SafeString:
        """The tag."""
        if record.state == DeliveryState.RECALLED:
            return marks.status("已被收回", "plain")
        return marks.status(record.get_state_display(), TONES[DeliveryState(record.state)])


NOTICE_TONES = {"urged": "danger", "recalled": "warn", "replaced": "warn", "moved": "info", "sent": "info"}
NOTICE_WORDS = {"sent": "补发", "moved": "移交"}


class NoticeTable(GovTable):
    """通知: what senders did after sending."""

    kind = tables.Column(verbose_name="事项", orderable=False)
    delivery = TitleColumn(verbose_name="公文", orderable=False)
    text = tables.Column(verbose_name="内容", orderable=False)
    by_name = tables.Column(verbose_name="办理人", orderable=False)
    at = MomentColumn(verbose_name="时间", orderable=False)

    class Meta(GovTable.Meta):
        fields = ("kind", "delivery", "text", "by_name", "at")
        sequence = fields
        gov_caption = "通知"
        empty_text = "没有通知"

    def render_kind(self, record: DeliveryEvent) -> SafeString:
        """The tag."""
        word = NOTICE_WORDS.get(record.kind) or record.get_kind_display()
        return marks.status(word, NOTICE_TONES.get(record.kind, "info"))

    def render_delivery(self, record: DeliveryEvent) -> SafeString:
        """Title with the number below."""
        paper = record.delivery
        link = reverse("documents:received_one", args=[paper.pk])
        gone = "" if readable(paper) else marks.status(paper.get_state_display(), "plain")
        return format_html(
            '<a href="{}">{}</a> {}<small class="dd-number">{}</small>', link, paper.title, gone, paper.number
        )
