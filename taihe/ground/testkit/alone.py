"""The ground by itself: pages drawn as if no higher module had registered its menu, person or rights."""

from __future__ import annotations

import pytest

from taihe.ground import access
from taihe.ground.ui import context, nav


def stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """For one test: an empty menu, the plain account name, and nobody who answers for rights."""
    monkeypatch.setattr(nav, "_items", {})
    monkeypatch.setattr(context, "_providers", context._Providers())
    monkeypatch.setattr(access, "_answers", access._Answers())
