"""Where the publisher finds the releases in the menu."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui.nav import INNER, NavItem, register

from .. import rights


def _sees(request: HttpRequest) -> bool:
    return access.may(request, rights.WATCH)


def put() -> None:
    """Register the entry; called once at start."""
    register(
        NavItem(
            INNER, "门户网站", "portal.releases", "页面发布", "world", "releases:overview", 520, _sees,
            help="批准的页面何时对公众可见，回退与重制，页面被改动的告警。",
        )
    )  # fmt: skip
