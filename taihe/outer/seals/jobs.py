"""The public side looks after its own trust data: without, it asks."""

from __future__ import annotations

from taihe.ground.outbox.registry import recurring

from . import actions, queries


@recurring("seals.look_after_trust", every_seconds=600)
def look_after_trust() -> None:
    """Ask for trust data while there are none, or only old ones."""
    known = queries.held()
    if known is None or known.old:
        actions.ask_trust(actions.VERIFIER)
