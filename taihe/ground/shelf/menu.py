"""Where the operator finds the shelf in his menu."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui.nav import INNER, NavItem, register


def _sees(request: HttpRequest) -> bool:
    return access.may(request, "outbox.view")


def _count(request: HttpRequest) -> int:
    from taihe.ground.outbox.queries import shelved

    return shelved().count()


def put() -> None:
    """Register the entry; called once at start."""
    register(
        NavItem(
            INNER, "系统管理", "shelf.list", "搁置任务", "archive", "shelf:list", 965, _sees, _count,
            help="多次执行失败的后台任务，核实原因后重试或作废。",
        )
    )  # fmt: skip
