"""Work of the release room that is queued: making, telling what is withdrawn, answering, sweeping.

Making has a queue and process of its own ("bake"), so that a full one holds up nobody's letter.
"""

from __future__ import annotations

from typing import Any

from taihe.ground.actor import Actor
from taihe.ground.outbox.registry import handler, recurring
from taihe.ground.releases import build_notice, pieces_of, sign
from taihe.ground.rules import rule
from taihe.ground.signing.store import locked

from ..models import Release
from . import actions, queries
from .carrying import enclose_manifest, pack_up
from .folder import release_folder, release_store, ring, second_signature, site_name
from .making import Maker, Order, read_manifest
from .sweeping import sweep
from .withdrawn import notice_for

ACTOR = Actor.system("页面发布")


@handler("portal.bake", queue="bake", transactional=False, max_attempts=12)
def bake(payload: dict[str, Any]) -> None:
    """Make a release of what is approved now; nothing when nothing changed."""
    order = _order(payload)
    if order is not None:
        Maker(order).run()


def _order(payload: dict[str, Any]) -> Order | None:
    kind = Release.Kind(payload.get("kind", "bake"))
    if kind != Release.Kind.ROLLBACK:
        return Order(kind, payload.get("reason", ""), payload.get("by", ""))
    asked = queries.request_of(payload["request"])
    if asked.status != asked.Status.AGREED:
        return None  # carried out already
    reason = f"回退到第{asked.target.number}号：{asked.reason}"
    by = f"{asked.asked_by_name}、{asked.decided_by_name}"
    return Order(kind, reason, by, asked.target, asked.pk)


@recurring("portal.bake_check", every_seconds=600, queue="bake", transactional=False)
def check() -> None:
    """New templates or site facts after an upgrade, and anything ever missed, go out by themselves."""
    Maker(Order()).run()


@handler("portal.tombstone")
def tombstone(_payload: dict[str, Any]) -> None:
    """Tell the public side at once what it must hide that the newest release still shows."""
    newest = queries.release_state().newest
    if newest is None:
        return
    manifest = read_manifest(release_store(), newest)
    notice = notice_for(site_name(), newest.number, newest.withdrawn, manifest)
    if notice is None:
        return
    data = build_notice(notice)
    signature = sign(data, ring(), sm2=second_signature())
    actions.send_notice(ACTOR, data, signature, serial=notice.serial, paths=len(notice.tombstones))


@handler("portal.answer", queue="bake", transactional=False)
def answer(payload: dict[str, Any]) -> None:
    """Send the public side what it lacks of the newest release, or all of it again; never anything older."""
    newest = queries.release_state().newest
    if newest is None:
        return
    store = release_store()
    with locked(release_folder()):
        known = pieces_of(read_manifest(store, newest))
        if payload.get("again"):
            luggage = pack_up(known.values() if payload.get("packs") else (), store)
            enclosed = enclose_manifest(store.read(newest.digest))
            actions.send_again(ACTOR, newest, enclosed, luggage.packs)
            return
        asked = [known[one] for one in payload["digests"] if one in known]
        if asked:
            actions.send_objects(ACTOR, newest.number, pack_up(asked, store).packs, asked=len(asked))


@recurring("portal.sweep_releases", every_seconds=6 * 3600, queue="bake", transactional=False)
def sweep_releases() -> None:
    """Contents of releases beyond those that are kept go."""
    sweep_now()


def sweep_now() -> int:
    """Let go what no kept release needs; how many contents that were."""
    with locked(release_folder()):
        return sweep(release_store(), rule("portal.keep_releases"))
