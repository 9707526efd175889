"""The forms of the release pages."""

from __future__ import annotations

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin


class WhyForm(SafeFormMixin, forms.Form):
    """An act that must be explained."""

    form_name = "portal.release.why"
    form_title = "页面发布"
    reason = forms.CharField(
        label="原因",
        min_length=4,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不少于 4 个字，随记录保存并记入审计。",
    )


class DecideForm(SafeFormMixin, forms.Form):
    """The second person's word on a roll-back."""

    form_name = "portal.release.decide"
    form_title = "确认回退"
    agreed = forms.TypedChoiceField(
        label="意见",
        choices=[("yes", "同意回退"), ("no", "不同意")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label="说明", min_length=2, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
