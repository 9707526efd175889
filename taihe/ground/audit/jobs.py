"""The sealing job: every few seconds, everything new goes into the chain."""

from __future__ import annotations

from django.conf import settings

from ..outbox.registry import recurring
from ..signing import KeyRing
from .actions import seal


@recurring("audit.seal", every_seconds=3, transactional=False)
def seal_new_entries() -> None:
    """Seal what is new; the figure keeps well inside the ten seconds promised."""
    seal(KeyRing(settings.TAIHE_KEY_DIR))
