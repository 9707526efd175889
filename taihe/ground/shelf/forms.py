"""The forms of the shelf."""

from __future__ import annotations

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin


class RetryForm(SafeFormMixin, forms.Form):
    """The go-ahead for another try."""

    form_title = "重试搁置的任务"


class DiscardForm(SafeFormMixin, forms.Form):
    """Why a message is given up."""

    form_title = "作废搁置的任务"
    reason = forms.CharField(
        label="作废原因",
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不少于 4 个字，随记录保存并记入审计。",
    )
