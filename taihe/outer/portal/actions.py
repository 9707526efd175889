"""The only writers of what the outer zone knows of the signed pages."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from taihe.gate.letters.portal import Found, PortalAlarm, PortalServed, PortalWanted
from taihe.gate.posting import post
from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.digests import digest
from taihe.ground.outbox.actions import enqueue
from taihe.ground.releases import MOST_MANIFEST, BadManifest, Manifest, Notice, parse
from taihe.ground.rules import rule

from .disk import Signed
from .errors import OldRelease
from .models import PortalState, TamperEvent, Tombstone
from .queries import notice_serial
from .searching.source import follow, follow_paths

SITE = Actor.system("门户防篡改")
MOST_DIGESTS = 1500
MOST_TOLD = 50
MOST_ROWS = 500
Kind = TamperEvent.Kind


@dataclass(frozen=True)
class Finding:
    """One thing that was not what was signed, and whether it is right again."""

    kind: str
    copy: str
    path: str
    healed: bool
    at: datetime


def _state() -> PortalState:
    PortalState.objects.get_or_create(pk=1)
    return PortalState.objects.select_for_update().get(pk=1)


def _manifest_of(row: PortalState) -> Manifest | None:
    """What was accepted before, as far as the row still tells; None means that everything is new."""
    try:
        return parse(zlib.decompressobj().decompress(bytes(row.manifest), MOST_MANIFEST)) if row.manifest else None
    except (zlib.error, BadManifest):
        return None


@action("portal.accept_release")
def accept_release(actor: Actor, manifest: Manifest, signed: Signed) -> None:
    """Remember a verified, complete release as the highest.  From now on nothing lower can be served.

    Raises OldRelease for a number that is not higher; the same release again is quietly the same.
    """
    row = _state()
    before = row.highest
    if manifest.number < before:
        raise OldRelease(number=manifest.number, highest=before)
    follow(_manifest_of(row), manifest)
    row.highest, row.accepted_at = manifest.number, clock.now()
    row.manifest, row.signature = zlib.compress(signed.data, 6), signed.signature
    row.save()
    Tombstone.objects.filter(after__lt=manifest.number, arrived_at__lt=clock.now() - timedelta(days=1)).delete()
    skipped = manifest.number - before - 1 if before else 0
    facts = {"pages": len(manifest.files), "withdrawn": len(manifest.tombstones), "skipped": max(skipped, 0)}
    record(("release", str(manifest.number), f"第 {manifest.number} 号发布"), detail=facts)


@action("portal.note_served")
def note_served(actor: Actor, number: int, *, starting: bool = False) -> None:
    """Remember and tell the inner zone which release the public sees, after every switch and at start."""
    row = _state()
    if row.served != number or row.served_at is None:
        row.served, row.served_at = number, clock.now()
        row.save(update_fields=["served", "served_at"])
    serial = notice_serial()
    record(("release", str(number), f"第 {number} 号发布"), detail={"starting": starting, "notice": serial})
    post(PortalServed(number=number, at=row.served_at, highest=row.highest, notice_serial=serial, starting=starting))


@action("portal.keep_notice")
def keep_notice(actor: Actor, notice: Notice, signed: Signed) -> None:
    """Keep a verified notice of withdrawal; the same again changes nothing but is recorded."""
    paths = [grave.path for grave in notice.tombstones]
    Tombstone.objects.get_or_create(
        serial=notice.serial,
        defaults={
            "after": notice.after,
            "paths": paths,
            "notice": signed.data,
            "signature": signed.signature,
            "arrived_at": clock.now(),
        },
    )
    follow_paths(paths)
    record(("withdrawal", str(notice.serial), f"撤稿通知 {notice.serial}"), detail={"paths": paths[:MOST_TOLD]})


@action("portal.heal_notice")
def heal_notice(actor: Actor, notice: Notice, signed: Signed) -> None:
    """Set a changed or deleted row of a withdrawal right again by the signed notice in memory."""
    Tombstone.objects.filter(serial=notice.serial).delete()
    keep_notice(actor, notice, signed)
    record(("withdrawal", str(notice.serial), f"撤稿通知 {notice.serial}"))
    note_tamper(actor, [Finding(Kind.ROW, "", f"Tombstone.serial={notice.serial}", healed=True, at=clock.now())])


@action("portal.ask_for")
def ask_for(actor: Actor, number: int, digests: Sequence[str], *, everything: bool = False) -> bool:
    """Ask the inner zone for what is lacking here; false when the same was asked a short while ago."""
    row = _state()
    everything = everything or len(digests) > MOST_DIGESTS
    question = digest([number, everything, sorted(digests)])
    patience = timedelta(minutes=rule("serving.ask_minutes"))
    repeated = row.asked == question and row.asked_at is not None and clock.now() - row.asked_at < patience
    record(
        ("release", str(number), f"第 {number} 号发布" if number else "网站全部页面"),
        detail={"missing": len(digests), "everything": everything, "repeated": repeated},
    )
    if repeated:
        return False
    row.asked, row.asked_at = question, clock.now()
    row.save(update_fields=["asked", "asked_at"])
    named = () if everything else tuple(sorted(digests))
    post(PortalWanted(number=number, highest=row.highest, everything=everything, digests=named))
    return True


@action("portal.wait_for")
def wait_for(actor: Actor, number: int, missing: int) -> None:
    """The rest of a release is on its way: look again after a while, and ask for it then."""
    patience = timedelta(minutes=rule("serving.wait_for_packs_minutes"))
    enqueue("portal.ask_late", {}, dedupe="portal.ask_late", not_before=clock.now() + patience)
    record(("release", str(number), f"第 {number} 号发布"), detail={"missing": missing})


@action("portal.note_tamper")
def note_tamper(actor: Actor, findings: Sequence[Finding]) -> None:
    """Record what was found changed, and tell the inner zone in one letter however much it was."""
    told = sentence_of(findings)
    event = record(
        ("site", "portal", "门户网站页面"),
        refused=True,
        detail={"count": len(findings), "healed": sum(one.healed for one in findings), "sentence": told},
    )
    TamperEvent.objects.bulk_create(
        TamperEvent(at=one.at, kind=one.kind, copy=one.copy, path=one.path[:500], healed=one.healed, event=event)
        for one in findings[:MOST_ROWS]
    )
    _alarm("tamper", findings, told)


@action("portal.note_refused")
def note_refused(actor: Actor, number: int, sentence: str, *, chain: bool = False) -> None:
    """Record a release or notice that was not believed, and tell the inner zone."""
    kind = Kind.CHAIN if chain else Kind.REFUSED
    found = Finding(kind, "", f"releases/{number}", healed=False, at=clock.now())
    event = record(("release", str(number), f"第 {number} 号发布"), refused=True, detail={"sentence": sentence})
    TamperEvent.objects.create(at=found.at, kind=kind, path=found.path, healed=False, event=event)
    _alarm("chain" if chain else "refused", [found], sentence)


@action("portal.heal_state")
def heal_state(actor: Actor, manifest: Manifest, signed: Signed) -> None:
    """Set a changed row right again by the verified release that is served."""
    row = _state()
    wrong = row.highest
    row.highest = manifest.number
    row.manifest, row.signature = zlib.compress(signed.data, 6), signed.signature
    row.save(update_fields=["highest", "manifest", "signature"])
    record(("release", str(manifest.number), f"第 {manifest.number} 号发布"), detail={"was": wrong})
    note_tamper(actor, [Finding(Kind.ROW, "", f"PortalState.highest={wrong}", healed=True, at=clock.now())])


@action("portal.forget_events")
def forget_events(actor: Actor) -> int:
    """Remove events older than the time for which they must be kept; how many."""
    limit = clock.now() - timedelta(days=rule("serving.event_keep_days"))
    gone, _ = TamperEvent.objects.filter(at__lt=limit).delete()
    record(("site", "portal", "门户网站页面"), detail={"forgotten": gone})
    return gone


def sentence_of(findings: Sequence[Finding]) -> str:
    """What was found, in one sentence."""
    kinds = [Kind(one).label for one in dict.fromkeys(one.kind for one in findings)]
    healed = sum(one.healed for one in findings)
    return f"门户网站发现 {len(findings)} 处异动（{'、'.join(kinds)}），已恢复 {healed} 处；公众看到的页面未受影响。"


def _alarm(kind: str, findings: Sequence[Finding], sentence: str) -> None:
    moments = [one.at for one in findings]
    post(
        PortalAlarm.model_validate(
            {
                "kind": kind,
                "since": min(moments),
                "until": max(moments),
                "count": len(findings),
                "sentence": sentence[:400],
                "found": tuple(
                    Found(kind=one.kind, copy_name=one.copy, path=one.path[:500], healed=one.healed)
                    for one in findings[:MOST_TOLD]
                ),
            }
        )
    )
