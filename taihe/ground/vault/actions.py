"""The only way to plain personal data: for a registered purpose, by a known actor, with an audit entry."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed

from .errors import PurposeUnfit
from .fields import blind_indexes, vault_fields
from .kinds import KINDS
from .purposes import Purpose, find_purpose
from .sealed import Sealed, zone_vault

# Rows named in one audit entry; a longer list leaves several entries.
_ROWS_PER_ENTRY = 200


def _where(value: Sealed) -> str:
    """Field and row, so that the record of a refusal tells whose data was asked for."""
    return f"{value.field} {value.subject}".strip()


def _guard(actor: Actor, value: Sealed, reason: Purpose) -> None:
    if value.kind not in reason.kinds:
        raise PurposeUnfit(title=reason.title, kind=KINDS[value.kind].title, where=_where(value))
    if reason.allowed is not None and not reason.allowed(actor, value):
        raise NotAllowed(what=f"{reason.title}：查看{KINDS[value.kind].title}（{_where(value)}）")


@action("vault.reveal")
def reveal(actor: Actor, value: Sealed, *, purpose: str, note: str = "") -> str:
    """The plain text of one value, for a registered purpose; `note` is kept in the audit as given.

    Raises UnknownPurpose, PurposeUnfit, NotAllowed, VaultTampered or VaultKeyLost; every attempt
    is recorded.
    """
    return _reveal(actor, [value], purpose, note)[0]


@action("vault.reveal")
def reveal_all(actor: Actor, values: Sequence[Sealed], *, purpose: str, note: str = "") -> list[str]:
    """The plain texts of many values in the same order, all or none; the audit names every row."""
    return _reveal(actor, values, purpose, note)


def _reveal(actor: Actor, values: Sequence[Sealed], purpose: str, note: str) -> list[str]:
    reason = find_purpose(purpose)
    for value in values:
        _guard(actor, value, reason)
    plain = [value._open() for value in values]
    by_field: dict[str, list[Sealed]] = {}
    for value in values:
        by_field.setdefault(value.field, []).append(value)
    if not by_field:
        record(("vault", "", reason.title), detail={"purpose": purpose, "count": 0, "note": note})
    for field, group in by_field.items():
        for start in range(0, len(group), _ROWS_PER_ENTRY):
            _record(field, group[start : start + _ROWS_PER_ENTRY], reason, note)
    return plain


def _record(field: str, group: Sequence[Sealed], reason: Purpose, note: str) -> None:
    rows = [value.subject for value in group]
    record(
        (field.rpartition(".")[0], rows[0] if len(rows) == 1 else "", KINDS[group[0].kind].title),
        detail={"purpose": reason.key, "title": reason.title, "field": field, "rows": rows, "note": note},
    )


@action("vault.reseal")
def reseal_batch(actor: Actor, model: type[models.Model], *, after: object = None, limit: int = 200) -> object:
    """Bring up to `limit` rows, in order of their number, under the active keys.

    Returns the last row's number to go on `after`, None when the table is done.  Values that do not
    open stop the batch with their error; nothing of it is kept.
    """
    rows = model._base_manager.select_for_update(of=("self",)).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    batch = list(rows[:limit])
    changed = sum(_reseal_row(row) for row in batch)
    record((model._meta.label_lower, "", "换用新密钥"), detail={"rows": len(batch), "changed": changed})
    return batch[-1].pk if len(batch) == limit else None


def _reseal_row(row: models.Model) -> bool:
    vault, names = zone_vault(), set()
    for field in vault_fields(type(row)):
        value: Sealed | None = getattr(row, field.attname)
        indexes = [getattr(row, one.attname) for one in blind_indexes(type(row)) if one.source == field.name]
        if value and not (vault.is_current(value.token) and all(map(vault.is_current_blind, indexes))):
            setattr(row, field.attname, value._sealed_for(field.row_of(row), str(row.pk)))
            names.add(field.name)
    if names:
        row.save(update_fields=names)
    return bool(names)


def reseal(actor: Actor, model: type[models.Model], *, limit: int = 200) -> int:
    """After a rotation: bring a whole table under the active keys, in short transactions; returns batches."""
    batches, after = 0, None
    while True:
        after = reseal_batch(actor, model, after=after, limit=limit)
        batches += 1
        if after is None:
            return batches
