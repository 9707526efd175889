"""The forms of the operator's pages."""

from __future__ import annotations

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin

from .reasons import LEAST, MOST


class ReasonForm(SafeFormMixin, forms.Form):
    """An act that must be explained."""

    form_title = "隔离交换处置"
    reason = forms.CharField(
        label="原因",
        min_length=LEAST,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"不少于 {LEAST} 个字，随记录保存并记入审计。",
    )


class ProbeForm(SafeFormMixin, forms.Form):
    """The button that sends a probe."""

    form_title = "通路测试"
