"""The queued work: each module's limits are counted again on their own, so one failure holds up no other."""

from __future__ import annotations

from typing import Any

from taihe.ground.outbox.registry import handler

from . import recompute


@handler("workdays.recompute")
def count_again(payload: dict[str, Any]) -> None:
    """Run one registered function for one year."""
    recompute.run(payload["name"], payload["year"])
