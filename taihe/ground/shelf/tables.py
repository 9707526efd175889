"""The list of the shelf."""

from __future__ import annotations

import django_tables2 as tables

from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.ui.tables import GovTable, MomentColumn, NumberColumn, TitleColumn


class ShelfTable(GovTable):
    """Messages on the shelf, or given up."""

    kind = TitleColumn(verbose_name="任务", linkify=("shelf:message", [tables.A("pk")]))
    last_error = tables.Column(verbose_name="最近一次失败", orderable=False)
    attempts = NumberColumn(verbose_name="次数")
    created_at = MomentColumn(verbose_name="产生时间")
    reason = tables.Column(verbose_name="作废原因", orderable=False)

    class Meta(GovTable.Meta):
        model = OutboxMessage
        fields = ("kind", "last_error", "attempts", "created_at", "reason")
        empty_text = "没有搁置的任务"

    def render_last_error(self, value: str) -> str:
        """The beginning; the whole stands on the message's page."""
        return value if len(value) <= 60 else f"{value[:60]}…"
