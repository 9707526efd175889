"""发文登记簿 as a table."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui.tables import GovTable, MomentColumn, StatusColumn, TitleColumn

from .queries.numbers import Line

TONES = {"预留": "warn", "已编号": "info", "已印发": "ok", "作废": "plain"}


class NumberTable(GovTable):
    """Every number of one year with what became of it."""

    text = tables.Column(verbose_name="编号", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    title = TitleColumn(verbose_name="标题或用途", orderable=False)
    status_title = StatusColumn(verbose_name="状态", orderable=False, tones=TONES)
    genre = tables.Column(verbose_name="文种", orderable=False, default="")
    signer = tables.Column(verbose_name="签发人", orderable=False, default="")
    signed_on = MomentColumn(verbose_name="成文日期", orderable=False, default="")
    mains = tables.Column(verbose_name="主送", orderable=False, default="", visible=False)
    copies = tables.Column(verbose_name="抄送", orderable=False, default="", visible=False)
    drafted_in = tables.Column(verbose_name="拟稿单位", orderable=False, default="")
    operator = tables.Column(verbose_name="登记人", orderable=False, default="", visible=False)
    remark = tables.Column(verbose_name="备注", orderable=False, default="", empty_values=())
    gov_caption = "发文登记簿"
    gov_export = True

    class Meta(GovTable.Meta):
        empty_text = "这一年还没有编号"

    def __init__(self, *args: Any, manages: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manages = manages

    def render_title(self, value: str, record: Line) -> SafeString:
        """The title, leading to the document."""
        if record.document is None:
            return format_html("{}", value)
        return format_html('<a href="{}">{}</a>', reverse("documents:document", args=[record.document]), value)

    def value_title(self, value: str) -> str:
        """The bare title, for export."""
        return value

    def render_remark(self, record: Line) -> SafeString:
        """What became of it, and for a reserved one the way to void it."""
        if self.manages and record.status == "reserved":
            url = reverse("documents:number_void", args=[record.pk])
            return format_html('{} <a href="{}">作废</a>', record.remark, url)
        return format_html("{}", record.remark)

    def value_remark(self, record: Line) -> str:
        """The bare words, for export."""
        return record.remark
