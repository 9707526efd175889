"""The one form: a PDF."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from taihe.ground.rules import rule

MB = 1024 * 1024


class VerifyForm(forms.Form):
    """A PDF to check.  It changes nothing, so it carries no one-time key and needs no session."""

    file = forms.FileField(
        label="选择要核验的 PDF 文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={
            "required": "请先选择文件。",
            "empty": "这个文件是空的，请重新选择。",
            "max_length": "文件名太长，请改短后再试。",
        },
        max_length=200,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "file"
        ].help_text = f"不超过 {rule('seals.verify_mb')} MB；请用收到的原文件，不要用照片、扫描件或另存的文件"

    def clean_file(self) -> UploadedFile[bytes]:
        """A PDF of a size that can be checked."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > rule("seals.verify_mb") * MB:
            raise ValidationError(f"文件超过 {rule('seals.verify_mb')} MB，不能在网上核验。")
        if not file.read(1024).lstrip().startswith(b"%PDF-"):
            raise ValidationError("这不是 PDF 文件。照片、扫描件和文字处理软件的文件上没有电子印章签名，不能核验。")
        file.seek(0)
        return file
