"""Lists of seals and of their uses."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui import marks
from taihe.ground.ui.tables import GovTable, MomentColumn, NumberColumn, TitleColumn

from .models import Seal, SealUse

ONE_LINE = {"td": {"class": "sl-line"}}
# What the register's page leaves to the spreadsheet, so that a row stays one line.
EXPORT_ONLY = ("organ_name", "sha256_after")
TONES = {"active": "ok", "suspended": "warn", "destroyed": "plain"}


def state_mark(seal: Seal) -> SafeString:
    """The state in a tag; a request to destroy says so."""
    if seal.destroy_asked_at and not seal.destroyed_at:
        return marks.status("停用，待确认销毁", "danger")
    return marks.status(seal.get_state_display(), TONES[seal.state])


class SealTable(GovTable):
    """Seals, usable ones first as the page orders them."""

    title = TitleColumn(verbose_name="印章名称", orderable=False)
    organ_name = tables.Column(verbose_name="用印单位", orderable=False)
    kind = tables.Column(verbose_name="种类", orderable=False)
    state = tables.Column(verbose_name="状态", orderable=False)
    valid = tables.Column(verbose_name="有效期", empty_values=(), orderable=False)
    made_at = MomentColumn(verbose_name="制发", orderable=False)

    gov_caption = "印章"

    class Meta(GovTable.Meta):
        model = Seal
        fields = ("title", "organ_name", "kind", "state", "valid", "made_at")
        empty_text = "没有印章"

    def render_title(self, record: Seal) -> SafeString:
        """The name leads to the seal."""
        return format_html('<a href="{}">{}</a>', reverse("seals:seal", args=[record.pk]), record.title)

    def render_state(self, record: Seal) -> SafeString:
        """The state in a tag."""
        return state_mark(record)

    def render_valid(self, record: Seal) -> str:
        """From a day to a day."""
        return period(record)


def period(seal: Seal) -> str:
    """The seal's dates in words."""
    return (
        f"{seal.valid_from:%Y-%m-%d} 至 {seal.valid_to:%Y-%m-%d}" if seal.valid_to else f"{seal.valid_from:%Y-%m-%d} 起"
    )


class UseTable(GovTable):
    """用印登记."""

    at = MomentColumn(verbose_name="用印时间", orderable=False)
    number = tables.Column(verbose_name="文号", orderable=False, attrs=ONE_LINE)
    title = TitleColumn(verbose_name="事由", orderable=False)
    seal_title = tables.Column(verbose_name="印章名称", orderable=False, attrs=ONE_LINE)
    organ_name = tables.Column(verbose_name="用印单位", orderable=False)
    copies = NumberColumn(verbose_name="份数", orderable=False)
    approved_by = tables.Column(verbose_name="批准人", orderable=False, attrs=ONE_LINE)
    used_by_name = tables.Column(verbose_name="用印人", orderable=False, attrs=ONE_LINE)
    sha256_after = tables.Column(verbose_name="正本摘要", orderable=False)

    gov_caption = "用印登记"
    gov_export = True

    class Meta(GovTable.Meta):
        model = SealUse
        fields = (
            "at", "number", "title", "seal_title", "organ_name", "copies", "approved_by", "used_by_name",
            "sha256_after",
        )  # fmt: skip
        empty_text = "没有符合条件的用印登记"
