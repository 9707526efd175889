"""Forms of the import: the file, and the go-ahead once every row is right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.rules import rule

from ..importing import Table

_SALT = "taihe.people.import"


def pack(table: Table) -> str:
    """A table as the page carries it from the check to the go-ahead: signed, so that nothing changes on the way."""
    rows = [[number, dict(row)] for number, row in table.rows]
    said = [list(table.columns), rows, table.digest, table.file_name]
    return signing.dumps(said, salt=_SALT, compress=True)


def unpack(text: str) -> Table:
    """The table back.  Raises signing.BadSignature for anything this system did not pack."""
    columns, rows, digest, file_name = signing.loads(text, salt=_SALT)
    return Table(tuple(columns), tuple((number, row) for number, row in rows), digest, file_name)


class UploadForm(SafeFormMixin, forms.Form):
    """The file to be checked."""

    form_title = "批量导入"
    file = forms.FileField(label="文件", widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        size, rows = rule("people.import_max_bytes") // 1_048_576, rule("people.import_max_rows")
        self.fields["file"].help_text = f"CSV 或 .xlsx，不超过 {size} MB、{rows} 行。请勿上传涉密文件。"


class PackedForm(SafeFormMixin, forms.Form):
    """The checked table, carried along."""

    form_title = "批量导入"
    never_parked = ("packed",)
    packed = forms.CharField(widget=forms.HiddenInput)

    def clean_packed(self) -> Table:
        """The table itself."""
        try:
            return unpack(self.cleaned_data["packed"])
        except signing.BadSignature as bad:
            raise forms.ValidationError("核对过的内容不完整，请重新上传文件。") from bad
