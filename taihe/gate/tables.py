"""Lists on the operator's pages."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui.tables import GovTable, MomentColumn, NumberColumn, StatusColumn, TitleColumn

from .models import Alarm, OutLetter, Quarantined
from .titles import LANE_TITLES


def letter_words(kind: str, lane: str, sequence: int | None) -> str:
    """A letter as people point at it: kind, lane, number."""
    return f"{kind} {LANE_TITLES.get(lane, '')}第{sequence}号" if kind else "—"


class QuarantineTable(GovTable):
    """What was stopped."""

    sentence = TitleColumn(verbose_name="原因", orderable=False)
    kind = tables.Column(verbose_name="信件", empty_values=(), orderable=False)
    code = tables.Column(verbose_name="代码")
    times = NumberColumn(verbose_name="次数")
    at = MomentColumn(verbose_name="首次出现")
    last_at = MomentColumn(verbose_name="最近出现")
    closed_at = MomentColumn(verbose_name="处置")

    class Meta(GovTable.Meta):
        model = Quarantined
        fields = ("sentence", "kind", "code", "times", "at", "last_at", "closed_at")
        empty_text = "没有被隔离的信件"
        gov_caption = "隔离记录"

    def render_sentence(self, value: str, record: Quarantined) -> SafeString:
        """The first of the three sentences leads to the record."""
        address = reverse("gate:stopped", args=[record.pk])
        return format_html('<a href="{}">{}</a>', address, value.split("。")[0])

    def render_kind(self, record: Quarantined) -> str:
        """The letter, where one could be read."""
        return letter_words(record.kind, record.lane, record.sequence)


class AlarmTable(GovTable):
    """Alarms, open or closed."""

    sentence = TitleColumn(verbose_name="告警", orderable=False)
    kind = StatusColumn(verbose_name="类别", tones=dict.fromkeys((one.label for one in Alarm.Kind), "danger"))
    times = NumberColumn(verbose_name="次数")
    raised_at = MomentColumn(verbose_name="首次出现")
    last_at = MomentColumn(verbose_name="最近出现")
    closed_at = MomentColumn(verbose_name="关闭时间")
    closed_by = tables.Column(verbose_name="关闭人")
    reason = tables.Column(verbose_name="说明", orderable=False)

    class Meta(GovTable.Meta):
        model = Alarm
        fields = ("kind", "sentence", "times", "raised_at", "last_at", "closed_at", "closed_by", "reason")
        empty_text = "没有告警"

    def __init__(self, *args: Any, may_close: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_close = may_close

    def render_sentence(self, value: str, record: Alarm) -> SafeString:
        """An open alarm leads to the page that closes it, for whoever may."""
        if record.closed_at or not self.may_close:
            return format_html("{}", value)
        return format_html('<a href="{}">{}</a>', reverse("gate:alarm_close", args=[record.pk]), value)


class TroubleTable(GovTable):
    """Letters of this zone that did not get where they should."""

    kind = TitleColumn(verbose_name="信件", orderable=False)
    status = StatusColumn(verbose_name="状态", tones={"对方已隔离": "danger", "对方遗失且无法重发": "warn"})
    refusal = tables.Column(verbose_name="对方的原因代码")
    created_at = MomentColumn(verbose_name="发出时间")
    acked_at = MomentColumn(verbose_name="对方回执时间")

    class Meta(GovTable.Meta):
        model = OutLetter
        fields = ("kind", "status", "refusal", "created_at", "acked_at")
        empty_text = "没有被对方隔离或遗失的信"

    def render_kind(self, record: OutLetter) -> str:
        """The letter."""
        return letter_words(record.kind, record.lane, record.sequence)

    def render_status(self, record: OutLetter) -> SafeString:
        """The status in words."""
        column: Any = self.columns["status"].column
        return column.render(record.get_status_display())  # type: ignore[no-any-return]
