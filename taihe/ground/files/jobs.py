"""The queued work: contents leave, the security officer is told, and once a day the store is swept."""

from __future__ import annotations

from itertools import islice
from typing import Any

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.outbox.registry import handler, recurring

from . import actions, incidents, queries
from .errors import NobodyTold

_AT_ONCE = 500


@handler("files.drop")
def drop(payload: dict[str, Any]) -> None:
    """Remove one content, if nobody wants it still."""
    actions.drop_unused(payload["sha256"], at_once=payload["at_once"])


@handler("files.secret_mark", max_attempts=20, backoff_seconds=5)
def tell_of_secret_mark(payload: dict[str, Any]) -> None:
    """Tell the security officer; without anybody who can, the message ends on the shelf in sight."""
    if not incidents.tell(payload["incident"]):
        raise NobodyTold(incident=payload["incident"])


@recurring("files.sweep", every_seconds=24 * 3600, transactional=False)
def sweep() -> None:
    """Remove what killed processes left behind: halves in ``incoming/``, files without a row."""
    store, actor = queries.zone_store(), Actor.system("文件清理")
    store.sweep_incoming(queries.grace())
    digests = store.digests()
    while batch := list(islice(digests, _AT_ONCE)):
        idle = [one for one in batch if (store.idle(one) or queries.grace()) >= queries.grace()]
        if orphans := queries.unknown_of(idle):
            actions.adopt_orphans(actor, orphans)
    forgotten = list(queries.idle_blobs().values_list("sha256", flat=True)[:_AT_ONCE])
    if forgotten:
        with unit_of_work("files.sweep", actor):
            actions.promise_again(forgotten)
