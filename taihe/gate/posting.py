"""How a feature puts a letter on its way: inside its action, through the outbox."""

from __future__ import annotations

from taihe.ground.outbox.actions import enqueue

from .letters import LANES, Letter
from .letters.base import current_version
from .setup import gate_setup


def post(letter: Letter, *, version: int | None = None) -> None:
    """Promise a letter to the other zone in the running action's transaction.

    The gate process seals and numbers it after the commit.  Raises RuntimeError for a letter that
    may not leave this zone, which is a programming error.
    """
    setup = gate_setup()
    if letter.DIRECTION not in ("both", setup.direction):
        raise RuntimeError(f"{letter.KIND} may not travel {setup.direction}")
    if current_version(letter.KIND) is None:
        raise RuntimeError(f"{letter.KIND} is not on the whitelist")
    body = letter.model_dump(mode="json")
    enqueue(
        "gate.seal",
        {"kind": letter.KIND, "version": letter.VERSION, "body": body},
        priority=LANES.index(letter.LANE),
    )
