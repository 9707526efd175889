"""Lets the test session empty append-only tables between transactional tests, and only that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from taihe.ground.audit import triggers

_teardown: Callable[[Any], None] = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _teardown_without_triggers(case: Any) -> None:
    for table in triggers.tables():
        triggers.drop(connection, table)
    try:
        _teardown(case)
    finally:
        for table in triggers.tables():
            triggers.install(connection, table)


def allow_flush() -> None:
    """Wrap Django's emptying of tables; called once by the root conftest."""
    TransactionTestCase._fixture_teardown = _teardown_without_triggers  # type: ignore[attr-defined]
