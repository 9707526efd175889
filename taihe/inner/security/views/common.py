"""What the consoles' pages share: who may open them, and the trail above the heading."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.inner.people.permissions import permission_title


def need(request: HttpRequest, *permissions: str) -> Actor:
    """The asker, if he holds at least one of the permissions.  Raises NotAllowed."""
    actor = access.actor_of(request)
    if not any(access.may(request, one) for one in permissions):
        raise NotAllowed(what=permission_title(permissions[0]))
    return actor


def crumbs(title: str, name: str) -> list[tuple[str, str]]:
    """One console above the page."""
    return [(title, reverse(name))]
