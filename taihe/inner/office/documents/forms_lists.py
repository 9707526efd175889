"""What lists of documents are narrowed down by; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from taihe.ground import clock

from .access import DOCUMENT, INCOMING
from .models.document import Genre
from .queries.lists import Wanted
from .queries.searching import Asked
from .states import IncomingState, State

YEARS_BACK = 15
GENRES = [("", "全部文种"), *((one, one) for one in Genre.values)]
SORTS = (("", "按相关程度"), ("new", "按时间"))


def years() -> list[tuple[int, str]]:
    """The years one may choose, this one first."""
    this_year = clock.today().year
    return [(year, f"{year}年") for year in range(this_year, this_year - YEARS_BACK, -1)]


class ListFilter(forms.Form):
    """Conditions of the list; what makes no sense narrows nothing."""

    q = forms.CharField(
        label="标题或文号", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "标题或文号中的几个字"}),
    )  # fmt: skip
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部状态"), *State.choices])
    genre = forms.ChoiceField(label="文种", required=False, choices=GENRES)
    year = forms.TypedChoiceField(label="年份", required=False, coerce=int, empty_value=None)
    organ = forms.TypedChoiceField(label="发文机关", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, issuers: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "全部年份"), *years()]  # type: ignore[attr-defined]
        if len(issuers) < 2:
            del self.fields["organ"]
        else:
            self.fields["organ"].choices = [("", "全部机关"), *issuers]  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """The conditions asked for."""
        if not self.is_bound:
            return Wanted()
        self.is_valid()
        told = self.cleaned_data
        return Wanted(
            text=(told.get("q") or "").strip(),
            state=told.get("state") or "",
            genre=told.get("genre") or "",
            year=told.get("year") or 0,
            organ=told.get("organ") or 0,
        )


class SearchForm(forms.Form):
    """What is sought in the full texts."""

    q = forms.CharField(
        label="检索词", required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "标题、文号、正文中的词"}),
    )  # fmt: skip
    genre = forms.ChoiceField(label="文种", required=False, choices=GENRES)
    year = forms.TypedChoiceField(label="年份", required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(label="状态", required=False)
    organ = forms.ChoiceField(label="发文机关", required=False)
    sort = forms.ChoiceField(label="排序", required=False, choices=SORTS)

    def __init__(self, *args: Any, issuers: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = dict([*State.choices, *IncomingState.choices])
        self.fields["year"].choices = [("", "全部年份"), *years()]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", "全部状态"), *states.items()]  # type: ignore[attr-defined]
        self.fields["organ"].choices = [("", "全部机关"), *issuers]  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What is asked for; what makes no sense narrows nothing."""
        if not self.is_bound:
            return Asked()
        self.is_valid()
        told = self.cleaned_data
        return Asked(
            text=(told.get("q") or "").strip(),
            kind=self.data.get("kind", "") if self.data.get("kind") in (DOCUMENT, INCOMING) else "",
            genre=told.get("genre") or "",
            year=told.get("year") or 0,
            state=told.get("state") or "",
            organ=told.get("organ") or "",
            newest_first=told.get("sort") == "new",
        )
