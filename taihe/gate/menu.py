"""Where the operator finds the passage in his menu."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui.nav import INNER, NavItem, register


def _sees(request: HttpRequest) -> bool:
    return access.may(request, "gate.view")


def _alarms(request: HttpRequest) -> int:
    """Counted once per request, though a first page may draw the menu twice."""
    known: int | None = getattr(request, "_gate_alarms", None)
    if known is None:
        from .queries import alarms

        known = alarms(closed=False).count()
        request._gate_alarms = known  # type: ignore[attr-defined]
    return known


def put() -> None:
    """Register the entry; called once at start."""
    register(
        NavItem(
            INNER, "系统管理", "gate.overview", "隔离交换", "transfer", "gate:overview", 960, _sees, _alarms,
            help="两区之间信件的收发、积压、隔离和告警。",
        )
    )  # fmt: skip
