"""Fields that many forms of this module share."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from taihe.ground.ui.widgets import PickOne

from ..catalogue import county_catalogue
from ..queries import pages

Groups = Iterable[tuple[str, list[tuple[str, str]]]]


def day(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    """A whole day of the county's calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def basis(label: str = "依据") -> forms.CharField:
    """The paper that ordered it."""
    return forms.CharField(label=label, required=False, max_length=200, help_text="批准文件的名称和文号。")


def reason(label: str, *, required: bool = True, help_text: str = "不少于 4 个字，随记录保存。") -> forms.CharField:
    """Why, in a few words."""
    box = forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=label, required=required, max_length=200, widget=box, help_text=help_text)


class PickField(forms.TypedChoiceField):
    """One organ, post or officer by number, out of groups; empty is None."""

    def __init__(self, label: str, *, required: bool = True, empty: str = "请选择", help_text: str = "") -> None:
        self.empty = empty
        super().__init__(
            label=label, required=required, help_text=help_text, widget=PickOne(), coerce=int, empty_value=None
        )

    def offer(self, groups: Groups) -> None:
        """Set what may be chosen."""
        self.choices = [("", self.empty), *groups]


def offer_organs(form: forms.BaseForm, *names: str, paths: tuple[str, ...] = ("",)) -> None:
    """Let the named fields choose among the organs below the paths (1 query for each different set)."""
    groups = pages.organ_choices(paths)
    for name in names:
        field = form.fields[name]
        assert isinstance(field, PickField)  # noqa: S101  a form of ours
        field.offer(groups)


def duty_choices() -> list[tuple[str, str]]:
    """The duties a post may have, by the county's roles.yaml."""
    return list(county_catalogue().duties.items())
