"""What every action here begins and ends with: a locked row of the expected version, and its next version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing, StaleVersion

from ..errors import AlreadyDecided, SamePerson, WrongOrganState
from ..models import Organ, OrganStatus, TwoPersons
from ..search import touched

M = TypeVar("M", bound=models.Model)


def lock(model: type[M], pk: int | None, version: int | None, what: str) -> M:
    """The row, locked until the action ends.

    Raises Missing, or StaleVersion when a form's version is given and the row has moved on.
    """
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if row is None:
        raise Missing(what=what)
    if version is not None and getattr(row, "version", version) != version:
        raise StaleVersion(what=what)
    return row


def lock_open_organ(pk: int | None, version: int | None, verb: str) -> Organ:
    """An organ that stands, locked.  Raises Missing, StaleVersion or WrongOrganState."""
    organ = lock(Organ, pk, version, "该机构")
    if organ.status != OrganStatus.ACTIVE:
        raise WrongOrganState(name=organ.name, status=organ.get_status_display(), verb=verb)
    return organ


def keep(row: models.Model, fields: Iterable[str]) -> None:
    """Store the named fields under the next version; the search follows after the commit."""
    names = [*fields]
    if hasattr(row, "version"):
        row.version += 1
        names.append("version")
    row.save(update_fields=names)
    touched(row)


def check_fields(row: models.Model, *, skip: Iterable[str] = ()) -> None:
    """Lengths, choices and formats as the model states them; raises BadInput with the first fault in words."""
    from django.core.exceptions import ValidationError

    try:
        row.clean_fields(exclude=set(skip))
    except ValidationError as bad:
        name, messages = next(iter(bad.message_dict.items()))
        raise BadInput(what=f"{row._meta.get_field(name).verbose_name}：{messages[0]}") from bad  # type: ignore[union-attr]


def text(value: str, what: str, least: int = 1) -> str:
    """Trimmed text of at least `least` characters; raises BadInput."""
    trimmed = " ".join(value.split())
    if len(trimmed) < least:
        raise BadInput(what=f"请填写{what}" + (f"（不少于{least}个字）。" if least > 1 else "。"))
    return trimmed


def named(actor: Actor) -> str:
    """The actor's name, or 「B代A」, as the copies in our rows keep it."""
    return str(actor)[:80]


def ask(row: TwoPersons, actor: Actor, reason: str) -> None:
    """Write down who asks, and why (not saved)."""
    row.requested_by, row.requested_by_name = actor.person_id, named(actor)
    row.requested_at, row.reason = clock.now(), reason


def decide(row: TwoPersons, actor: Actor, note: str, *, what: str, concerned: Iterable[Any] = ()) -> list[str]:
    """Write down who decided (not saved); returns the fields to save.

    `concerned` are the person ids of those the request is about.  Raises AlreadyDecided when it no
    longer waits, SamePerson when the decider asked for it or is concerned.
    """
    status = row.status  # type: ignore[attr-defined]
    if status != "requested":
        raise AlreadyDecided(what=what, status=row.get_status_display(), verb="审批")  # type: ignore[attr-defined]
    if actor.person_id == row.requested_by:
        raise SamePerson(what=what, who="申请人")
    if actor.person_id in {str(one) for one in concerned}:
        raise SamePerson(what=what, who="当事人")
    row.approved_by, row.approved_by_name = actor.person_id, named(actor)
    row.approved_at, row.decision_note = clock.now(), note
    return ["approved_by", "approved_by_name", "approved_at", "decision_note", "status"]
