"""The tabs over the lists of documents: each area puts its own list beside the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from taihe.ground.actor import Actor
from taihe.ground.ui import parts
from taihe.inner.people.permissions import may

from ..rights import READ, RECEIVE

Count = Callable[[Actor], int | None]


@dataclass(frozen=True)
class ListTab:
    """One list; `count` gives the open ones of the asker in one cheap query, `shown` whether it concerns him."""

    key: str
    title: str
    order: int
    url_name: str
    query: str = ""
    count: Count | None = None
    shown: Callable[[Actor], bool] = lambda actor: True


_tabs: dict[str, ListTab] = {}


def register_tab(tab: ListTab) -> ListTab:
    """Put a list beside the others.  Raises RuntimeError for a key taken by another."""
    if _tabs.setdefault(tab.key, tab) != tab:
        raise RuntimeError(f"document list {tab.key} is registered twice")
    return tab


def tabs(actor: Actor, current: str) -> list[parts.Tab]:
    """The lists that concern the actor, the current one marked; a list without a page yet is left out."""
    shown = []
    for one in sorted(_tabs.values(), key=lambda tab: tab.order):
        try:
            url = reverse(one.url_name)
        except NoReverseMatch:
            continue
        if one.key == current or one.shown(actor):
            figure = one.count(actor) if one.count else None
            shown.append(parts.Tab(one.title, f"{url}{one.query}", figure or None, one.key == current))
    return shown


def _receives(actor: Actor) -> bool:
    return may(actor, RECEIVE) or may(actor, READ)


def _waiting(actor: Actor) -> int:
    from ..queries.distributing import waiting_count

    return waiting_count(actor)


def _to_register(actor: Actor) -> int:
    from ..queries.incoming import visible
    from ..queries.lists import window
    from ..states import IncomingState

    return visible(actor).filter(state=IncomingState.RECEIVED).order_by()[: window()].count()


register_tab(ListTab("mine", "我起草的", 10, "documents:list", "?tab=mine"))
register_tab(ListTab("office", "本单位发文", 20, "documents:list", "?tab=office", shown=lambda actor: may(actor, READ)))
register_tab(ListTab("all", "全部可看", 30, "documents:list", "?tab=all"))
register_tab(ListTab("received", "待签收", 40, "documents:received", count=_waiting, shown=_receives))
register_tab(ListTab("incoming", "收文", 50, "documents:incoming", count=_to_register, shown=_receives))
