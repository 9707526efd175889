"""The list of 收文 as clerks read it."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString

from taihe.ground.ui import marks
from taihe.ground.ui.tables import GovTable, MomentColumn, TitleColumn
from taihe.inner.workflow.tables import UrgencyCell, title_cell

from .models import Incoming
from .states import IncomingState

TONES = {
    IncomingState.RECEIVED: "warn",
    IncomingState.HANDLING: "info",
    IncomingState.CLOSED: "ok",
    IncomingState.RETURNED: "danger",
    IncomingState.RECALLED: "plain",
}


class IncomingTable(GovTable):
    """One line a paper: number, title with the sender's number below, sender, when, until when, where it stands."""

    urgency = UrgencyCell(verbose_name="缓急", orderable=False)
    number = tables.Column(verbose_name="收文编号", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    title = TitleColumn(verbose_name="标题", orderable=False)
    source_name = tables.Column(verbose_name="来文机关", orderable=False)
    organ = tables.Column(verbose_name="收文单位", accessor="organ__short_name", orderable=False)
    received_at = MomentColumn(verbose_name="签收时间", orderable=False)
    due_on = MomentColumn(verbose_name="办理时限", orderable=False)
    state = tables.Column(verbose_name="状态", orderable=False, attrs={"td": {"class": "gv-nowrap"}})

    class Meta(GovTable.Meta):
        fields = ("urgency", "number", "title", "source_name", "organ", "received_at", "due_on", "state")
        gov_caption = "收文"
        empty_text = "没有符合条件的收文"

    def render_title(self, value: str, record: Incoming) -> SafeString:
        """The title leads to the paper's page."""
        return title_cell(reverse("documents:incoming_item", args=[record.pk]), value, record.source_number, [])

    def render_state(self, record: Incoming) -> SafeString:
        """The state in a tag."""
        return marks.status(record.get_state_display(), TONES[IncomingState(record.state)])
