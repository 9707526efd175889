"""The first page by registry: order, and panels that have nothing to say."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from taihe.ground.ui import home
from taihe.ground.ui.home import HomePanel


def panel(key: str, order: int, data: dict[str, int] | None) -> HomePanel:
    return HomePanel(key, "待办", "inbox", "gov/_empty.html", lambda request: data, order=order)


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    monkeypatch.setattr(home, "_panels", {})


def test_panels_stand_in_order_and_silent_ones_are_left_out():
    home.register(panel("b", 200, {"n": 2}))
    home.register(panel("c", 300, None))
    home.register(panel("a", 100, {"n": 1}))
    shown = home.panels(RequestFactory().get("/"))
    assert [(one.panel.key, one.data) for one in shown] == [("a", {"n": 1}), ("b", {"n": 2})]


def test_a_key_belongs_to_one_panel():
    home.register(panel("a", 100, None))
    with pytest.raises(ValueError, match="twice"):
        home.register(panel("a", 200, None))
    home.unregister("a")
    home.register(panel("a", 200, None))
