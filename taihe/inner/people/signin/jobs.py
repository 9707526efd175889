"""Recurring work of sign-in."""

from __future__ import annotations

from taihe.ground.outbox.registry import recurring

from . import actions


@recurring("signin.end_overdue", every_seconds=300)
def end_overdue() -> None:
    """Close the sessions of people who left without signing out."""
    actions.end_overdue()


@recurring("signin.purge", every_seconds=86400)
def purge() -> None:
    """Forget old failure counts and session notes."""
    actions.purge()
