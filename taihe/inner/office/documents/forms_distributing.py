"""Forms of 分发 and 签收."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from taihe.ground.ui.widgets import PickMany
from taihe.inner.people.forms.fields import reason
from taihe.inner.people.models import Organ
from taihe.inner.workflow.forms import WorkForm

from .models import Addressee, Delivery


class SendForm(WorkForm):
    """分发: a yes to the list that is shown."""

    form_title = "分发"


class SignForm(WorkForm):
    """签收."""

    form_title = "签收"


class PrintForm(WorkForm):
    """打印正本: counted."""

    form_title = "打印正本"


class RefuseForm(WorkForm):
    """退文 before signing."""

    form_title = "退文"
    reason = reason("退文理由", help_text="如：不属本单位职责、行文对象有误、附件缺失。发文单位会看到。")


class BatchSignForm(WorkForm):
    """签收 of several papers; which ones, and as seen in which version, is carried along."""

    form_title = "批量签收"
    pick = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, picks: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = [(one, one) for one in picks]  # type: ignore[attr-defined]


class UrgeForm(WorkForm):
    """催收."""

    form_title = "催收"
    words = reason("催收说明", required=False, help_text="写给收文单位，可以不填。")


class FurtherForm(WorkForm):
    """补发."""

    form_title = "补发"
    groups = forms.MultipleChoiceField(
        label="整组补发",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="组内已有本文的单位不会重复收到。",
    )
    organs = forms.TypedMultipleChoiceField(label="补发单位", required=False, coerce=int, widget=PickMany())
    reason = reason("补发原因", help_text="如：初次分发时漏列。随分发记录保存，收文单位可见。")

    def __init__(self, *args: Any, groups: Sequence[tuple[str, str]], organs: Sequence[Organ], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["groups"].choices = groups  # type: ignore[attr-defined]
        self.fields["organs"].choices = _by_kind(organs)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """At least one organ or group."""
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("groups") or cleaned.get("organs")):
            self.add_error("organs", "请选择补发单位，或者选择整组补发。")
        return cleaned


def _by_kind(organs: Sequence[Organ]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in organs:
        groups.setdefault(one.get_kind_display(), []).append((str(one.pk), one.name))
    return list(groups.items())


class RecallForm(WorkForm):
    """收回."""

    form_title = "收回"
    deliveries = forms.TypedMultipleChoiceField(label="收回的单位", coerce=int, widget=PickMany())
    reason = reason("收回原因", help_text="如：误发。收文单位会看到；收回后对方不能再打开正文。")

    def __init__(self, *args: Any, rows: Sequence[Delivery], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), f"{one.organ_name}（{one.get_state_display()}）") for one in rows]
        self.fields["deliveries"].choices = [("", choices)]  # type: ignore[attr-defined]


class CorrectForm(WorkForm):
    """换版更正."""

    form_title = "换版更正"
    reason = reason("更正原因", help_text="写明错在哪里，如：第3页附表金额有误。新的公文印发后，收文单位可见。")


class ReceiptFilter(forms.Form):
    """What the receipts are searched by; all of it stands in the address."""

    q = forms.CharField(
        label="单位", required=False, max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "单位名称"}),
    )  # fmt: skip
    role = forms.ChoiceField(label="类别", required=False, choices=[("", "主送和抄送"), *Addressee.Role.choices])

    def asked(self, name: str) -> str:
        """One condition; empty for what was not asked or makes no sense."""
        if not self.is_bound:
            return ""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "").strip()


class ReceivedFilter(forms.Form):
    """What the received papers are searched by."""

    q = forms.CharField(
        label="标题", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "标题、文号或发文单位"}),
    )  # fmt: skip

    def asked(self) -> str:
        """The words; empty for none."""
        return str(self.cleaned_data.get("q") or "").strip() if self.is_bound and self.is_valid() else ""
