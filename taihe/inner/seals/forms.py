"""Forms of seals: issuing, stopping, destroying, and a file to check."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.rules import rule
from taihe.inner.people.forms.fields import PickField, day, offer_organs, reason

from .actions.issuing import LONGEST_NAME
from .models import SealKind


class IssueForm(SafeFormMixin, forms.Form):
    """制发印章."""

    form_name = "seals.issue"
    form_title = "制发印章"
    organ = PickField("用印单位", help_text="限您备案范围内的单位")
    title = forms.CharField(
        label="印章名称",
        max_length=LONGEST_NAME,
        help_text="印面文字，须与公文署名一致；一般为单位全称",
    )
    kind = forms.ChoiceField(label="种类", choices=SealKind.choices, initial=SealKind.OFFICIAL)
    width_mm = forms.DecimalField(label="直径（毫米）", min_value=20, max_value=60, max_digits=4, decimal_places=1)
    valid_from = day("启用日期", required=True)
    valid_to = day("截止日期", help_text="不填为长期")
    basis = forms.CharField(label="制发依据", max_length=200, help_text="批准制发的文件名称和文号")

    def __init__(self, *args: Any, paths: tuple[str, ...], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_organs(self, "organ", paths=paths)
        self.fields["width_mm"].initial = rule("seals.width_mm")
        self.fields["valid_from"].initial = today

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", "截止日期早于启用日期。")
        return cleaned


class ReasonForm(SafeFormMixin, forms.Form):
    """Why a seal is stopped, taken into use again, or to be destroyed."""

    form_name = "seals.reason"
    form_title = "印章状态变更"
    reason = reason("原因")


class EmptyForm(SafeFormMixin, forms.Form):
    """Nothing but the button."""

    form_name = "seals.confirm"
    form_title = "印章办理"


class UseFilter(forms.Form):
    """What the register of uses is searched by."""

    q = forms.CharField(
        label="查找", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "文号、事由、印章或用印人"}),
    )  # fmt: skip
    organ = forms.ChoiceField(label="用印单位", required=False)
    first = day("自")
    last = day("至")

    def __init__(self, *args: Any, organs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organ"].choices = [("", "全部单位"), *organs]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        """The conditions; what makes no sense is left out."""
        if not self.is_bound:
            return {}
        self.is_valid()
        known = self.cleaned_data
        return {
            "text": (known.get("q") or "").strip(),
            "organ": known.get("organ") or "",
            "first": known.get("first"),
            "last": known.get("last"),
        }


class VerifyForm(SafeFormMixin, forms.Form):
    """A PDF to check; it is not kept."""

    form_name = "seals.verify"
    form_title = "文件核验"
    file = forms.FileField(label="PDF 文件", widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = f"PDF 格式，不超过 {rule('seals.verify_mb')} MB。文件只用于本次核验，不保存"

    def clean_file(self) -> UploadedFile[bytes]:
        """A PDF of a size that can be checked."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > rule("seals.verify_mb") * 1024 * 1024:
            raise ValidationError(f"文件超过 {rule('seals.verify_mb')} MB，请上传正文文件本身。")
        if not file.read(1024).lstrip().startswith(b"%PDF-"):
            raise ValidationError("这不是 PDF 文件。请上传带有电子印章的 PDF 原文件，不要上传照片、扫描件或压缩包。")
        file.seek(0)
        return file
