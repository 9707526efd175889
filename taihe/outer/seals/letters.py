"""What comes from the office side."""

from __future__ import annotations

from taihe.gate.handlers import receives
from taihe.gate.letters.seals import SealsTrust

from . import actions


@receives(SealsTrust)
def trust(letter: SealsTrust) -> None:
    """Newer trust data replace those held."""
    actions.keep_trust(actions.VERIFIER, letter)
