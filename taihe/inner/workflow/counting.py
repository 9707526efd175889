"""The figures of the tabs and the menu, read once per request though both draw them."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.errors import NotAllowed

from . import queries
from .queries import Counts

NOTHING = Counts()


def counts_of(request: HttpRequest) -> Counts:
    """The asker's figures in the acting post."""
    known = getattr(request, "_work_counts", None)
    if isinstance(known, Counts):
        return known
    try:
        found = queries.counts(access.actor_of(request))
    except NotAllowed:
        found = NOTHING
    request._work_counts = found  # type: ignore[attr-defined]
    return found
