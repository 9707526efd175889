"""The only writers of releases, roll-back requests and their alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max

from taihe.gate.letters.portal import PortalAlarm, PortalServed, PortalTombstone
from taihe.gate.posting import Ready, post
from taihe.ground import clock
from taihe.ground.action import action, current_frame, record, snapshot, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.errors import StaleVersion
from taihe.ground.outbox.actions import enqueue
from taihe.ground.releases import Manifest
from taihe.inner.people.permissions import require

from ..models import Release, ReleaseAlarm, ReleaseState, RollbackRequest, Withdrawal
from ..rights import RELEASE
from .carrying import post_objects, post_release
from .errors import AlreadyAsked, NoLongerKept, NothingPinned, NotOpen, OwnRequest, SourcesMoved
from .folder import release_store

if TYPE_CHECKING:
    from .making import Draft
    from .sources import Trouble

_WAITING = (RollbackRequest.Status.OPEN, RollbackRequest.Status.AGREED)


@dataclass(frozen=True)
class Made:
    """What was made ready of a release: its signed manifest, the digests of its lists, and its luggage."""

    manifest: Manifest
    digest: str
    signature: str
    facts: str
    sources: str
    enclosed: Ready
    packs: tuple[Ready, ...]
    packed: int
    seconds: float


def _state() -> ReleaseState:
    """The state's only row, locked for the running unit of work."""
    current_frame()
    found = ReleaseState.objects.select_for_update().first()
    return found or ReleaseState.objects.create()


# Making ----------------------------------------------------------------------------------------


def reserve_number(actor: Actor) -> int:
    """Take the next release number; it is used for this release or for none."""
    with unit_of_work("portal.number", actor):
        state = _state()
        state.reserved += 1
        state.save(update_fields=["reserved"])
        return state.reserved


@action("portal.release")
def send_release(actor: Actor, draft: Draft, made: Made) -> Release:
    """Put a signed release in force and post it.  Raises SourcesMoved when it is out of date already."""
    state, order = _state(), draft.order
    newest = Withdrawal.objects.aggregate(last=Max("id"))["last"] or 0
    after = draft.after.pk if draft.after else None
    if (state.newest_id, newest) != (after, draft.withdrawn):
        raise SourcesMoved()
    manifest = made.manifest
    release = Release.objects.create(
        number=manifest.number,
        kind=order.kind,
        cause=draft.cause,
        contents_of=draft.pinned,
        digest=made.digest,
        previous=manifest.previous,
        key_id=manifest.key,
        signature=made.signature,
        sources=made.sources,
        facts=made.facts,
        withdrawn=draft.withdrawn,
        pages=len(manifest.files),
        changed=draft.changed,
        removed=draft.removed,
        tombstones=len(manifest.tombstones),
        packed=made.packed,
        seconds=made.seconds,
        waiting_since=draft.waiting_since,
        made_at=manifest.made_at,
        made_by=order.by,
    )
    state.newest, state.pinned = release, draft.pinned
    state.save(update_fields=["newest", "pinned"])
    _settle_request(order.request)
    post_release(release.number, made.digest, made.signature, made.enclosed, made.packs)
    told = {"number": release.number, "cause": draft.cause, "changed": draft.changed, "manifest": made.digest}
    record(release, after=snapshot(release), detail=told)
    return release


def _settle_request(pk: int | None) -> None:
    rows = RollbackRequest.objects.filter(pk=pk or 0, status=RollbackRequest.Status.AGREED)
    rows.update(status=RollbackRequest.Status.DONE)


@action("portal.tombstone")
def send_notice(actor: Actor, notice: bytes, signature: bytes, *, serial: int, paths: int) -> None:
    """Post what must disappear at once, ahead of the next release."""
    post(PortalTombstone(notice=notice.decode(), signature=signature.decode("ascii")))
    record(("portal.notice", str(serial), f"紧急撤稿通知第{serial}号"), detail={"serial": serial, "paths": paths})


@action("portal.send_objects")
def send_objects(actor: Actor, number: int, packs: tuple[Ready, ...], *, asked: int) -> None:
    """Answer the public side with contents that it lacks."""
    post_objects(number, packs)
    record(("portal.objects", str(number), f"第{number}号发布的内容"), detail={"number": number, "asked": asked})


@action("portal.send_again")
def send_again(actor: Actor, release: Release, enclosed: Ready, packs: tuple[Ready, ...]) -> None:
    """Send the newest release once more, as it was signed, to a public side that lost it."""
    post_release(release.number, release.digest, release.signature, enclosed, packs)
    record(release, detail={"number": release.number, "packs": len(packs)})


@action("portal.ask_bake")
def ask_bake(actor: Actor, *, full: bool, reason: str, by_person: bool = True) -> None:
    """Ask for everything to be made anew (`full`), which also ends a roll-back.  Raises NotAllowed."""
    if by_person:
        require(actor, RELEASE)
    payload = {"kind": "full", "reason": reason, "by": actor.person_name} if full else {}
    enqueue("portal.bake", payload, dedupe="portal.bake:full" if full else "portal.bake")
    record(("portal.bake", "full" if full else "bake", "制作发布内容"), detail={"reason": reason})


# Going back ------------------------------------------------------------------------------------


@action("portal.ask_rollback")
def ask_rollback(actor: Actor, number: int, *, reason: str) -> RollbackRequest:
    """Ask that the site goes back to the contents of a release.  Raises NotAllowed, AlreadyAsked or NoLongerKept."""
    require(actor, RELEASE)
    waiting = RollbackRequest.objects.select_for_update().filter(status__in=_WAITING).select_related("target").first()
    if waiting is not None:
        raise AlreadyAsked(number=waiting.target.number)
    target = Release.objects.filter(number=number).first()
    if target is None or not release_store().has(target.digest):
        raise NoLongerKept(number=number)
    asked = RollbackRequest.objects.create(
        target=target,
        reason=reason,
        asked_by_id=actor.person_id,
        asked_by_name=actor.person_name,
        asked_at=clock.now(),
    )
    record(asked, after=snapshot(asked), detail={"number": number, "reason": reason})
    return asked


@action("portal.decide_rollback")
def decide_rollback(actor: Actor, pk: int, version: int, *, agreed: bool, words: str) -> RollbackRequest:
    """The second person's word on a roll-back.  Raises NotAllowed, OwnRequest, NotOpen or StaleVersion."""
    require(actor, RELEASE)
    row = RollbackRequest.objects.select_for_update(of=("self",)).select_related("target").get(pk=pk)
    if row.status != RollbackRequest.Status.OPEN:
        raise NotOpen(what="这项回退申请")
    if row.version != version:
        raise StaleVersion(what="这项回退申请")
    if row.asked_by_id == actor.person_id:
        raise OwnRequest()
    before = snapshot(row)
    row.status = RollbackRequest.Status.AGREED if agreed else RollbackRequest.Status.REFUSED
    row.decided_by_id, row.decided_by_name, row.decided_at = actor.person_id, actor.person_name, clock.now()
    row.words, row.version = words, row.version + 1
    row.save()
    if agreed:
        enqueue("portal.bake", {"kind": "rollback", "request": row.pk}, dedupe="portal.bake:rollback")
    record(row, before=before, after=snapshot(row), detail={"number": row.target.number, "words": words})
    return row


@action("portal.resume")
def resume(actor: Actor, *, reason: str) -> None:
    """Leave the earlier contents and publish what is approved again.  Raises NotAllowed or NothingPinned."""
    require(actor, RELEASE)
    state = _state()
    if state.pinned is None:
        raise NothingPinned()
    payload = {"kind": "full", "reason": reason, "by": actor.person_name}
    enqueue("portal.bake", payload, dedupe="portal.bake:full")
    record(state.pinned, detail={"number": state.pinned.number, "reason": reason})


# What the public side tells --------------------------------------------------------------------


@action("portal.note_served")
def note_served(actor: Actor, letter: PortalServed) -> None:
    """The public sees a release now.  A public side that knows higher numbers than we gave makes us skip them."""
    state = _state()
    if state.outer_at is None or letter.at >= state.outer_at:
        state.outer_number, state.outer_at = letter.number, letter.at
    state.outer_highest = max(state.outer_highest, letter.highest)
    _skip_to(state, letter.highest)
    state.save()
    Release.objects.filter(number=letter.number, served_at=None).update(served_at=letter.at)
    if letter.starting and state.newest is not None and letter.number < state.newest.number:
        enqueue("portal.answer", {"again": True, "packs": False}, dedupe="portal.answer:again")
        enqueue("portal.tombstone", {}, dedupe="portal.tombstone", priority=0)
    told = {"number": letter.number, "highest": letter.highest, "at": letter.at.isoformat()}
    record(("portal.served", str(letter.number), f"第{letter.number}号发布已对公众可见"), detail=told)


def _skip_to(state: ReleaseState, highest: int) -> bool:
    """Skip the numbers that the public side has seen and we forgot; True when there were any (`state` is not saved)."""
    if highest <= state.reserved:
        return False
    # this zone was restored from a backup; one more is skipped, so that the public side takes the next release whole
    state.reserved = highest + 1
    reason = "本区恢复过备份，按新的发布号重新发布"
    enqueue("portal.bake", {"kind": "full", "reason": reason}, dedupe="portal.bake:full")
    return True


@action("portal.note_highest")
def note_highest(actor: Actor, highest: int) -> bool:
    """The public side asks for contents and tells its highest number; True when numbers had to be skipped."""
    state = _state()
    state.outer_highest = max(state.outer_highest, highest)
    skipped = _skip_to(state, highest)
    state.save(update_fields=["outer_highest", "reserved"])
    record(("portal.served", str(highest), f"外网区接受过的最高发布号 {highest}"), detail={"skipped": skipped})
    return skipped


def _skip_refused(letter: PortalAlarm) -> bool:
    """Skip a number when the newest release does not follow what the public side has; it takes a gap whole."""
    state = _state()
    newest = f"releases/{state.newest.number}" if state.newest else ""
    if letter.kind != "chain" or newest not in {one.path for one in letter.found}:
        return False
    skipped = _skip_to(state, state.reserved + 1)
    state.save(update_fields=["reserved"])
    return skipped


@action("portal.outer_alarm")
def note_outer_alarm(actor: Actor, letter: PortalAlarm) -> ReleaseAlarm:
    """The public side found something that was not as signed; kept here out of reach of whoever did it."""
    found = [one.model_dump(mode="json") for one in letter.found]
    kind = ReleaseAlarm.Kind(letter.kind)
    subject = found[0]["path"][:120] if len(found) == 1 else ""
    row = _raise("outer", kind, subject, letter.sentence, found, (letter.since, letter.until), letter.count)
    told = {"kind": letter.kind, "count": letter.count, "sentence": letter.sentence}
    record(row, after=snapshot(row), detail=told | {"skipped": _skip_refused(letter)})
    return row


@action("portal.note_troubles")
def note_troubles(actor: Actor, troubles: Sequence[Trouble]) -> None:
    """Approvals that were not followed, for the operators to see."""
    now = clock.now()
    for one in troubles:
        row = _raise("inner", ReleaseAlarm.Kind(one.kind), one.subject, one.sentence, [], (now, now), 1)
        record(row, after=snapshot(row), detail={"kind": one.kind, "sentence": one.sentence})


def _raise(
    zone: str,
    kind: ReleaseAlarm.Kind,
    subject: str,
    sentence: str,
    found: list[dict[str, Any]],
    span: tuple[datetime, datetime],
    times: int,
) -> ReleaseAlarm:
    """Open an alarm, or count it on the one that is open for the same thing."""
    row, made = ReleaseAlarm.objects.select_for_update().get_or_create(
        zone=zone,
        kind=kind,
        subject=subject,
        closed_at=None,
        defaults={
            "sentence": sentence[:400],
            "found": found,
            "since": span[0],
            "until": span[1],
            "times": max(times, 1),
        },
    )
    if not made:
        row.times, row.until, row.sentence = row.times + max(times, 1), max(row.until, span[1]), sentence[:400]
        row.found = [*row.found, *found][-50:]
        row.version += 1
        row.save()
    return row


@action("portal.close_alarm")
def close_alarm(actor: Actor, pk: int, version: int, *, words: str) -> ReleaseAlarm:
    """A person has dealt with an alarm.  Raises NotAllowed, NotOpen or StaleVersion."""
    require(actor, RELEASE)
    row = ReleaseAlarm.objects.select_for_update().get(pk=pk)
    if row.closed_at is not None:
        raise NotOpen(what="这条告警")
    if row.version != version:
        raise StaleVersion(what="这条告警")
    before = snapshot(row)
    row.closed_at, row.closed_by_name, row.words, row.version = clock.now(), actor.person_name, words, row.version + 1
    row.save()
    record(row, before=before, after=snapshot(row), detail={"words": words})
    return row
