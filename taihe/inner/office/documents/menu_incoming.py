"""收文 in the menu, with the number of papers that still have to be registered."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground.access import may
from taihe.ground.ui import nav
from taihe.ground.ui.nav import NavItem

from .rights import READ, RECEIVE


def _visible(request: HttpRequest) -> bool:
    return may(request, RECEIVE) or may(request, READ)


def put() -> None:
    """Register the entry; called once at start."""
    nav.register(
        NavItem(
            nav.INNER, "公文", "documents.incoming", "收文", "folder", "documents:incoming", 215, _visible,
            help="签收后的来文：登记、拟办、批示、承办、传阅和办结；纸质来文也在这里登记。",
        )
    )  # fmt: skip
