"""The heartbeat each zone sends."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.audit.queries import chain_head
from taihe.ground.outbox.registry import recurring

from .letters.gate import Heartbeat
from .posting import post
from .queries import newest_peer_head, own_counts
from .setup import gate_setup


@recurring("gate.heartbeat", every_seconds=gate_setup().heartbeat_seconds)
def send_heartbeat() -> None:
    """Tell the other zone that this one lives, and the head of its audit chain."""
    head, peer, counts = chain_head(), newest_peer_head(), own_counts()
    post(
        Heartbeat(
            at=clock.now(),
            waiting=counts["waiting"],
            shelved=counts["shelved"],
            quarantined=counts["quarantined"],
            audit_number=head["number"],
            audit_head=head["head"],
            peer_audit_number=peer["number"],
            peer_audit_head=peer["head"],
        )
    )
