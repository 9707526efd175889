"""Lists of the consoles."""

from __future__ import annotations

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.files.models import SecretIncident
from taihe.ground.ui import marks
from taihe.ground.ui.tables import GovTable, MomentColumn, NumberColumn, StatusColumn, TitleColumn
from taihe.inner.people.models import Officer, RoleGrant

from .titles import AREAS

TONES = {
    "在用": "ok", "已停用": "warn", "已离岗": "plain", "待审批": "warn", "有效": "ok", "未批准": "plain",
    "已收回": "plain", "在任": "ok", "已卸任": "plain", "完成": "ok", "被拒绝": "warn",
}  # fmt: skip


def password_state(person: Officer) -> tuple[str, str]:
    """The state of an account's password in a word, and its tone."""
    if person.status == Officer.Status.LEFT:
        return "—", "plain"
    if not person.password or person.password.startswith("!"):
        return "未发放", "warn"
    return ("待本人改密", "info") if person.must_change_password else ("已设定", "ok")


class AccountTable(GovTable):
    """Accounts."""

    name = TitleColumn(verbose_name="姓名", order_by=("pinyin", "pk"), attrs={"td": {"class": "gv-title gv-person"}})
    sign_in_name = tables.Column(verbose_name="登录名")
    posts = tables.Column(verbose_name="现任岗位", accessor="held_now", orderable=False, empty_values=(None,))
    secret = tables.Column(verbose_name="密码", accessor="password", orderable=False, empty_values=())
    status = StatusColumn(verbose_name="账号状态", accessor="get_status_display", order_by="status", tones=TONES)
    gov_caption = "账号"
    gov_export = True

    class Meta(GovTable.Meta):
        empty_text = "没有符合条件的账号"

    def render_name(self, value: str, record: Officer) -> SafeString:
        """The name, leading to the account."""
        return format_html('<a href="{}">{}</a>', reverse("security:account", args=[record.pk]), value)

    def value_name(self, value: str) -> str:
        """The bare name, for export."""
        return value

    def render_posts(self, record: Officer) -> str:
        """Present posts in words."""
        return self.value_posts(record) or "—"

    def value_posts(self, record: Officer) -> str:
        """Present posts, for export."""
        held = record.held_now  # type: ignore[attr-defined]
        return "、".join(f"{one.post.organ.short_name} {one.post.title}" for one in held)

    def render_secret(self, record: Officer) -> SafeString:
        """Whether there is a password, never anything of it."""
        word, tone = password_state(record)
        return marks.status(word, tone)

    def value_secret(self, record: Officer) -> str:
        """The word, for export."""
        return password_state(record)[0]


class GrantTable(GovTable):
    """Grants of roles."""

    role = TitleColumn(
        accessor="role__title", verbose_name="角色", orderable=False, attrs={"td": {"class": "gv-title gv-person"}}
    )
    holder = tables.Column(verbose_name="授予", accessor="pk", orderable=False)
    scope = tables.Column(accessor="scope__short_name", verbose_name="管理范围", orderable=False)
    period = tables.Column(verbose_name="期间", accessor="valid_from", orderable=False)
    requested_by_name = tables.Column(verbose_name="申请人", orderable=False)
    approved_by_name = tables.Column(verbose_name="审批人", orderable=False, default="—")
    requested_at = MomentColumn(verbose_name="申请时间", orderable=False)
    status = StatusColumn(verbose_name="状态", accessor="get_status_display", orderable=False, tones=TONES)
    gov_caption = "授权"
    gov_export = True

    class Meta(GovTable.Meta):
        empty_text = "没有授权记录"
        row_attrs = {"id": lambda record: f"grant-{record.pk}"}

    def render_role(self, value: str, record: RoleGrant) -> SafeString:
        """The role, leading to the grant."""
        return format_html('<a href="{}">{}</a>', reverse("security:grant", args=[record.pk]), value)

    def value_role(self, value: str) -> str:
        """The bare title, for export."""
        return value

    def render_holder(self, record: RoleGrant) -> str:
        """To whom."""
        return holder_words(record)

    def render_scope(self, value: str) -> str:
        """The organ and all below."""
        return f"{value}及下级"

    def render_period(self, record: RoleGrant) -> str:
        """From and to."""
        return period_words(record)


def holder_words(grant: RoleGrant) -> str:
    """To whom a role is given: a person's appointment, or a post."""
    if grant.appointment:
        post = grant.appointment.post
        return f"{grant.appointment.officer.name}（{post.organ.short_name} {post.title}）"
    return f"岗位：{grant.post.organ.short_name} {grant.post.title}" if grant.post else "—"


def period_words(grant: RoleGrant) -> str:
    """From when to when."""
    return f"{grant.valid_from} 起" if grant.valid_to is None else f"{grant.valid_from} 至 {grant.valid_to}"


def place_of(incident: SecretIncident) -> str:
    """Where the file was brought in: the part of the house, and its own word for the place."""
    area = AREAS.get(incident.owner_type.partition(".")[0], "")
    return f"{area}（{incident.owner_type}）" if area else incident.owner_type


class IncidentTable(GovTable):
    """Files with a secret mark that were refused."""

    at = MomentColumn(verbose_name="发现时间", order_by=("-pk",))
    person_name = TitleColumn(verbose_name="上传人", orderable=False, attrs={"td": {"class": "gv-title gv-person"}})
    organ_name = tables.Column(verbose_name="单位和岗位", orderable=False, empty_values=())
    marks = tables.Column(verbose_name="标志", orderable=False)
    owner_type = tables.Column(verbose_name="在何处上传", orderable=False)
    size = NumberColumn(verbose_name="大小", orderable=False)
    sha256 = tables.Column(verbose_name="摘要", orderable=False)
    state = StatusColumn(
        verbose_name="状态", orderable=False, empty_values=(), tones={"待处置": "warn", "已处置": "ok"}
    )
    gov_caption = "涉密标志事件"

    class Meta(GovTable.Meta):
        empty_text = "没有涉密标志事件"

    def render_person_name(self, value: str, record: SecretIncident) -> SafeString:
        """The person, leading to the incident."""
        return format_html('<a href="{}">{}</a>', reverse("security:incident", args=[record.pk]), value)

    def render_organ_name(self, record: SecretIncident) -> str:
        """Organ and post."""
        return f"{record.organ_name} {record.post_name}".strip() or "—"

    def render_owner_type(self, record: SecretIncident) -> str:
        """The place in words."""
        return place_of(record)

    def render_size(self, value: int) -> str:
        """Bytes in words."""
        return str(marks.size(value))

    def render_sha256(self, value: str) -> SafeString:
        """The digest's beginning; the whole stands on the incident's page."""
        return format_html('<code title="{}">{}…</code>', value, value[:12])

    def render_state(self, record: SecretIncident, column: StatusColumn) -> SafeString:
        """Whether it was dealt with."""
        return column.render("已处置" if hasattr(record, "closing") else "待处置")
