"""Lists of the release pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui.tables import GovTable, MomentColumn, NumberColumn, StatusColumn, TitleColumn

from ..models import Release, ReleaseAlarm


def seconds_words(seconds: float | None) -> str:
    """A span as people say it."""
    if seconds is None:
        return "—"
    if seconds < 90:
        return f"{seconds:.1f} 秒"
    return f"{seconds / 60:.1f} 分" if seconds < 5400 else f"{seconds / 3600:.1f} 小时"


class ReleaseTable(GovTable):
    """Releases, newest first."""

    cause = TitleColumn(verbose_name="原因", orderable=False)
    number = NumberColumn(verbose_name="发布号")
    kind = StatusColumn(
        verbose_name="方式", tones={"发布": "info", "全量重制": "plain", "回退": "warn"}, orderable=False
    )
    changed = NumberColumn(verbose_name="更新", orderable=False)
    removed = NumberColumn(verbose_name="减少", orderable=False)
    pages = NumberColumn(verbose_name="文件数", orderable=False)
    visible = NumberColumn(verbose_name="耗时", empty_values=(), orderable=False)
    served_at = MomentColumn(verbose_name="公众可见", orderable=False)

    class Meta(GovTable.Meta):
        model = Release
        fields = ("number", "cause", "kind", "changed", "removed", "pages", "visible", "served_at")
        empty_text = "还没有发布过"
        gov_caption = "发布记录"
        order_by: ClassVar = "-number"

    def render_cause(self, value: str, record: Release) -> SafeString:
        """Leads to the release."""
        return format_html('<a href="{}">{}</a>', reverse("releases:release", args=[record.number]), value)

    def render_visible(self, record: Release) -> str:
        """From the approval to the public."""
        return seconds_words(record.visible_seconds)


class ReleaseAlarmTable(GovTable):
    """Alarms of both zones."""

    sentence = TitleColumn(verbose_name="情况", orderable=False)
    kind = StatusColumn(verbose_name="类别", tones=dict.fromkeys((one.label for one in ReleaseAlarm.Kind), "danger"))
    zone = tables.Column(verbose_name="发现处", orderable=False)
    times = NumberColumn(verbose_name="次数", orderable=False)
    since = MomentColumn(verbose_name="首次出现", orderable=False)
    until = MomentColumn(verbose_name="最近出现", orderable=False)
    closed_at = MomentColumn(verbose_name="关闭时间", orderable=False)
    closed_by_name = tables.Column(verbose_name="关闭人", orderable=False)

    class Meta(GovTable.Meta):
        model = ReleaseAlarm
        fields = ("kind", "sentence", "zone", "times", "since", "until", "closed_at", "closed_by_name")
        empty_text = "没有告警"
        gov_caption = "发布告警"

    def render_sentence(self, value: str, record: ReleaseAlarm) -> SafeString:
        """Leads to the alarm."""
        return format_html('<a href="{}">{}</a>', reverse("releases:alarm", args=[record.pk]), value)

    def render_kind(self, record: ReleaseAlarm) -> SafeString:
        """The kind in words."""
        column: Any = self.columns["kind"].column
        return column.render(record.get_kind_display())  # type: ignore[no-any-return]
