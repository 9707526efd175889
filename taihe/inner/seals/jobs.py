"""Work that leaves seals' actions: telling the public side whom to believe, and destroying keys."""

from __future__ import annotations

import base64
from typing import Any

from taihe.gate.letters.seals import SealsTrust
from taihe.gate.posting import post
from taihe.ground import clock
from taihe.ground.outbox.registry import handler, recurring

from . import queries
from .actions.issuing import SEND_TRUST
from .provider import known_providers, provider
from .trust import trust

DAILY = 24 * 3600


def send_trust() -> None:
    """Post the newest roots and list of revoked certificates; inside a unit of work."""
    chosen = provider()
    roots, lists = trust()
    post(
        SealsTrust(
            issued_at=clock.now(),
            provider=chosen.title,
            certified=chosen.certified,
            roots=tuple(base64.b64encode(one).decode() for one in roots),
            revocation_lists=tuple(base64.b64encode(one).decode() for one in lists),
        )
    )


@handler(SEND_TRUST)
def send_trust_now(_payload: dict[str, Any]) -> None:
    """Seals have changed."""
    send_trust()


@recurring("seals.send_trust_daily", every_seconds=DAILY)
def send_trust_daily() -> None:
    """The list lives a week: a new one goes out every day."""
    send_trust()


@handler("seals.destroy_keys", transactional=False)
def destroy_keys(payload: dict[str, Any]) -> None:
    """Keys that sign no more go, after a renewal or a destruction; done again after a crash, it does nothing."""
    known = known_providers()
    for name, serial in queries.keys_out_of_use(payload["seal"]):
        if name in known:
            known[name].forget(serial)
