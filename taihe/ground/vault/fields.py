"""Columns for personal data.

A model with vault fields inherits `VaultRow` and reads::

    class Person(VaultRow):
        phone = VaultField(kind="phone", verbose_name="手机号")
        phone_index = BlindIndex("phone")

    person.phone = "199 0000 0001"          # sealed by save()
    str(person.phone)                       # ●●●●
    Person.objects.filter(phone_index=blind("phone", "19900000001"))

Each ciphertext is bound to field and row, so a value moved to another row or column does not open.
The row's own number is not known before the row is written, so the bond is to `vault_id`, a number
drawn when the object is made; whoever moves `vault_id` together with the values has moved the
person, which the seal cannot tell from moving the name beside it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.core import checks
from django.db import models
from django.db.models.lookups import Exact
from django.db.models.query_utils import DeferredAttribute

from .kinds import DOTS, KINDS
from .sealed import Sealed, zone_vault

if TYPE_CHECKING:
    _Text = models.TextField[str | Sealed | None, Sealed]
    _Char = models.CharField[str, str]
    _Exact = Exact[Any]
else:
    _Text, _Char, _Exact = models.TextField, models.CharField, Exact


class VaultRow(models.Model):
    """Base of every model with vault fields."""

    vault_id = models.UUIDField(
        "保险库行号", default=uuid.uuid4, unique=True, editable=False, help_text="加密内容与本行的绑定，不得改动"
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save; a blind index is always written together with its field."""
        if update_fields is not None:
            asked = set(update_fields)
            update_fields = asked | {one.name for one in blind_indexes(type(self)) if one.source in asked}
        super().save(*args, update_fields=update_fields, **kwargs)


class _SealedAttribute(DeferredAttribute):
    """Turns what is assigned into a `Sealed`, and gives it out bound to its row."""

    field: VaultField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if not isinstance(value, Sealed):
            return value
        row = self.field.row_of(instance)
        return value.bound_to(row, str(instance.pk or "")) if value.row in ("", row) else value

    def __set__(self, instance: Any, value: str | Sealed | None) -> None:
        if isinstance(value, str):
            if DOTS[0] in value:
                raise ValueError(f"{self.field.name}: a masked value cannot be stored in place of the real one")
            value = Sealed.pending(self.field.kind, self.field.context, value)
        elif value is not None and not isinstance(value, Sealed):
            raise TypeError(f"{self.field.name} takes text, not {type(value).__name__}")
        instance.__dict__[self.field.attname] = value


class VaultFormField(forms.CharField):
    """Never shows the stored value: the box is empty, and an empty box keeps what is stored."""

    def prepare_value(self, value: Any) -> Any:
        return "" if isinstance(value, Sealed) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class VaultField(_Text):
    """Text encrypted with the zone's key; `kind` (see kinds.py) decides spelling and mask.

    `context` keeps the old name (``label.field``) when a model or field is renamed, since it is
    bound into every stored value.
    """

    descriptor_class = _SealedAttribute

    def __init__(self, *args: Any, kind: str, context: str = "", **kwargs: Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"unknown kind of personal data: {kind}")
        self.kind, self._context = kind, context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["kind"] = self.kind
        if self._context:
            kwargs["context"] = self._context
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not _has_row(self.model):
            found.append(
                checks.Error("A model with vault fields must inherit VaultRow.", obj=self, id="ground_vault.E001")
            )
        if self.unique or getattr(self, "db_index", False):
            found.append(
                checks.Error("Ciphertext cannot be indexed; add a BlindIndex.", obj=self, id="ground_vault.E002")
            )
        return found

    @property
    def context(self) -> str:
        """The name bound into every stored value."""
        return self._context or f"{self.model._meta.label_lower}.{self.name}"

    def row_of(self, instance: models.Model) -> str:
        """The row number bound into a stored value."""
        return str(instance.vault_id)  # type: ignore[attr-defined]

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(self.kind, self.context, token=value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed | None:
        """Seal what was assigned, and re-seal what came from another row."""
        value: Sealed | None = model_instance.__dict__.get(self.attname)
        if value is None:
            return None
        row = self.row_of(model_instance)
        foreign = value.token and value.row and (value.field, value.row) != (self.context, row)
        if value.is_pending or foreign:
            value = self._adopted(value)._sealed_for(row, str(model_instance.pk or ""))
            setattr(model_instance, self.attname, value)
        return value

    def _adopted(self, value: Sealed) -> Sealed:
        """A value of another field, as one of this field waiting to be sealed."""
        if value.field == self.context:
            return value
        return Sealed.pending(self.kind, self.context, value._open())

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else super().to_python(value)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value or "" if isinstance(value, Sealed) else value, model_instance)

    def run_validators(self, value: Any) -> None:
        """Validators see what was typed; what is stored already passed them."""
        if isinstance(value, Sealed):
            value = value._open() if value.is_pending else None
        super().run_validators(value)

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} holds ciphertext: assign and save() to write, look up by its BlindIndex")
        if value.is_pending:
            raise TypeError(f"{self.name} is not sealed yet: write it by save() or bulk_create()")
        return value.token

    def get_lookup(self, lookup_name: str) -> Any:
        """Only ``isnull`` and ``exact`` (empty, or the very same ciphertext) mean anything."""
        return super().get_lookup(lookup_name) if lookup_name in ("isnull", "exact", "in") else None

    def value_to_string(self, obj: models.Model) -> str:
        """Serialisers see dots: a dump of rows is no way around the vault."""
        return str(self.value_from_object(obj) or "")

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": VaultFormField, "widget": forms.TextInput, **kwargs})

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        """An empty box keeps what is stored; clearing is said by None."""
        if data != "" or not getattr(instance, self.attname):
            super().save_form_data(instance, data)


class BlindIndex(_Char):
    """Keyed digest of a vault field's value, for exact look-ups and uniqueness; filled by save()."""

    def __init__(self, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs = {"max_length": 40, "default": "", "blank": True, "editable": False, "db_index": True, **kwargs}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, [self.source, *args], kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        names = {one.name for one in self.model._meta.concrete_fields if isinstance(one, VaultField)}
        if self.source not in names:
            found.append(
                checks.Error(f"{self.source} is no vault field of this model.", obj=self, id="ground_vault.E003")
            )
        return found

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The digest of what the source holds now; unchanged when the source is."""
        source: Sealed | None = model_instance.__dict__.get(self.source)
        index = self._index_of(source, getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, index)
        return index

    def _index_of(self, source: Sealed | None, stored: str) -> str:
        if not source:
            return ""
        if source._index is not None:  # sealed a moment ago
            return source._index
        if source.is_pending or source.row:  # not yet sealed, or assigned from another object
            kind = self.model._meta.get_field(self.source).kind  # type: ignore[union-attr]
            return zone_vault().blind(kind, source._open())
        return stored  # as fetched from the database together


class Blind(str):
    """An index value to look up, with the same value under index keys that are being replaced."""

    others: tuple[str, ...] = ()


def blind(kind: str, value: str) -> Blind:
    """What to compare a `BlindIndex` with: ``filter(phone_index=blind("phone", "199 0000 0001"))``.

    An empty value finds nothing.
    """
    if not KINDS[kind].spell(value):
        return Blind("none")
    active, *others = zone_vault().blinds(kind, value)
    made = Blind(active)
    made.others = tuple(others)
    return made


@BlindIndex.register_lookup
class _BlindExact(_Exact):
    """Equality that also finds rows whose index was computed with an older key."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not isinstance(self.rhs, Blind) or not self.rhs.others:
            return super().as_sql(compiler, connection)
        left, params = self.process_lhs(compiler, connection)
        candidates = [str(self.rhs), *self.rhs.others]
        return f"{left} IN ({', '.join(['%s'] * len(candidates))})", [*params, *candidates]


def _has_row(model: type[models.Model]) -> bool:
    return any(one.name == "vault_id" for one in model._meta.concrete_fields)


def vault_fields(model: type[models.Model]) -> list[VaultField]:
    """The vault fields of a model."""
    return [one for one in model._meta.concrete_fields if isinstance(one, VaultField)]


def blind_indexes(model: type[models.Model]) -> list[BlindIndex]:
    """The blind indexes of a model."""
    return [one for one in model._meta.concrete_fields if isinstance(one, BlindIndex)]
