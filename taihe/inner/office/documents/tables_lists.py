"""The list of documents as officials read it: dense rows on the desk, cards on the phone."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from taihe.ground.ui import marks
from taihe.ground.ui.tables import GovTable, MomentColumn, TitleColumn
from taihe.inner.workflow.tables import UrgencyCell, title_cell

from .models import Document
from .states import Force, State

TONES = {
    State.DRAFT: "plain",
    State.IN_REVIEW: "info",
    State.SIGNED: "info",
    State.NUMBERED: "info",
    State.SEALED: "info",
    State.ISSUED: "ok",
    State.CANCELLED: "plain",
}
PAST = {Force.CORRECTED: "warn", Force.REPEALED: "danger", Force.REVOKED: "danger"}


def document_url(pk: int) -> str:
    """Address of a document's page."""
    try:
        return reverse("documents:document", args=[pk])
    except NoReverseMatch:
        return f"{reverse('documents:list')}{pk}/"


class DocumentTable(GovTable):
    """Documents, one a row."""

    urgency = UrgencyCell(verbose_name="缓急", orderable=False)
    title = TitleColumn(verbose_name="标题", orderable=False)
    genre = tables.Column(verbose_name="文种", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    organ_name = tables.Column(verbose_name="发文机关", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    drafter_name = tables.Column(verbose_name="拟稿", orderable=False)
    state = tables.Column(verbose_name="状态", orderable=False, attrs={"td": {"class": "gv-nowrap"}})
    sorted_at = MomentColumn(verbose_name="印发或更新", orderable=False)

    class Meta(GovTable.Meta):
        row_attrs = {"id": lambda record: f"document-{record.pk}"}
        fields = ("urgency", "title", "genre", "organ_name", "drafter_name", "state", "sorted_at")
        gov_caption = "公文列表"

    def render_title(self, value: str, record: Document) -> SafeString:
        """The title with its number below; what is no longer in force says so."""
        tags = [(record.get_force_display(), PAST[Force(record.force)])] if record.force in PAST else []
        return title_cell(document_url(record.pk), value or "（未填标题）", record.number, tags)

    def render_genre(self, record: Document) -> str:
        """The 文种, which is its own name."""
        return record.genre

    def render_drafter_name(self, value: str, record: Document) -> str:
        """Who drafted it and where, unless the issuing organ drafted it itself."""
        same = record.drafting_organ_id == record.organ_id
        return value if same else f"{record.drafting_organ_name} {value}"

    def render_state(self, record: Document) -> SafeString:
        """The state in a tag."""
        return marks.status(record.get_state_display(), TONES[State(record.state)])


COLUMNS: dict[str, Any] = {
    "发文字号": lambda row: row.number,
    "标题": lambda row: row.title,
    "文种": lambda row: row.genre,
    "缓急": lambda row: row.get_urgency_display(),
    "发文机关": lambda row: row.organ_name,
    "拟稿单位": lambda row: row.drafting_organ_name,
    "拟稿人": lambda row: row.drafter_name,
    "签发人": lambda row: row.signer_name,
    "成文日期": lambda row: row.dated.isoformat() if row.dated else "",
    "公开属性": lambda row: row.get_publicity_display(),
    "状态": lambda row: row.get_state_display(),
    "效力": lambda row: row.get_force_display() if row.force else "",
}
"""What an exported list tells of each document, in the order of its columns."""
