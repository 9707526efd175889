"""What comes from the editorial office: releases and their contents in bulk, withdrawals at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taihe.gate.handlers import ReceivedFile, receives
from taihe.gate.letters.portal import PortalObjects, PortalRelease, PortalTombstone
from taihe.gate.setup import gate_setup
from taihe.ground.errors import CountyError
from taihe.ground.outbox.actions import enqueue
from taihe.ground.outbox.registry import handler

from . import actions
from .actions import SITE
from .disk import Signed
from .installing import Installer, keep_arrival
from .trust import disk, trust


@receives(PortalRelease)
def release(letter: PortalRelease, files: Sequence[ReceivedFile]) -> None:
    """Keep what came; a job installs it, since that takes longer than a transaction may."""
    names = _keep(files)
    packs = [one for one in names if one != letter.manifest]
    whole = letter.packs == len(packs)
    _install(letter.number, packs, manifest=letter.manifest, signature=letter.signature, whole=whole)


@receives(PortalObjects)
def objects(letter: PortalObjects, files: Sequence[ReceivedFile]) -> None:
    """More contents of a release, or those that were asked for."""
    _install(letter.number, _keep(files))


@receives(PortalTombstone)
def tombstone(letter: PortalTombstone) -> None:
    """A withdrawal takes effect within a second: on both copies, where the front sees it, and in the table."""
    signed = Signed(letter.notice.encode(), letter.signature.encode())
    try:
        notice = trust().notice(signed)
    except CountyError as refused:
        actions.note_refused(SITE, 0, refused.sentence())
        return
    actions.keep_notice(SITE, notice, signed)
    for copy in disk().copies:
        copy.ready()
        copy.put_notice(notice.serial, signed)


def _keep(files: Sequence[ReceivedFile]) -> list[str]:
    store, place = gate_setup().received_files, disk()
    for one in files:
        keep_arrival(place, one.sha256, store.path(one.sha256))
    return [one.sha256 for one in files]


def _install(number: int, packs: list[str], **more: Any) -> None:
    enqueue("portal.install", {"number": number, "packs": packs, **more})


@handler("portal.install", max_attempts=12, transactional=False)
def install(payload: dict[str, Any]) -> None:
    """Bring what arrived onto the disk, and switch when a release is complete."""
    installer = Installer(disk(), trust())
    installer.take(payload["number"], payload.get("manifest"), payload.get("signature", ""), payload["packs"])
    lacking = installer.settle()
    if lacking is not None and payload.get("whole"):
        actions.ask_for(SITE, lacking.manifest.number, lacking.missing)
    elif lacking is not None:  # the rest is on its way
        actions.wait_for(SITE, lacking.manifest.number, len(lacking.missing))


@handler("portal.ask_late", transactional=False)
def ask_late(_payload: dict[str, Any]) -> None:
    """Contents that were to follow and did not: ask for them."""
    lacking = Installer(disk(), trust()).settle()
    if lacking is not None:
        actions.ask_for(SITE, lacking.manifest.number, lacking.missing)
