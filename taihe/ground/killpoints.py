"""Named places where a power cut would hurt most; the kill tests die exactly there.

Set TAIHE_KILLPOINT to ``name`` or ``name:n`` and the process kills itself (SIGKILL) the n-th time
it passes.  Without the variable a killpoint costs one dictionary look-up.
"""

from __future__ import annotations

import os
import signal

_WANTED, _, _COUNT = os.environ.get("TAIHE_KILLPOINT", "").partition(":")
_left = int(_COUNT or "1")


def killpoint(name: str) -> None:
    """Die here when the environment asks for it."""
    global _left
    if name != _WANTED:
        return
    _left -= 1
    if _left <= 0:
        os.kill(os.getpid(), signal.SIGKILL)
