"""Why personal data may be opened: each module registers its purposes, and nothing is opened without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from taihe.ground.actor import Actor

from .errors import UnknownPurpose
from .kinds import KINDS
from .sealed import Sealed


@dataclass(frozen=True)
class Purpose:
    """One reason: its name on screens and in the audit, the kinds it may open, and who may use it."""

    key: str
    title: str
    kinds: frozenset[str]
    allowed: Callable[[Actor, Sealed], bool] | None


_purposes: dict[str, Purpose] = {}


def register_purpose(
    key: str,
    *,
    title: str,
    kinds: Iterable[str] | None = None,
    allowed: Callable[[Actor, Sealed], bool] | None = None,
) -> Purpose:
    """Make a purpose known at start: ``register_purpose("people.contact", title="联系本人")``.

    `kinds` limits what it may open (default: any kind); `allowed` is asked for every value, besides
    whatever permission the calling action has checked.  A key registered twice is a start-up error.
    """
    wanted = frozenset(KINDS if kinds is None else kinds)
    if unknown := wanted - KINDS.keys():
        raise ValueError(f"purpose {key}: unknown kinds {sorted(unknown)}")
    if key in _purposes:
        raise ValueError(f"purpose {key} is registered twice")
    _purposes[key] = Purpose(key, title, wanted, allowed)
    return _purposes[key]


def find_purpose(key: str) -> Purpose:
    """The registered purpose; UnknownPurpose when there is none."""
    try:
        return _purposes[key]
    except KeyError:
        raise UnknownPurpose(purpose=key) from None


def purposes() -> list[Purpose]:
    """All registered purposes by key, for the auditor's page."""
    return [_purposes[key] for key in sorted(_purposes)]
