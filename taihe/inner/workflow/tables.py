"""Lists of work as officials read them: dense rows on the desk, cards on the phone."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from taihe.ground.ui import marks
from taihe.ground.ui.tables import GovTable, MomentColumn, PickColumn, TitleColumn

from .models import Origin, ProcessInstance, Recorded, WorkItem

BATCH = "batch"
STATUS_TONES = {"running": "info", "suspended": "warn", "finished": "ok", "cancelled": "plain"}
ORIGINS = {
    Origin.RETURNED: ("退回", "warn"),
    Origin.REWORK: ("退回修改", "warn"),
    Origin.RESUMED: ("改后送回", "info"),
    Origin.BEFORE: ("加签", "info"),
    Origin.AFTER: ("加签", "info"),
    Origin.WITH: ("加签", "info"),
    Origin.TRANSFERRED: ("转办", "info"),
    Origin.WITHDRAWN: ("撤回", "plain"),
}


def item_due(item: WorkItem) -> SafeString:
    """The deadline in words; a stopped clock and a calendar not yet announced say so."""
    if item.paused:
        return marks.status("已暂停", "plain")
    if item.due_pending and item.due_at is None:
        return format_html('<span class="gv-due">{}</span>', "待日历公布")
    label = marks.due(item.due_at, done=item.done_at is not None, soon=1)
    return format_html('{} <small class="gv-muted">{}</small>', label, "暂按推算") if item.due_pending else label


def title_cell(address: str, title: str, number: str, tags: list[tuple[str, str]]) -> SafeString:
    """Title as a link, signs of how it came, the number below."""
    signs = format_html_join("", " {}", ((marks.status(word, tone),) for word, tone in tags))
    below = format_html('<small class="wf-number">{}</small>', number) if number else ""
    return format_html('<a href="{}">{}</a>{}{}', address, title, signs, below)


def picked_value(row: WorkItem | ProcessInstance) -> str:
    """What a ticked box sends: the row and the version that was seen."""
    return f"{row.pk}:{row.version}"


class PickWork(PickColumn):
    """A box whose value names row and version."""

    def render(self, value: Any, bound_column: Any, record: Any) -> SafeString:
        """The box of one row."""
        return super().render(picked_value(record), bound_column, record)


class UrgencyCell(tables.Column):
    """缓急 from its key."""

    def render(self, value: object, record: Any) -> SafeString:
        """The tag."""
        return marks.urgency(record.get_urgency_display())


class WorkTable(GovTable):
    """Items of one desk."""

    pick = PickWork(form=BATCH, accessor="pk")
    urgency = UrgencyCell(verbose_name="缓急", orderable=False)
    title = TitleColumn(verbose_name="标题", orderable=False)
    module_title = tables.Column(verbose_name="类型", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    node_title = tables.Column(verbose_name="当前环节", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    sender = tables.Column(verbose_name="来文单位/发送人", accessor="organ_name", orderable=False)
    opened_at = MomentColumn(verbose_name="送达时间")
    due_at = MomentColumn(verbose_name="办理时限", empty_values=())

    class Meta(GovTable.Meta):
        row_attrs = {
            "id": lambda record: f"item-{record.pk}",
            "class": lambda record: "" if record.read_at or record.done_at else "gv-unread",
        }
        fields: tuple[str, ...] = (
            "pick",
            "urgency",
            "title",
            "module_title",
            "node_title",
            "sender",
            "opened_at",
            "due_at",
        )
        gov_caption = "工作列表"

    def __init__(self, *args: Any, behalf: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.behalf = behalf

    def render_title(self, value: str, record: WorkItem) -> SafeString:
        """The title with its signs: for whom, how it came, whether it was urged."""
        tags = [(f"代{self.behalf}", "warn")] if self.behalf else []
        tags += [ORIGINS[Origin(record.origin)]] if record.origin in ORIGINS else []
        tags += [("待签领", "info")] if record.officer_id is None and record.done_at is None else []
        tags += [(f"催办{record.urged}次", "danger")] if record.urged and record.done_at is None else []
        tags += [("代录待确认", "warn")] if record.recorded == Recorded.PENDING else []
        return title_cell(reverse("workflow:item", args=[record.pk]), value, record.number, tags)

    def render_node_title(self, value: str) -> SafeString:
        """The step in a tag."""
        return marks.status(value)

    def render_sender(self, value: str, record: WorkItem) -> SafeString:
        """The organ the matter comes from and who passed it on."""
        return format_html('{} <span class="gv-nowrap">{}</span>', value, record.sender_name)

    def render_due_at(self, record: WorkItem) -> SafeString:
        """The deadline."""
        return item_due(record)


class DoneTable(WorkTable):
    """What was handled, with what was said."""

    outcome_title = tables.Column(verbose_name="结论", orderable=False, empty_values=())
    done_by_name = tables.Column(verbose_name="办理人", orderable=False)
    done_at = MomentColumn(verbose_name="办理时间")

    class Meta(WorkTable.Meta):
        fields = (
            "urgency", "title", "module_title", "node_title", "sender", "outcome_title", "done_by_name", "done_at",
        )  # fmt: skip
        exclude = ("pick", "opened_at", "due_at")
        sequence = fields
        empty_text = "没有符合条件的已办事项"

    def render_outcome_title(self, value: str, record: WorkItem) -> SafeString:
        """The outcome, or what else became of the item."""
        return marks.status(value or record.get_status_display(), "ok" if value else "plain")


class ReadTable(WorkTable):
    """传阅 copies."""

    read_at = MomentColumn(verbose_name="阅读时间", orderable=False)

    class Meta(WorkTable.Meta):
        fields: tuple[str, ...] = ("pick", "urgency", "title", "module_title", "sender", "opened_at", "read_at")
        exclude = ("node_title", "due_at")
        sequence = fields
        empty_text = "没有传阅件"


class MineTable(GovTable):
    """What one has set on its way."""

    pick = PickWork(form=BATCH, accessor="pk")
    urgency = UrgencyCell(verbose_name="缓急", orderable=False)
    title = TitleColumn(verbose_name="标题", orderable=False)
    module_title = tables.Column(verbose_name="类型", orderable=False)
    organ_name = tables.Column(verbose_name="单位", orderable=False)
    status = tables.Column(verbose_name="状态", orderable=False)
    opened_at = MomentColumn(verbose_name="发起时间")
    closed_at = MomentColumn(verbose_name="结束时间")

    class Meta(GovTable.Meta):
        row_attrs = {"id": lambda record: f"flow-{record.pk}"}
        fields = ("pick", "urgency", "title", "module_title", "organ_name", "status", "opened_at", "closed_at")
        gov_caption = "我发起的事项"
        empty_text = "没有发起过事项"

    def render_title(self, value: str, record: ProcessInstance) -> SafeString:
        """The title leads to the matter's page."""
        return title_cell(reverse("workflow:flow", args=[record.pk]), value, record.number, [])

    def render_status(self, record: ProcessInstance) -> SafeString:
        """The state in a tag."""
        return marks.status(record.get_status_display(), STATUS_TONES[record.status])
