"""Forms of a document's way: who is to sign, which number, and the reasons of what must be explained."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from taihe.ground import clock
from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.inner.workflow.models import WorkItem

from .flow_rows import document_of
from .queries import numbers, signers


class SignerForm(forms.Form):
    """At 审核: whose signature is asked for; 上行文 and 重要公文 only offer the principal (条例第二十二条)."""

    signer = forms.ChoiceField(label="送谁签发", widget=forms.RadioSelect)

    def fill(self, item: WorkItem) -> None:
        """The posts that may sign the item's document, each with its holder."""
        document = document_of(item.instance)
        choices: list[tuple[str, str]] = []
        for one in signers.signing_posts(document):
            where = f"{one.post.organ.short_name} {one.post.title}"
            people = zip(one.officers, one.names, strict=True)
            choices += [(f"{one.post.pk}:{officer}", f"{name}（{where}）") for officer, name in people]
        field = self.fields["signer"]
        field.choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            field.initial = choices[0][0]
        if document.direction == "up" or document.important:
            field.help_text = "上行文和重要公文由主要负责人签发。"
        if not choices:
            field.help_text = f"{document.series.title}没有在任的签发人，请联系系统管理员核对发文代字的设置。"
        if item.origin == "rework":
            field.required = False


class NumberForm(forms.Form):
    """At 登记: the expected next number, or a reserved one; the year when the date is of last year."""

    number = forms.ChoiceField(label="发文字号", widget=forms.RadioSelect)
    year = forms.ChoiceField(label="编哪一年的号", required=False, widget=forms.RadioSelect)
    reason = forms.CharField(label="原因", required=False, max_length=200)

    def fill(self, item: WorkItem) -> None:
        """What the document's series offers now."""
        document = document_of(item.instance)
        offer = numbers.offered(document)
        number, year = self.fields["number"], self.fields["year"]
        number.choices = offer.choices  # type: ignore[attr-defined]
        number.initial = offer.choices[0][0]
        number.help_text = offer.help
        if offer.years:
            year.choices = [(str(one), f"{one}年") for one in offer.years]  # type: ignore[attr-defined]
            year.help_text = f"成文日期为{document.dated:%Y年%-m月%-d日}，与今年不是同一年，请选择并写明原因。"
        else:
            # Only the number is asked; the decision's page draws what is named in `extra`.
            self.extra = ("number",)
            del self.fields["year"], self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """A year of another year wants both answers."""
        cleaned = super().clean() or self.cleaned_data
        if "year" not in self.fields or str(cleaned.get("number", "")) != "next":
            return cleaned
        if not cleaned.get("year"):
            self.add_error("year", "请选择编哪一年的号。")
        if not str(cleaned.get("reason") or "").strip():
            self.add_error("reason", "请写明编号年份与成文日期不一致的原因。")
        return cleaned


class PlainForm(SafeFormMixin, forms.Form):
    """A button."""

    form_name = "documents.plain"
    form_title = "公文办理"


class CancelForm(SafeFormMixin, forms.Form):
    """撤销办理."""

    form_name = "documents.cancel"
    form_title = "撤销办理"
    reason = forms.CharField(
        label="撤销原因",
        min_length=2,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="随公文永久保存。",
    )


class ReserveForm(SafeFormMixin, forms.Form):
    """预留编号."""

    form_name = "documents.reserve_number"
    form_title = "预留编号"
    purpose = forms.CharField(label="用途", max_length=200, help_text="如：县政府常务会议纪要，待会后印发")
    until = forms.DateField(
        label="预留至", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="不填的，按最长期限预留；到期未用自动作废。",
    )  # fmt: skip

    def clean_until(self) -> Any:
        """Not before today."""
        until = self.cleaned_data["until"]
        if until and until < clock.today():
            raise ValidationError("预留期限不能早于今天。")
        return until


class VoidForm(SafeFormMixin, forms.Form):
    """作废."""

    form_name = "documents.void_number"
    form_title = "编号作废"
    reason = forms.CharField(label="作废原因", max_length=120, widget=forms.Textarea(attrs={"rows": 2}))
    approved_by = forms.CharField(label="批准人", max_length=40, help_text="同意作废的负责人姓名")
