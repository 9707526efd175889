"""Forms of the editorial office's own pages."""

from __future__ import annotations

from typing import Any

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin

from .models import Submission

URGENCY = [("normal", "平件"), ("urgent", "加急"), ("critical", "特急")]


class SecrecyForm(forms.Form):
    """保密审查, filled in at the first review (portal handbook 3.5: 审查人、意见、依据、时间)."""

    secrecy = forms.ChoiceField(
        label="保密审查意见",
        required=False,
        choices=[(key, title) for key, title in Submission.Opinion.choices if key],
        widget=forms.RadioSelect,
    )
    ground = forms.CharField(
        label="审查依据",
        required=False,
        max_length=200,
        help_text="如：不涉及国家秘密、工作秘密、商业秘密和个人隐私，可以公开",
    )
    let_pass = forms.BooleanField(label="同意作者申请放行的用词", required=False)

    def clean(self) -> dict[str, Any]:
        """Who agrees must have reviewed."""
        cleaned = super().clean() or self.cleaned_data
        if getattr(self, "outcome", "") != "approve":
            return cleaned
        if cleaned.get("secrecy") != Submission.Opinion.OPEN:
            self.add_error("secrecy", "同意发布的，保密审查意见应为“公开”；不宜公开的请退回。")
        if not (cleaned.get("ground") or "").strip():
            self.add_error("ground", "请填写保密审查的依据。")
        return cleaned


class SubmitForm(SafeFormMixin, forms.Form):
    """送审."""

    form_name = "portal.submit"
    form_title = "送审"
    urgency = forms.ChoiceField(label="缓急", choices=URGENCY, initial="normal")
    override_reason = forms.CharField(
        label="放行理由",
        required=False,
        max_length=200,
        help_text="仅在检查出的用词确须使用时填写；须经初审人确认，并按三审办理",
    )


class ReasonForm(SafeFormMixin, forms.Form):
    """A reason: for calling back, or a second person's words."""

    form_name = "portal.reason"
    form_title = "说明"
    reason = forms.CharField(label="原因", max_length=200)


class WithdrawForm(SafeFormMixin, forms.Form):
    """撤稿."""

    form_name = "portal.withdraw"
    form_title = "撤稿"
    reason = forms.CharField(
        label="撤稿原因", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="随撤稿记录永久保存"
    )
    urgent = forms.BooleanField(label="紧急撤稿：先发紧急通知，外网立即下线", required=False, initial=True)


class EmptyForm(SafeFormMixin, forms.Form):
    """A button."""

    form_name = "portal.mask"
    form_title = "隐去号码"
