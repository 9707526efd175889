"""What lists are searched by; all of it stands in the address."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import OrganKind, OrganSystem
from ..queries import pages


def _search(label: str, placeholder: str) -> forms.CharField:
    box = forms.TextInput(attrs={"type": "search", "placeholder": placeholder})
    return forms.CharField(label=label, required=False, max_length=60, widget=box)


class OrganFilter(forms.Form):
    """Which organs the tree shows, and as of which day."""

    q = _search("名称", "名称、拼音或代码")
    system = forms.ChoiceField(label="系统", required=False, choices=[("", "全部系统"), *OrganSystem.choices])
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部类别"), *OrganKind.choices])
    township = forms.ChoiceField(label="乡镇", required=False)
    on = forms.DateField(label="截至", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(str(one.pk), one.short_name) for one in pages.townships()]
        self.fields["township"].choices = [("", "县直和全部乡镇"), *own]  # type: ignore[attr-defined]


class BookFilter(forms.Form):
    """Whom the address book shows."""

    q = _search("查找", "姓名、拼音、单位、岗位或完整手机号")
    organ = forms.IntegerField(required=False, widget=forms.HiddenInput)
    letter = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
