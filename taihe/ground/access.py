"""How the floors below ask who is asking and what he may: the module that knows officers answers.

Ground and gate have pages of their own (the shelf, the passage) but know no officers.  The zone's
people module registers its answers at start; until then everything is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from .actor import Actor
from .errors import NotAllowed


@dataclass
class _Answers:
    actor_of: Callable[[HttpRequest], Actor] | None = None
    may: Callable[[Actor, str], bool] | None = None


_answers = _Answers()


def set_access(*, actor_of: Callable[[HttpRequest], Actor], may: Callable[[Actor, str], bool]) -> None:
    """Register who answers in this zone; called once at start by the module that knows people."""
    _answers.actor_of, _answers.may = actor_of, may


def actor_of(request: HttpRequest) -> Actor:
    """The asker of a request in the acting post.  Raises NotAllowed when nobody is signed in."""
    if _answers.actor_of is None:
        raise NotAllowed(what="办理业务")
    return _answers.actor_of(request)


def may(request: HttpRequest, permission: str) -> bool:
    """Whether the asker holds a permission anywhere; for showing or hiding what a page offers."""
    if _answers.actor_of is None or _answers.may is None:
        return False
    try:
        return _answers.may(_answers.actor_of(request), permission)
    except NotAllowed:
        return False


def require(request: HttpRequest, permission: str, title: str = "") -> Actor:
    """The asker, if he holds the permission.  Raises NotAllowed naming what was asked."""
    actor = actor_of(request)
    if _answers.may is None or not _answers.may(actor, permission):
        raise NotAllowed(what=title or permission)
    return actor
