"""Receipts: one small signed file per lane that says "everything up to here"; a lost one costs nothing."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Literal

from joserfc import jws
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.digests import canonical
from taihe.ground.killpoints import killpoint

from . import actions, errors, spool
from .envelope import HEX64, PURPOSE, Place
from .letters import Lane
from .models import LaneState, Quarantined
from .sealing import GATE
from .setup import GateSetup

# A receipt names at most this many quarantined letters of its lane, the newest ones.
MOST_REFUSED = 2000
RECEIPT_LIMIT = 256 * 1024


class Receipt(BaseModel):
    """How far the receiving zone has come in one lane, and which of these letters it quarantined."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    receipt: Literal[1] = 1
    sender: str
    receiver: str
    lane: Lane
    epoch: int = Field(ge=1)
    upto: int = Field(ge=0)
    digest: str = Field(pattern=HEX64)
    at: AwareDatetime
    refused: dict[int, str] = {}


def write_receipt(setup: GateSetup, lane: Lane) -> None:
    """Tell the other zone how far a lane has come; the receipt before it is superseded."""
    state = LaneState.objects.filter(direction="in", lane=lane).first()
    if state is None:
        return
    stopped = Quarantined.objects.filter(lane=lane, epoch=state.epoch, consumed=True).order_by("-sequence")
    refused = dict(stopped.values_list("sequence", "code")[:MOST_REFUSED])
    receipt = Receipt(
        sender=setup.zone,
        receiver=setup.peer,
        lane=lane,
        epoch=state.epoch,
        upto=state.sequence,
        digest=state.digest,
        at=clock.now(),
        refused={int(sequence): code for sequence, code in refused.items() if sequence is not None},
    )
    key = setup.ring.jwk(PURPOSE, private=True)
    payload = canonical(receipt.model_dump(mode="json"))
    token = jws.serialize_compact({"alg": "Ed25519", "kid": str(key.kid)}, payload, key, algorithms=["Ed25519"])
    earlier = list(setup.out.glob(f"{lane}-*{spool.RECEIPT}"))
    spool.put(setup.out, f"{lane}-{time.time_ns():020d}{spool.RECEIPT}", token.encode())
    spool.remove(earlier)
    spool.sync_folder(setup.out)


def _read(setup: GateSetup, file: Path) -> Receipt | None:
    try:
        token = spool.read_whole(file, RECEIPT_LIMIT)
        key_id = str(jws.extract_compact(token).headers()["kid"])
        key = setup.ring.jwk(PURPOSE, key_id=key_id, peer=setup.peer)
        receipt = Receipt.model_validate(
            json.loads(jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload)
        )
        return receipt if (receipt.sender, receipt.receiver) == (setup.peer, setup.zone) else None
    except Exception:  # noqa: BLE001  what is no receipt is not believed; the letters are sent again
        return None


def _stopped(file: Path) -> actions.Verdict:
    return actions.Verdict(file.name, spool.fingerprint(file), stopped=errors.BadReceipt())


def read_receipts(setup: GateSetup, files: list[Path], settle_seconds: float) -> int:
    """Settle what the other zone has acknowledged; returns how many letters.

    A file that is no receipt of the other zone is left until it cannot be one still being written,
    then quarantined.
    """
    settled = 0
    for file in files:
        receipt = _read(setup, file)
        if receipt is None and spool.age(file) < settle_seconds:
            continue
        with unit_of_work("gate.acknowledge", GATE):
            if receipt is None:
                verdict = _stopped(file)
                actions.quarantine(verdict)
            else:
                done = actions.settle_receipt(
                    receipt.lane, Place(receipt.epoch, receipt.upto), receipt.digest, receipt.at, receipt.refused
                )
            killpoint("gate.acknowledge_before_commit")
        killpoint("gate.acknowledge_after_commit")
        if receipt is None:
            spool.set_aside(file, setup.quarantine, verdict.digest)
            continue
        spool.remove(setup.out / name for name in done.files)
        for sha256 in done.forget:
            setup.outgoing_files.delete(sha256)
        spool.remove([file])
        settled += done.letters
    return settled
