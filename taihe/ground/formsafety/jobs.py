"""Clearing of what has served its time."""

from __future__ import annotations

from taihe.ground.outbox.registry import recurring

from . import actions


@recurring("formsafety.clear", every_seconds=600)
def clear() -> None:
    """Forget expired parked forms and old used keys."""
    actions.clear()
