"""Choosing people and organs.

Plain controls that work as they are: a list grouped by organ, or boxes grouped the same way.  The
script adds a search field above them that finds by name, organ or the first letters of the pinyin.
For very long lists give `source`: an address that answers ``?q=`` with ``<option>`` lines.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import forms


@lru_cache(maxsize=8192)
def initials(text: str) -> str:
    """First letters of the pinyin: 李晓明 → lxm."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes 0.3 s: most processes never spell a name

    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()


class _Findable(forms.widgets.ChoiceWidget):
    """Adds to every choice the letters by which it is found."""

    source: str
    placeholder: str

    def __init__(
        self,
        attrs: dict[str, Any] | None = None,
        choices: Any = (),
        *,
        source: str = "",
        placeholder: str = "输入名称或拼音首字母查找",
    ) -> None:
        super().__init__(attrs, choices)
        self.source, self.placeholder = source, placeholder

    def create_option(self, name: str, value: Any, label: int | str, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The choice with its letters."""
        option: dict[str, Any] = super().create_option(name, value, label, *args, **kwargs)
        option["attrs"]["data-find"] = initials(str(label))
        return option

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Template values with the search field's own."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["source"], context["placeholder"] = self.source, self.placeholder
        return context


class PickOne(_Findable, forms.Select):
    """One person or organ out of a list."""

    template_name = "gov/widgets/pick_one.html"


class PickMany(_Findable, forms.CheckboxSelectMultiple):
    """Several persons or organs, by ticking boxes grouped by organ."""

    template_name = "gov/widgets/pick_many.html"
