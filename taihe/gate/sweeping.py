"""What no letter needs any longer goes away: attachments, parts, half-written files."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from taihe.ground.files.store import Store
from taihe.ground.rules import rule

from . import queries, spool
from .setup import GateSetup

# An attachment made ready and not yet posted, or stored and its letter not yet taken in.
GRACE = timedelta(hours=1)
HIDDEN_SECONDS = 600


def forget_received(setup: GateSetup, files: Iterable[str]) -> None:
    """Attachments of a letter that was carried out; those another letter still waits for stay."""
    needed = queries.files_to_handle()
    for sha256 in files:
        if sha256 not in needed:
            setup.received_files.delete(sha256)


def _sweep_store(store: Store, needed: set[str]) -> int:
    swept = 0
    for sha256 in store.digests():
        idle = store.idle(sha256)
        if sha256 not in needed and idle is not None and idle > GRACE:
            swept += store.delete(sha256)
    store.sweep_incoming(GRACE)
    return swept


def sweep(setup: GateSetup) -> int:
    """Remove everything that no letter refers to any more; returns how many files."""
    swept = _sweep_store(setup.outgoing_files, queries.files_to_send())
    swept += _sweep_store(setup.received_files, queries.files_to_handle())
    swept += _sweep_store(setup.held_files, queries.files_held())
    swept += spool.sweep_hidden(setup.out, HIDDEN_SECONDS)
    stale = [part for part in spool.look(setup.incoming).parts if spool.age(part) > rule("gate.part_keep_hours") * 3600]
    needed = queries.files_to_send(waiting_only=True)
    stale += [part for part in spool.look(setup.out).parts if part.name.partition("-")[0] not in needed]
    spool.remove(stale)
    return swept + len(stale)
