"""The forms of the consoles."""

from __future__ import annotations

from typing import Any

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.inner.people.forms import fields
from taihe.inner.people.models import Duty, Officer
from taihe.inner.people.queries import pages
from taihe.inner.people.queries.roles import role_choices

from . import queries, titles


class AccountFilter(forms.Form):
    """Which accounts the list shows."""

    q = forms.CharField(
        label="查找",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、拼音、登录名或手机号"}),
    )


class ReasonForm(SafeFormMixin, forms.Form):
    """A decision that must say why."""

    form_title = "填写原因"
    reason = fields.reason("原因")


class NoteForm(SafeFormMixin, forms.Form):
    """A decision that may say why."""

    form_title = "审批"
    note = fields.reason("审批意见", required=False, help_text="可以不填。")


class RefuseForm(SafeFormMixin, forms.Form):
    """A refusal says why."""

    form_title = "不批准"
    note = fields.reason("不批准的理由")


class RoleForm(SafeFormMixin, forms.Form):
    """Asking for a role."""

    form_title = "申请授权"
    role = forms.ChoiceField(label="角色")
    kind = forms.ChoiceField(
        label="授予",
        choices=[("appointment", "某人的任职"), ("post", "岗位（随岗位，换人后仍有效）")],
        initial="appointment",
        widget=forms.RadioSelect,
    )
    appointment = fields.PickField("任职", required=False, help_text="授予某人的任职时选择。")
    post = fields.PickField("岗位", required=False, help_text="授予岗位时选择。")
    scope = fields.PickField("管理范围", help_text="该机构及其全部下级。")
    valid_from = fields.day("起始日期", help_text="不填为今天。")
    valid_to = fields.day("截止日期", help_text="当日仍有效；不填为长期。")
    reason = fields.reason("申请理由")

    def __init__(self, *args: Any, officer: Officer | None, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]
        offered = {"appointment": queries.appointment_choices(officer), "post": pages.post_choices(paths)}
        for name, groups in offered.items():
            field = self.fields[name]
            assert isinstance(field, fields.PickField)  # noqa: S101  our own
            field.offer(groups)
        fields.offer_organs(self, "scope", paths=paths)

    def clean(self) -> dict[str, Any]:
        """Exactly the kind that was chosen is taken."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = given.get("kind", "appointment")
        other = "post" if wanted == "appointment" else "appointment"
        given[other] = None
        if not given.get(wanted):
            self.add_error(wanted, "请选择。")
        return given

    def wanted(self) -> dict[str, Any]:
        """The values for the action."""
        given = dict(self.cleaned_data)
        given.pop("kind")
        return given


class DutyForm(SafeFormMixin, forms.Form):
    """Asking that an officer become an administrator."""

    form_title = "申请管理员任职"
    officer = fields.PickField("人员", help_text="已任管理员的不在其中。")
    duty = forms.ChoiceField(label="职责", choices=Duty.choices, widget=forms.RadioSelect)
    reason = fields.reason("申请理由")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["officer"]
        assert isinstance(field, fields.PickField)  # noqa: S101  our own
        field.offer(queries.people_without_duty())


class AuditFilter(forms.Form):
    """What the auditor looks for; all of it stands in the address."""

    person = forms.CharField(label="人员", required=False, max_length=80)
    action = forms.ChoiceField(label="操作", required=False)
    outcome = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *titles.OUTCOMES.items()])
    since = fields.day("自")
    until = fields.day("至")
    organ = forms.CharField(label="单位", required=False, max_length=80)
    subject = forms.CharField(label="对象", required=False, max_length=80)
    text = forms.CharField(label="内容", required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", "全部操作"), *titles.action_choices()]  # type: ignore[attr-defined]

    def asked(self, *, auditors_only: bool) -> queries.Asked:
        """The filled-in values; a value that cannot be read is left out."""
        self.full_clean()
        wanted: dict[str, Any] = self.cleaned_data if self.is_bound else {}
        return queries.Asked(**wanted, auditors_only=auditors_only)


class ExportForm(SafeFormMixin, forms.Form):
    """Taking entries out, and what for."""

    form_title = "导出审计记录"
    form = forms.ChoiceField(
        label="格式",
        choices=[("jsonl", "JSON 行（可离线核验）"), ("xlsx", "Excel 表格"), ("csv", "CSV 表格")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )
    reason = fields.reason("导出用途")


class EmptyForm(SafeFormMixin, forms.Form):
    """A decision without anything to fill in."""

    form_title = "确认"
