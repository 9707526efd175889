"""What changes by the calendar alone: appointments end, and what lay with the person lies with the post."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.ground.outbox.registry import recurring

from .actions.moving import ended_holdings, sweep


@recurring("workflow.sweep", every_seconds=3600)
def sweep_ended() -> None:
    """Give what lies with people who no longer hold the post back to the post."""
    if ended_holdings().exists():
        sweep(Actor.system("任职截止"))
