"""Whom a check of seals believes: the provider in use, and every one whose seals are still on papers."""

from __future__ import annotations

from datetime import timedelta

from taihe.ground.rules import rule

from . import queries
from .provider import SealProvider, known_providers, provider


def _believed() -> list[SealProvider]:
    chosen, known = provider(), known_providers()
    earlier = [known[name] for name in queries.providers_used() if name in known and name != chosen.name]
    return [chosen, *earlier]


def trust() -> tuple[list[bytes], list[bytes]]:
    """Root certificates and lists of the revoked as they stand this moment, as DER."""
    life = timedelta(days=rule("seals.list_days"))
    roots: list[bytes] = []
    lists: list[bytes] = []
    for one in _believed():
        roots += one.roots()
        lists.append(one.revocation_list(queries.revoked(one.name), life))
    return roots, lists
