"""Nobody overwrites another unseen: the version of a record, and both texts side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.db import models

from taihe.ground import clock
from taihe.ground.errors import StaleVersion

EMPTY = "（空）"


def check_version(row: models.Model, posted: int | None, what: str = "") -> None:
    """Compare a locked row's `version` with the one its form was opened on.

    Raises StaleVersion, naming the record as `what` or by its own name.  A form that brings no
    version for a row that has one is stale as well.
    """
    if posted != getattr(row, "version", None):
        raise StaleVersion(what=what or f"{row._meta.verbose_name}“{row}”")


@dataclass(frozen=True)
class Difference:
    """One field in which the record, as another person left it, differs from what was typed."""

    label: str
    theirs: str
    yours: str


def differences(form: forms.BaseForm, current: models.Model | Mapping[str, Any]) -> list[Difference]:
    """The fields of a bound form whose typed value is not that of the current record."""
    found = []
    for bound in form:
        theirs = field_of(current, bound.name, _UNKNOWN)
        if theirs is _UNKNOWN:
            continue
        typed = form.cleaned_data.get(bound.name, bound.value())
        one = Difference(str(bound.label), shown(bound.field, theirs), shown(bound.field, typed))
        if one.theirs != one.yours:
            found.append(one)
    return found


_UNKNOWN = object()


def field_of(current: models.Model | Mapping[str, Any], name: str, default: Any = None) -> Any:
    """A value of the current record, given as a row or as a mapping."""
    return current.get(name, default) if isinstance(current, Mapping) else getattr(current, name, default)


def shown(field: forms.Field, value: Any) -> str:
    """A field's value in words: choices by their names, moments on the county's clock."""
    if isinstance(value, models.Manager):
        value = value.all()
    if isinstance(value, (list, tuple, set, models.QuerySet)):
        return "、".join(shown(field, one) for one in value) or EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{clock.local(value):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or value == "":
        return EMPTY
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        return dict(_flat(choices)).get(str(value), str(value))
    return str(value)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from _flat(label)
        else:
            yield str(value), str(label)
