"""Upward news: higher modules say what they do when an organ changes or a person goes.

Handlers run inside the action's own transaction, so that open work moves together with the organ
or not at all; whatever is slow they enqueue.  A name registered twice is a start-up error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Literal, TypeAlias, TypeVar

from taihe.ground.actor import Actor

from .models import Officer, OrganEvent

H = TypeVar("H", bound=Callable[..., None])

AccessEnd: TypeAlias = Literal["locked", "left", "password"]
OrganHandler: TypeAlias = Callable[[Actor, OrganEvent], None]
LeaveHandler: TypeAlias = Callable[[Actor, Officer], None]
AccessHandler: TypeAlias = Callable[[Actor, Officer, AccessEnd], None]


class Handlers(Generic[H]):
    """A named list of handlers for one kind of news, called in the order of registration."""

    def __init__(self, news: str) -> None:
        self.news = news
        self._known: dict[str, H] = {}

    def __call__(self, name: str) -> Callable[[H], H]:
        """Register a handler: ``@on_organ_changed("documents.series")``."""

        def decorate(handler: H) -> H:
            if name in self._known:
                raise RuntimeError(f"{self.news} handler {name} is registered twice")
            self._known[name] = handler
            return handler

        return decorate

    def remove(self, name: str) -> None:
        """Forget a handler (for tests)."""
        self._known.pop(name, None)

    def __iter__(self):  # type: ignore[no-untyped-def]
        return iter(tuple(self._known.values()))


on_organ_changed: Handlers[OrganHandler] = Handlers("organ_changed")
on_officer_left: Handlers[LeaveHandler] = Handlers("officer_left")
on_access_ended: Handlers[AccessHandler] = Handlers("access_ended")


def tell_organ_changed(actor: Actor, event: OrganEvent) -> None:
    """An organ was established, renamed, moved, merged or abolished."""
    for handler in on_organ_changed:
        handler(actor, event)


def tell_officer_left(actor: Actor, officer: Officer) -> None:
    """A person has left: open work of theirs must move."""
    for handler in on_officer_left:
        handler(actor, officer)


def tell_access_ended(actor: Actor, officer: Officer, why: AccessEnd) -> None:
    """A person may not go on with the sessions now open (locked, left, or password reset)."""
    for handler in on_access_ended:
        handler(actor, officer, why)
