"""Lists of people and stand-ins as officials read them."""

from __future__ import annotations

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui.tables import GovTable, TitleColumn

from .models import Appointment


class BookTable(GovTable):
    """The address book: one line per post held."""

    name = TitleColumn(
        accessor="officer__name", verbose_name="姓名", orderable=False, attrs={"td": {"class": "gv-title gv-person"}}
    )
    organ = tables.Column(accessor="post__organ__short_name", verbose_name="单位", orderable=False)
    post = tables.Column(accessor="post__title", verbose_name="岗位", orderable=False)
    phone = tables.Column(accessor="officer__phone", verbose_name="手机号", orderable=False, empty_values=(None,))
    email = tables.Column(accessor="officer__email", verbose_name="电子邮箱", orderable=False, default="—")
    gov_caption = "通讯录"
    gov_empty_hint = "请换一个说法查找：姓名、全拼或首字母、单位、岗位、完整的手机号。"

    class Meta(GovTable.Meta):
        row_attrs = {"id": lambda record: f"contact-{record.pk}"}
        empty_text = "没有找到符合条件的人员"

    def render_name(self, value: str, record: Appointment) -> SafeString:
        """The name, leading to the person's page."""
        return format_html('<a href="{}">{}</a>', reverse("people:officer", args=[record.officer_id]), value)

    def render_organ(self, value: str, record: Appointment) -> SafeString:
        """The organ, leading to its page."""
        return format_html('<a href="{}">{}</a>', reverse("people:organ", args=[record.post.organ_id]), value)

    def render_post(self, value: str, record: Appointment) -> SafeString:
        """The post, and whether it is held beside the main one."""
        beside = "" if record.is_main else format_html('<span class="gv-sub">{}</span>', "兼任")
        return format_html("{}{}", value, beside)

    def render_phone(self, value: Any, record: Appointment) -> SafeString:
        """The masked number; opening it is a page of its own, since it is asked why and recorded."""
        return masked_phone(value, record.officer_id, record.officer.name)


def masked_phone(value: Any, officer: int, name: str) -> SafeString:
    """A number as lists show it, with the way to open it."""
    if not value:
        return format_html('<span class="gv-muted">{}</span>', "未登记")
    return format_html(
        '<span class="gv-nowrap">{} <a href="{}">查看<span class="gv-hide">{}的手机号</span></a></span>',
        value.masked(),
        reverse("people:phone", args=[officer]),
        name,
    )
