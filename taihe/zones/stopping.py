"""How a long-running process learns that it should end."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType


def stop_switch() -> Callable[[], bool]:
    """A question that turns true when the process is asked to stop (SIGTERM, Ctrl-C)."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return lambda: bool(asked)
