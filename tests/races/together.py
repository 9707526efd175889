"""Several callers at the same instant, and the switch that takes SQLite's own lock away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


def at_once(calls: Sequence[Callable[[], Any]], *, seconds: float = 60) -> list[Any]:
    """Run every call in a thread of its own, begun together; a result or the exception of each, in order."""
    start = threading.Barrier(len(calls), timeout=seconds)

    def one(call: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return call()
        except Exception as fault:  # noqa: BLE001  the caller looks at it
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls, timeout=seconds))


def without_write_lock() -> None:
    """In this thread, let SQLite begin transactions without the write lock that ours take (PostgreSQL has none)."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
