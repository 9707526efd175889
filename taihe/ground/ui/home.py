"""Parts of the first page after sign-in that other modules put there.

The module that owns the first page stands low and knows nothing of work lists or notices; those
register a panel each in their AppConfig.ready::

    home.register(HomePanel("workflow.todo", "待办事项", "inbox", "inner_workflow/_home.html", read=todo))

`read` runs on every opening of the page, so it should be one cheap query; None leaves the panel out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class HomePanel:
    """One panel: its template is included with what `read` gave as ``data``."""

    key: str
    title: str
    icon: str
    template: str
    read: Callable[[HttpRequest], Mapping[str, Any] | None]
    order: int = 100


@dataclass(frozen=True)
class Shown:
    """A panel as one asker sees it."""

    panel: HomePanel
    data: Mapping[str, Any]


_panels: dict[str, HomePanel] = {}


def register(panel: HomePanel) -> HomePanel:
    """Add a panel; a key used twice for different panels is a mistake at start-up."""
    if _panels.setdefault(panel.key, panel) != panel:
        raise ValueError(f"home panel {panel.key} is registered twice")
    return panel


def unregister(key: str) -> None:
    """Take a panel out again (tests, and modules switched off)."""
    _panels.pop(key, None)


def panels(request: HttpRequest) -> list[Shown]:
    """What this asker's first page shows, in order."""
    found = ((one, one.read(request)) for one in sorted(_panels.values(), key=lambda one: (one.order, one.key)))
    return [Shown(one, data) for one, data in found if data is not None]
