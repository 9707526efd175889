"""秘书代录: a leader's spoken or paper opinion, entered by an authorised secretary, confirmed by the leader later."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.files.actions import Prepared, attach
from taihe.ground.files.owners import Owner
from taihe.ground.rules import rule
from taihe.inner.people.models import Appointment, Officer, in_force
from taihe.inner.people.permissions import require

from ..errors import NothingToConfirm, NotRecordable
from ..models import Kind, ProcessInstance, Recorded, Status, Verb, WorkItem
from ..permissions import RECORD_FOR
from ..registry import subject
from ..seats import Seat, seat_of
from .handling import check_outcome, decide, sign
from .pausing import hold
from .rows import At, keep, lock_item, log, require_open, require_running, words

OWNER = "workflow.item"
PURPOSE = "代录凭证"


@action("workflow.record_for")
def record_for(
    actor: Actor,
    pk: int,
    version: int,
    *,
    outcome: str,
    opinion: str,
    photo: Prepared,
    officer: int | None = None,
) -> WorkItem:
    """Enter the opinion of the item's holder with a photo of the paper (秘书代录).

    The matter goes on; the opinion is shown as 代录待确认 until the leader confirms.  `officer` names the
    leader when several hold the post.  Needs workflow.record_for over the post's organ, a node for which
    the module allows it, and a post of a rank in rule workflow.record_for_ranks.  Raises NotAllowed,
    NotRecordable, and what `complete` raises.
    """
    item = lock_item(pk, version)
    require(actor, RECORD_FOR, item.post.organ)
    require_open(item, "代录")
    require_running(item.instance, "代录")
    matter = subject(item.instance.kind)
    leader = _leader(item, officer)
    _check_recordable(actor, item, leader)
    seat = Seat(item.post_id, leader.pk, leader.pk)
    at = At(actor, item.instance, item, matter, seat)
    before, said = snapshot(item), words(opinion, "领导意见原文", least=1)
    title = check_outcome(at, outcome, said)
    matter.guard(leader_actor(item, leader), item, outcome)
    sign(item, seat, leader_actor(item, leader), Status.DONE)
    item.recorded, item.recorded_by_id, item.recorded_by_name = Recorded.PENDING, int(actor.person_id), str(actor)[:80]
    item.recorded_photo = attach(actor, photo, Owner(OWNER, str(item.pk)), purpose=PURPOSE).key
    decide(at, Verb.RECORD, outcome, title, said)
    detail = {"outcome": outcome, "for": leader.pk, "photo": item.recorded_photo}
    record(item, before=before, after=snapshot(item), detail=detail)
    return item


def _leader(item: WorkItem, wanted: int | None) -> Officer:
    """Whose opinion it is: the item's person, or the one holder of the post."""
    held = Appointment.objects.filter(in_force(clock.today()), post=item.post_id, officer__is_active=True)
    people = [one.officer for one in held.select_related("officer")]
    named = item.officer_id or wanted
    if named is not None:
        people = [one for one in people if one.pk == named]
    if len(people) != 1:
        why = "该岗位有多人在任，请指明是哪一位的意见" if people else "该岗位今日无人在任"
        raise NotRecordable(why=why, who=item.holder_name)
    return people[0]


def _check_recordable(actor: Actor, item: WorkItem, leader: Officer) -> None:
    who = leader.name
    if actor.kind != "officer" or actor.person_id == str(leader.pk):
        raise NotRecordable(why="本人的意见由本人直接办理", who=who)
    if item.post.rank not in rule("workflow.record_for_ranks"):
        raise NotRecordable(why="只有领导岗位的意见可以代录", who=who)
    if item.kind != Kind.DO or not subject(item.instance.kind).recordable(item.instance, item.node):
        raise NotRecordable(why="该环节须由本人办理", who=who)


def leader_actor(item: WorkItem, leader: Officer) -> Actor:
    """The leader as signer of the opinion; whoever typed it stands beside it."""
    return Actor(
        kind="officer",
        person_id=str(leader.pk),
        person_name=leader.name,
        post_id=str(item.post_id),
        post_name=item.post_name,
        organ_name=item.post_organ_name,
    )


@action("workflow.confirm_recorded")
def confirm_recorded(actor: Actor, pk: int, version: int, *, agree: bool, note: str = "") -> WorkItem:
    """The leader, in person, confirms or disputes what was recorded for him.

    A dispute needs a note and suspends a running flow, since it went on without the leader's word.
    Raises NothingToConfirm, Missing, StaleVersion.
    """
    item = lock_item(pk, version)
    seat = seat_of(actor)
    if seat is None or seat.stands_in or item.done_by_id != seat.person_id:
        raise Missing(what="待您确认的代录意见")
    if item.recorded != Recorded.PENDING:
        raise NothingToConfirm(status=item.get_recorded_display())
    before = snapshot(item)
    item.recorded = Recorded.CONFIRMED if agree else Recorded.DISPUTED
    item.confirmed_at, item.confirm_note = clock.now(), words(note, "说明", least=0 if agree else 2, most=500)
    keep(item, "recorded", "confirmed_at", "confirm_note")
    verb = Verb.CONFIRM if agree else Verb.DISPUTE
    log(actor, item.instance, verb, item=item, text=item.confirm_note)
    if not agree:
        if item.instance.status == ProcessInstance.Status.RUNNING:
            hold(actor, item.instance, f"{item.done_by_name}对代录的意见提出异议")
        subject(item.instance.kind).disputed(actor, item.instance, item)
    record(item, before=before, after=snapshot(item), detail={"agree": agree})
    return item
