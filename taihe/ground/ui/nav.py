"""The left-hand menu: each module says what it offers, nobody keeps a central list.

Modules call `register(NavItem(...))` in their AppConfig.ready.  Groups appear in the order of
their first item, so leave room: 100-199 个人办公, 200-299 公文, 300-399 会议与协同, 400-499 事项与互动,
500-599 门户与资源, 600-699 应急与网络, 800-899 综合, 900-999 系统管理.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

INNER, OUTER = "inner", "outer"


def everyone(request: HttpRequest) -> bool:
    """Visible to every signed-in person, and on the public side to every visitor."""
    return True


@dataclass(frozen=True)
class NavItem:
    """One entry: where it stands, what it is called, who sees it and what number it wears.

    `count` gives the open items of the asker (0 hides the badge); it runs on every page, so it must
    be one cheap query.  `help` is the default text of the page's 说明.
    """

    zone: str
    group: str
    key: str
    title: str
    icon: str
    url_name: str
    order: int = 100
    visible: Callable[[HttpRequest], bool] = everyone
    count: Callable[[HttpRequest], int] | None = None
    help: str = ""

    def url(self) -> str:
        """Address of the entry's page."""
        return reverse(self.url_name)


@dataclass(frozen=True)
class NavEntry:
    """An item as one asker sees it on one page."""

    item: NavItem
    url: str
    count: int
    active: bool


_items: dict[tuple[str, str], NavItem] = {}


def register(item: NavItem) -> NavItem:
    """Add an item to its zone's menu; a key used twice for different items is a mistake at start-up."""
    taken = _items.setdefault((item.zone, item.key), item)
    if taken != item:
        raise ValueError(f"nav key {item.zone}/{item.key} is registered twice: {taken.title}, {item.title}")
    return item


def unregister(zone: str, key: str) -> None:
    """Take an item out again (tests, and modules switched off)."""
    _items.pop((zone, key), None)


def visible_items(request: HttpRequest, zone: str) -> list[NavItem]:
    """What this asker may see in this zone, in menu order."""
    mine = (item for item in _items.values() if item.zone == zone and item.visible(request))
    return sorted(mine, key=lambda item: (item.order, item.key))


def active_key(items: Iterable[NavItem], path: str) -> str:
    """Key of the item whose address is the longest beginning of the path; the front page (/) is only itself."""
    urls = [(item.url(), item.key) for item in items]
    fitting = [(len(url), key) for url, key in urls if path == url or (url != "/" and path.startswith(url))]
    return max(fitting, default=(0, ""))[1]


def menu(request: HttpRequest, zone: str, active: str = "") -> Iterator[tuple[str, list[NavEntry]]]:
    """Groups with their entries; `active` names the current item's key, else it follows from the address."""
    items = visible_items(request, zone)
    current = active or active_key(items, request.path)
    groups: dict[str, list[NavEntry]] = {}
    for item in items:
        number = item.count(request) if item.count else 0
        groups.setdefault(item.group, []).append(NavEntry(item, item.url(), number, item.key == current))
    yield from groups.items()
