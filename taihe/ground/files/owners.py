"""Who may open what: each module answers for the attachments of its own records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from taihe.ground.actor import Actor

if TYPE_CHECKING:
    from .models import Attachment

Authoriser = Callable[[Actor, "Attachment"], bool]


class Owner(NamedTuple):
    """The record a file belongs to: a registered type and the record's id as text."""

    type: str
    id: str


@dataclass(frozen=True)
class Keeper:
    """A module's answer for one type of owner; `audited`: whether each opening leaves an audit entry."""

    may_open: Authoriser
    audited: bool


_keepers: dict[str, Keeper] = {}


def register_authoriser(owner_type: str, may_open: Authoriser, *, audited: bool = True) -> None:
    """Register, at start-up, who may open the attachments of a type of record, e.g. ``people.import``.

    `audited=False` only for what everybody on the page sees anyway (a portrait in a list).
    """
    if owner_type in _keepers:
        raise RuntimeError(f"owner type {owner_type} is registered twice")
    _keepers[owner_type] = Keeper(may_open, audited)


def keeper_of(owner_type: str) -> Keeper | None:
    """The answer for a type, or None: then nobody may open it."""
    return _keepers.get(owner_type)


def require_registered(owner_type: str) -> None:
    """A programming error otherwise: what nobody can open must not be attached."""
    if owner_type not in _keepers:
        raise RuntimeError(f"owner type {owner_type} has no authoriser")
