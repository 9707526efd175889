"""Where people find their work: five entries of 个人办公, and the first items on the first page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui import home
from taihe.ground.ui.home import HomePanel
from taihe.ground.ui.nav import INNER, NavItem, register

from . import queries
from .counting import counts_of
from .models import WorkItem
from .queries import Counts

GROUP = "个人办公"
FIRST = 6

ENTRIES: tuple[tuple[str, str, str, Callable[[Counts], int] | None, str], ...] = (
    ("todo", "待办事项", "inbox", lambda counts: counts.todo, "等您办理的事项，特急在前。"),
    ("done", "已办事项", "checks", None, "您办理过的事项和当时的意见。"),
    ("circulated", "传阅件", "eye", lambda counts: counts.unread, "送您阅知的事项。"),
    ("mine", "我发起的", "send", None, "您发起的事项办到了哪一步。"),
    (
        "delegated",
        "委托办理",
        "users",
        lambda counts: counts.to_confirm,
        "他人代您、您代他人办理的事项，代录意见的确认。",
    ),
)


def _counter(figure: Callable[[Counts], int] | None) -> Callable[[HttpRequest], int] | None:
    return (lambda request: figure(counts_of(request))) if figure else None


def first_items(request: HttpRequest) -> dict[str, Any]:
    """The first open items, as the first page shows them."""
    counts = counts_of(request)
    rows: list[WorkItem] = list(queries.todo(access.actor_of(request))[:FIRST]) if counts.todo else []
    return {"items": rows, "counts": counts}


def put() -> None:
    """Register entries and panel; called once at start."""
    for place, (name, title, icon, figure, help_text) in enumerate(ENTRIES):
        register(
            NavItem(
                INNER, GROUP, f"workflow.{name}", title, icon, f"workflow:{name}", 101 + place,
                count=_counter(figure), help=help_text,
            )
        )  # fmt: skip
    home.register(HomePanel("workflow.todo", "待办事项", "inbox", "inner_workflow/_home.html", first_items))
