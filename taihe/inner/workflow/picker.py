"""Choosing the people and posts a matter goes to, among thousands, on a page of a few kilobytes.

Typing finds by name, letters of the pinyin, post or organ; without scripts the button 查找 sends the
form and the same page comes back with what was found.  Chosen ones stay chosen while one goes on
looking.  A value is ``a<appointment>`` (a person in a post) or ``p<post>`` (whoever holds the post).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse_lazy
from django.utils.safestring import SafeString

from taihe.inner.people.models import Appointment
from taihe.inner.people.queries import address_book, pages

from .registry import Signer

FIND = "find"
SHOWN = 30
MOST = 60
_VALUE = re.compile(r"^([ap])(\d{1,18})$")


@dataclass(frozen=True)
class Candidate:
    """One line of the picker: what is sent, who it is, and where they sit."""

    value: str
    name: str
    seat: str

    @property
    def label(self) -> str:
        """Name and seat in one line."""
        return f"{self.name}（{self.seat}）"


def _person(one: Appointment) -> Candidate:
    return Candidate(f"a{one.pk}", one.officer.name, f"{one.post.organ.short_name} {one.post.title}")


def _post(one: Appointment) -> Candidate:
    return Candidate(f"p{one.post_id}", f"{one.post.title}（任一在岗人员）", one.post.organ.short_name)


def search(text: str, organ: str = "") -> tuple[list[Candidate], bool]:
    """Who fits the words, or, without words, who sits in one organ (its code); and whether there are more.

    A post with several holders is offered itself, too, to whoever of them is free (候选岗位).
    """
    found = address_book(text=text) if text.strip() else address_book().filter(post__organ__code=organ)
    rows = list(found[: SHOWN + 1])
    shown: list[Candidate] = []
    for place, one in enumerate(rows[:SHOWN]):
        neighbours = [rows[at].post_id for at in (place - 1, place + 1) if 0 <= at < len(rows)]
        if neighbours.count(one.post_id) and (place == 0 or rows[place - 1].post_id != one.post_id):
            shown.append(_post(one))
        shown.append(_person(one))
    return shown, len(rows) > SHOWN


def chosen(values: Sequence[str]) -> list[tuple[Candidate, Signer]]:
    """What stands behind the values, in their order (≤ 2 queries); those no longer in office are left out."""
    parsed = [(match[1], int(match[2])) for match in map(_VALUE.match, dict.fromkeys(values)) if match]
    seated = {one.pk: one for one in pages.seated(appointments=[pk for kind, pk in parsed if kind == "a"])}
    manned = {one.post_id: one for one in pages.seated(posts=[pk for kind, pk in parsed if kind == "p"])}
    known = []
    for kind, pk in parsed:
        one = (seated if kind == "a" else manned).get(pk)
        if one is None:
            continue
        officer = one.officer_id if kind == "a" else None
        known.append((_person(one) if kind == "a" else _post(one), Signer(one.post_id, officer)))
    return known


def options(name: str, many: bool, values: Sequence[str], text: str, organ: str) -> dict[str, Any]:
    """What the list of the picker is drawn with."""
    picked = [candidate for candidate, _ in chosen(values[:MOST])]
    found, more = search(text, organ)
    taken = {one.value for one in picked}
    return {
        "name": name,
        "many": many,
        "picked": picked,
        "found": [one for one in found if one.value not in taken],
        "more": more,
        "text": text.strip(),
    }


class SignerWidget(forms.Widget):
    """A search field over the list of those found; boxes, or one out of many."""

    use_fieldset = True
    template_name = "inner_workflow/_picker.html"

    def __init__(self, *, many: bool, organ: str = "") -> None:
        super().__init__()
        self.many, self.organ, self.text = many, organ, ""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """The chosen values; the words looked for are remembered for drawing."""
        self.text = str(data.get(f"{name}_find", ""))[:60]
        return data.getlist(name) if isinstance(data, QueryDict) else list(data.get(name) or [])

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Nothing ticked sends nothing, which is still an answer."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: BaseRenderer | None = None) -> SafeString:
        """The whole picker."""
        known = options(name, self.many, value or [], self.text, self.organ)
        known |= {"id": (attrs or {}).get("id", f"id_{name}"), "source": reverse_lazy("workflow:people")}
        return render_to_string(self.template_name, known)


class SignersField(forms.Field):
    """People or posts to send something to; cleaned to a list of Signers, never empty when required."""

    widget: SignerWidget

    def __init__(self, label: str, *, many: bool = True, required: bool = True, help_text: str = "") -> None:
        super().__init__(label=label, required=required, help_text=help_text, widget=SignerWidget(many=many))
        self.many = many

    def clean(self, value: Any) -> list[Signer]:
        """The signers.  Raises ValidationError for none, too many, or one no longer in office."""
        values = list(dict.fromkeys(value or []))
        if self.required and not values:
            raise ValidationError("请先查找，再勾选人员或岗位。" if self.many else "请先查找，再选择一人。")
        if len(values) > (MOST if self.many else 1):
            raise ValidationError(f"一次最多选择 {MOST} 人。" if self.many else "只能选择一人。")
        known = chosen(values)
        if len(known) != len(values):
            raise ValidationError("所选的人员或岗位已不在任，请重新选择。")
        return [signer for _, signer in known]
