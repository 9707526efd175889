"""Readers of releases, requests and alarms."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, Subquery

from taihe.ground.errors import Missing

from ..models import Release, ReleaseAlarm, ReleaseState, RollbackRequest

_WAITING = (RollbackRequest.Status.OPEN, RollbackRequest.Status.AGREED)


def release_state() -> ReleaseState:
    """Where publishing stands (a fresh row, unsaved, before the first release)."""
    found = ReleaseState.objects.select_related("newest", "pinned").first()
    return found or ReleaseState()


def summary() -> dict[str, Any]:
    """Where publishing stands, in plain values."""
    state = release_state()
    newest = state.newest
    return {
        "newest": newest.number if newest else 0,
        "pages": newest.pages if newest else 0,
        "cause": newest.cause if newest else "",
        "made_at": newest.made_at.isoformat() if newest else None,
        "outer": state.outer_number or 0,
        "outer_highest": state.outer_highest,
        "pinned": state.pinned.number if state.pinned else 0,
        "alarms": alarms(closed=False).count(),
    }


def state_with_request() -> ReleaseState:
    """Where publishing stands; `asked` is the id of the open roll-back request, or None (one query)."""
    waiting = RollbackRequest.objects.filter(status__in=_WAITING).order_by("id").values("pk")[:1]
    rows = ReleaseState.objects.select_related("newest", "pinned").annotate(asked=Subquery(waiting))
    return rows.first() or ReleaseState()


def releases() -> QuerySet[Release]:
    """All releases, newest first."""
    return Release.objects.select_related("contents_of").order_by("-number")


def release(number: int) -> Release:
    """One release by its number.  Raises Missing."""
    found = releases().filter(number=number).first()
    if found is None:
        raise Missing(what=f"第{number}号发布")
    return found


def open_request() -> RollbackRequest | None:
    """The roll-back that waits for its second person or is being carried out."""
    return RollbackRequest.objects.filter(status__in=_WAITING).select_related("target").order_by("id").first()


def request_of(pk: int) -> RollbackRequest:
    """One request.  Raises Missing."""
    found = RollbackRequest.objects.select_related("target").filter(pk=pk).first()
    if found is None:
        raise Missing(what="这项回退申请")
    return found


def alarms(*, closed: bool) -> QuerySet[ReleaseAlarm]:
    """Alarms of both zones, the newest first."""
    return ReleaseAlarm.objects.filter(closed_at__isnull=not closed).order_by("-until", "-id")


def alarm(pk: int) -> ReleaseAlarm:
    """One alarm.  Raises Missing."""
    found = ReleaseAlarm.objects.filter(pk=pk).first()
    if found is None:
        raise Missing(what="这条告警")
    return found
