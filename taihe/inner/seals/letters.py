"""What the public side asks for."""

from __future__ import annotations

from taihe.gate.handlers import receives
from taihe.gate.letters.seals import SealsWanted

from .jobs import send_trust


@receives(SealsWanted)
def wanted(_letter: SealsWanted) -> None:
    """The public side holds no trust data, or old ones: send the newest."""
    send_trust()
