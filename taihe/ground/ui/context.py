"""What every page knows before its module says a word: zone, product name, person, menu, demo or not.

The people module tells this floor who is signed in by `provide_person`; the notices module what the
bell shows by `provide_bell`; search its address by `provide_search`.  Ground itself knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import nav

ZONE_TAGS = {nav.INNER: "非涉密办公区", nav.OUTER: "互联网服务区"}
PRODUCTS = {nav.INNER: "太和县政务协同办公系统", nav.OUTER: "太和县政务服务"}
LAYOUTS = {nav.INNER: "gov/shell.html", nav.OUTER: "gov/outer.html"}


@dataclass(frozen=True)
class Post:
    """One of the posts a person may act from; `value` is what the switcher posts back as ``post``.

    `on_behalf_of` is the name of the person stood in for (代理), empty for one's own posts.
    """

    value: str
    title: str
    organ: str
    current: bool = False
    on_behalf_of: str = ""


@dataclass(frozen=True)
class Link:
    """An entry of the person menu."""

    title: str
    url: str
    icon: str = "chevron-right"


@dataclass(frozen=True)
class Person:
    """Who is signed in, as the top bar shows it."""

    name: str
    posts: tuple[Post, ...] = ()
    switch_url: str = ""
    sign_out_url: str = ""
    links: tuple[Link, ...] = ()

    @property
    def acting(self) -> Post | None:
        """The post now acted from."""
        return next((post for post in self.posts if post.current), None)


@dataclass(frozen=True)
class Bell:
    """Unread notices of the asker and where to read them."""

    count: int
    url: str


@dataclass
class _Providers:
    person: Callable[[HttpRequest], Person | None] | None = None
    bell: Callable[[HttpRequest], Bell | None] | None = None
    search: Callable[[HttpRequest], str] | None = None
    layout: Callable[[HttpRequest], str] | None = None


_providers = _Providers()


def provide_person(provider: Callable[[HttpRequest], Person | None]) -> None:
    """Say how to find the signed-in person of a request; None means nobody is."""
    _providers.person = provider


def provide_bell(provider: Callable[[HttpRequest], Bell | None]) -> None:
    """Say how to find the asker's unread notices; None hides the bell."""
    _providers.bell = provider


def provide_search(provider: Callable[[HttpRequest], str]) -> None:
    """Say which address answers the top bar's search box (parameter ``q``); an empty one hides it."""
    _providers.search = provider


def provide_layout(provider: Callable[[HttpRequest], str]) -> None:
    """Say which template a page extends; an empty answer leaves it to the zone's own."""
    _providers.layout = provider


class Shell:
    """The frame of one page; looks things up only when the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.zone: str = getattr(settings, "TAIHE_ZONE", nav.INNER)
        self.demo: bool = bool(getattr(settings, "TAIHE_DEMO", False))

    @property
    def county(self) -> Mapping[str, Any]:
        """The county's own names, from county.toml."""
        found = getattr(settings, "TAIHE_COUNTY", None)
        return found if isinstance(found, Mapping) else {}

    @property
    def product(self) -> str:
        """Name in the top bar: ``products.<zone>`` of county.toml, else the built-in one."""
        products = self.county.get("products")
        named = products.get(self.zone) if isinstance(products, Mapping) else None
        return str(named or PRODUCTS.get(self.zone, PRODUCTS[nav.INNER]))

    @property
    def zone_tag(self) -> str:
        """The tag that tells people which side they are on."""
        return ZONE_TAGS.get(self.zone, "")

    @property
    def layout(self) -> str:
        """What a page of either zone extends: ``{% extends shell.layout %}``.  Nobody signed in: no office menu."""
        if _providers.layout and (given := _providers.layout(self.request)):
            return given
        if self.zone == nav.INNER and self.person is None:
            return "gov/plain.html"
        return LAYOUTS.get(self.zone, LAYOUTS[nav.INNER])

    @cached_property
    def person(self) -> Person | None:
        """The signed-in person, or None."""
        if _providers.person is not None:
            return _providers.person(self.request)
        user = getattr(self.request, "user", None)
        return Person(name=user.get_username()) if user is not None and user.is_authenticated else None

    @cached_property
    def bell(self) -> Bell | None:
        """The asker's unread notices, or None."""
        return _providers.bell(self.request) if _providers.bell else None

    @cached_property
    def search_url(self) -> str:
        """Address of the search box; empty when there is none."""
        return _providers.search(self.request) if _providers.search else ""

    def menu(self, active: str = "") -> list[tuple[str, list[nav.NavEntry]]]:
        """The asker's menu on this page; `active` names the current entry where the address does not."""
        return list(nav.menu(self.request, self.zone, active))

    @cached_property
    def help(self) -> str:
        """Default help text of the page, from the menu entry it belongs to."""
        items = nav.visible_items(self.request, self.zone)
        key = nav.active_key(items, self.request.path)
        return next((item.help for item in items if item.key == key), "")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell`` (a Shell) and ``demo`` on every page."""
    frame = Shell(request)
    return {"shell": frame, "demo": frame.demo}
