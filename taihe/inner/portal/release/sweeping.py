"""Bytes of old releases are let go; their rows and the audit record stay.

Kept: the newest releases, and any that publishing stands on or may be asked to go back to.
"""

from __future__ import annotations

from taihe.ground.releases import ObjectDamaged, ObjectLost, ObjectStore

from ..models import Release
from . import queries
from .making import read_manifest


def sweep(store: ObjectStore, keep: int) -> int:
    """Delete contents that none of the kept releases names; returns how many.

    A release whose own list cannot be read stops the sweep: on doubt nothing is deleted.
    """
    needed: set[str] = set()
    for release in _kept(keep):
        try:
            needed |= read_manifest(store, release).objects.keys()
        except (ObjectLost, ObjectDamaged):
            return 0
        needed |= {release.digest, release.facts, release.sources}
    return sum(store.delete(one) for one in list(store.digests()) if one not in needed)


def _kept(keep: int) -> list[Release]:
    state, asked = queries.release_state(), queries.open_request()
    standing = [one for one in (state.pinned, asked.target if asked else None) if one]
    newest = list(queries.releases()[:keep])
    return [*newest, *(one for one in standing if one not in newest)]
