"""Where a receiving clerk finds what came: one entry of 公文, and the first papers on the first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui import home
from taihe.ground.ui.home import HomePanel
from taihe.ground.ui.nav import INNER, NavItem, register

from .queries import distributing as queries
from .rights import RECEIVE

GROUP = "公文"
FIRST = 5
HELP = "发给本单位的公文，核对后签收。"


def _receives(request: HttpRequest) -> bool:
    return access.may(request, RECEIVE)


def _waiting(request: HttpRequest) -> int:
    return queries.waiting_count(access.actor_of(request))


def first_papers(request: HttpRequest) -> dict[str, Any] | None:
    """The newest papers waiting to be signed for; nothing for those who sign for no organ."""
    if not _receives(request):
        return None
    actor = access.actor_of(request)
    count = queries.waiting_count(actor)
    return {"rows": list(queries.waiting(actor)[:FIRST]) if count else [], "count": count}


def put() -> None:
    """Register entry and panel; called once at start."""
    register(
        NavItem(
            INNER, GROUP, "documents.received", "待签收", "inbox", "documents:received", 205,
            visible=_receives, count=_waiting, help=HELP,
        )
    )  # fmt: skip
    home.register(
        HomePanel(
            "documents.received", "待签收公文", "mail", "office_documents/distributing/_home.html", first_papers, 110
        )
    )
