"""传阅, read marks and 催办; none of them moves the matter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db.models import Max

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.ground.rules import rule
from taihe.inner.people.permissions import may

from ..errors import FlowClosed, UrgedEnough
from ..models import FlowLog, Kind, Origin, ProcessInstance, Status, Verb, WorkItem
from ..models.item import PENDING
from ..permissions import MANAGE
from ..places import places
from ..registry import Signer, subject
from ..seats import Seat, on_desk, seat_of
from .opening import bring, make_item, names, reopen
from .rows import At, lock_instance, lock_item, log, require_running, require_seat, words


@action("workflow.circulate")
def circulate(
    actor: Actor,
    pk: int,
    *,
    signers: Sequence[Signer],
    mandatory: bool = False,
    serial: bool = False,
    note: str = "",
) -> list[WorkItem]:
    """Send copies of an instance (pk) to readers (传阅), by somebody who has a part in it.

    All at once, or one after another in the order given (`serial`, 依次传阅).  Readers who must read
    (`mandatory`) hold up the sender's own open item.  Who has an unread copy already gets no second one.
    Raises Missing, BadSigner, FlowClosed for a cancelled flow.
    """
    instance = lock_instance(pk)
    seat = seat_of(actor)
    own = list(WorkItem.objects.filter(on_desk(seat), instance=instance).order_by("-pk")) if seat else []
    if seat is None or not (own or takes_part(actor, seat, instance)):
        raise Missing(what="该流程")
    if instance.status == ProcessInstance.Status.CANCELLED:
        raise FlowClosed(title=instance.title, status=instance.get_status_display(), verb="传阅")
    if not signers:
        raise BadInput(what="请选择传阅对象。")
    parent = next((one for one in own if one.status == Status.OPEN and one.kind == Kind.DO), None)
    made = _copies(actor, instance, signers, parent, mandatory=mandatory, serial=serial)
    said = words(note, "传阅说明", most=500)
    text = (
        f"{'依次' if serial else ''}传阅{names(made)}"
        + ("（必阅）" if mandatory else "")
        + (f"：{said}" if said else "")
    )
    log(actor, instance, Verb.CIRCULATE, item=parent, text=text)
    record(instance, detail={"readers": [one.pk for one in made], "mandatory": mandatory, "serial": serial})
    return made


def takes_part(actor: Actor, seat: Seat, instance: ProcessInstance) -> bool:
    """The starter, or a flow manager."""
    return instance.starter_id in (seat.officer_id, seat.person_id) or may(actor, MANAGE, instance.organ)


def _copies(
    actor: Actor,
    instance: ProcessInstance,
    signers: Sequence[Signer],
    parent: WorkItem | None,
    *,
    mandatory: bool,
    serial: bool,
) -> list[WorkItem]:
    """New copies; those of one sending share a `round`, so that a serial one knows whose turn is next."""
    sent = WorkItem.objects.filter(instance=instance, kind=Kind.CC)
    have = set(sent.filter(status__in=PENDING).values_list("post_id", "officer_id"))
    number = (sent.aggregate(last=Max("round"))["last"] or 0) + 1
    matter = subject(instance.kind)
    found = [
        one
        for one in places(signers, chosen=True)
        if (one.post.pk, one.officer.pk if one.officer else None) not in have
    ]
    if not found:
        raise BadInput(what="所选人员均已有未读的传阅件。")
    url = matter.url(instance)
    items = [
        make_item(
            actor, instance, matter, one, url=url, kind=Kind.CC, node=parent.node if parent else "",
            node_title="传阅", origin=Origin.CIRCULATED, parent=parent, mandatory=mandatory, round=number, order=place,
            status=Status.WAITING if serial and place else Status.OPEN,
        )
        for place, one in enumerate(found)
    ]  # fmt: skip
    return bring(actor, matter, items)


def mark_read(actor: Actor, pk: int, *, opinion: str = "") -> WorkItem | None:
    """Note that the actor has opened the item; a 传阅 copy is thereby done, with the reader's words if any.

    Call it when the page is shown: when it was read before, or lies on another desk, nothing is written
    and None returned.
    """
    item = WorkItem.objects.filter(pk=pk, status=Status.OPEN).select_related("instance").first()
    if item is None or (item.read_at is not None and item.kind == Kind.DO):
        return None
    seat = seat_of(actor)
    if seat is None or not seat.holds(item) or not seat.covers(item.instance.kind):
        return None
    return _mark_read(actor, pk, opinion)


@action("workflow.mark_read")
def _mark_read(actor: Actor, pk: int, opinion: str) -> WorkItem:
    item = lock_item(pk, None)
    seat = require_seat(actor, item)
    now = clock.now()
    if item.read_at is None:
        item.read_at, item.read_by_name = now, str(actor)[:80]
    if item.kind == Kind.CC and item.status == Status.OPEN:
        item.status, item.precedence, item.done_at, item.opinion = Status.DONE, None, now, words(opinion, "阅示意见")
        item.done_by_id, item.done_by_name = seat.person_id, str(actor)[:80]
        item.principal_id = seat.officer_id if seat.stands_in else None
        item.officer_id, item.officer_name = seat.officer_id, actor.on_behalf_of or actor.person_name
    # The version stays: whoever has the form open has changed nothing by reading.
    item.save(
        update_fields=[
            "read_at", "read_by_name", "status", "precedence", "done_at", "opinion", "done_by", "done_by_name",
            "principal", "officer", "officer_name",
        ]
    )  # fmt: skip
    log(actor, item.instance, Verb.READ, item=item, text=item.opinion if item.kind == Kind.CC else "")
    if item.kind == Kind.CC:
        pass_on(At(actor, item.instance, item, subject(item.instance.kind), seat))
    record(item, detail={"kind": item.kind})
    return item


def pass_on(at: At) -> None:
    """A copy is read or taken away: of those that go round one after another, the next reader's turn has come."""
    round_ = WorkItem.objects.filter(instance=at.instance, kind=Kind.CC, round=at.item.round, status__in=PENDING)
    rest = list(round_.order_by("order", "pk"))
    if rest and all(one.status == Status.WAITING for one in rest):
        reopen(at, rest[:1])


@action("workflow.urge")
def urge(actor: Actor, pk: int, *, note: str = "") -> WorkItem:
    """Remind whoever has an open item (催办): by its sender, the starter, or anybody who has signed before.

    Capped per item and per receiver in a day (rules workflow.urges_per_item_day, workflow.urges_per_post_day).
    Raises UrgedEnough, Missing, FlowClosed, BadInput.
    """
    item = lock_item(pk, None)
    instance, seat = item.instance, seat_of(actor)
    if not may_urge(actor, seat, item):
        raise Missing(what="该待办")
    require_running(instance, "催办")
    if item.status != Status.OPEN:
        raise BadInput(what=f"该事项当前为“{item.get_status_display()}”，无须催办。")
    _check_cap(item)
    item.urged, item.urged_at = item.urged + 1, clock.now()
    item.save(update_fields=["urged", "urged_at"])  # the version stays: the receiver's form is not out of date
    said = words(note, "催办说明", most=500)
    log(actor, instance, Verb.URGE, item=item, text=f"催办{item.holder_name}" + (f"：{said}" if said else ""))
    record(item, detail={"urged": item.urged})
    return item


def may_urge(actor: Actor, seat: Seat | None, item: WorkItem) -> bool:
    """Sender, starter, whoever has signed, or a flow manager; not the holder."""
    if seat is None:
        return actor.kind == "system"
    if seat.holds(item):
        return False
    me = (seat.officer_id, seat.person_id)
    if item.sender_id in me or takes_part(actor, seat, item.instance):
        return True
    return WorkItem.objects.filter(on_desk(seat), instance=item.instance_id, status=Status.DONE).exists()


def _check_cap(item: WorkItem) -> None:
    morning = datetime.combine(clock.today(), time(), clock.COUNTY_ZONE)
    limit = rule("workflow.urges_per_item_day")
    if FlowLog.objects.filter(item=item, verb=Verb.URGE, at__gte=morning).count() >= limit:
        raise UrgedEnough(who=item.holder_name, limit=limit)
    limit = rule("workflow.urges_per_post_day")
    same = WorkItem.objects.filter(post=item.post_id, precedence__isnull=False, urged_at__gte=morning)
    if same.filter(officer=item.officer_id).count() >= limit:
        raise UrgedEnough(who=item.holder_name, limit=limit)
