"""Receipts: one small signed file per lane that says "everything up to here"; a lost one costs nothing."""

from __future__ import annotations

import json
import time
from typing import Any

from joserfc import jws

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.digests import canonical

from . import actions, spool
from .envelope import PURPOSE
from .letters import LANES, Lane
from .models import LaneState, Quarantined
from .setup import GateSetup


def write_receipt(setup: GateSetup, lane: Lane) -> None:
    """Tell the other zone how far a lane has come, and which of its letters were quarantined."""
    state = LaneState.objects.filter(direction="in", lane=lane).first()
    if state is None:
        return
    refused = Quarantined.objects.filter(lane=lane, epoch=state.epoch, consumed=True).order_by("-sequence")[:200]
    key = setup.ring.jwk(PURPOSE, private=True)
    note = {
        "receipt": 1,
        "sender": setup.zone,
        "receiver": setup.peer,
        "lane": lane,
        "epoch": state.epoch,
        "upto": state.sequence,
        "digest": state.digest,
        "refused": {str(one.sequence): one.code for one in refused},
    }
    token = jws.serialize_compact({"alg": "Ed25519", "kid": str(key.kid)}, canonical(note), key, algorithms=["Ed25519"])
    for old in spool.waiting(setup.out, spool.RECEIPT):
        if old.name.startswith(f"{lane}-"):
            old.unlink(missing_ok=True)
    spool.put(setup.out, f"{lane}-{time.time_ns():020d}{spool.RECEIPT}", token.encode())
    spool.sync_folder(setup.out)


def _read(setup: GateSetup, token: bytes) -> dict[str, Any] | None:
    try:
        key_id = str(jws.extract_compact(token).headers()["kid"])
        key = setup.ring.jwk(PURPOSE, key_id=key_id, peer=setup.peer)
        note = json.loads(jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload)
        ours = note["receipt"] == 1 and note["sender"] == setup.peer and note["receiver"] == setup.zone
        return note if ours and note["lane"] in LANES else None
    except Exception:  # noqa: BLE001  a receipt that is not one is simply not believed; letters are sent again
        return None


def read_receipts(setup: GateSetup) -> int:
    """Settle what the other zone has acknowledged; returns how many letters."""
    settled = 0
    for file in spool.waiting(setup.incoming, spool.RECEIPT):
        try:
            note = _read(setup, file.read_bytes()[:65536])
        except FileNotFoundError:
            continue
        if note:
            refused = {int(sequence): str(code) for sequence, code in note["refused"].items()}
            with unit_of_work("gate.acknowledge", Actor.system("隔离交换")):
                settled += actions.mark_acknowledged(note["lane"], int(note["epoch"]), int(note["upto"]), refused)
        spool.remove([file])
    return settled
