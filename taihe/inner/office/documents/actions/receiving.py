"""收文: a paper comes in, is registered, proposed on, closed or returned; and what its sender still does to it.

`receive`, `recalled` and `replaced` are called within the actions of 签收 and 分发, the rest by the flow.  Lock order:
the flow first, then the paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.ground.files.actions import Prepared, attach
from taihe.ground.files.owners import Owner
from taihe.ground.registers.actions import Subject, allocate, open_register
from taihe.ground.registers.models import Register
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import require
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.actions.rows import lock_instance
from taihe.inner.workflow.models import Origin, Urgency, WorkItem
from taihe.inner.workflow.picker import chosen as chosen_readers

from ..errors_incoming import BadProposal, NoReceivingOrgan, NoResult, ReadersUnread
from ..models import Delivery, Incoming
from ..proposal import faults, read
from ..queries import assigning
from ..queries.incoming import OWNER, SCAN, unread
from ..rights import RECEIVE
from ..search import incoming_touched
from ..states import IncomingState
from .collecting import return_paper

KIND = "documents.incoming"
RECALLING = "公文收回"


@dataclass(frozen=True)
class Letter:
    """What a clerk writes down of a paper that came by post."""

    source_name: str
    title: str
    source_number: str = ""
    genre: str = ""
    urgency: str = Urgency.NORMAL
    dated: date | None = None
    pages: int = 0


@action("documents.receive_incoming")
def receive(actor: Actor, delivery: Delivery) -> Incoming:
    """A copy has been signed for: it enters the organ's 收文, and its clerks find it among their work.

    Asked again, the same paper is returned.  Raises NotAllowed without documents.receive over the organ.
    """
    require(actor, RECEIVE, delivery.organ)
    known = Incoming.objects.filter(delivery=delivery).first()
    if known is not None:
        record(known, detail={"again": True})
        return known
    document = delivery.document
    row = Incoming(
        organ=delivery.organ,
        delivery=delivery,
        source_name=delivery.sender_name,
        source_number=delivery.number,
        title=delivery.title,
        genre=document.genre,
        urgency=delivery.urgency or Urgency.NORMAL,
        dated=document.dated,
        pages=document.pages,
    )
    _begin(actor, row, delivery.organ)
    incoming_touched(row.pk)
    record(row, after=snapshot(row), detail={"delivery": delivery.pk, "flow": row.instance_id})
    return row


@action("documents.receive_paper")
def receive_paper(actor: Actor, letter: Letter, scan: Prepared | None) -> Incoming:
    """A paper came by post, with its scan: it goes the same way as one that came through the system.

    The scan was looked at when it was prepared.  Raises NotAllowed, NoReceivingOrgan, BadInput.
    """
    organ = Organ.objects.filter(code=actor.organ).first() if actor.organ else None
    if organ is None:
        raise NoReceivingOrgan(what=NoReceivingOrgan.happened)
    require(actor, RECEIVE, organ)
    if not letter.title.strip() or not letter.source_name.strip():
        raise BadInput(what="请填写来文机关和标题。")
    row = Incoming(
        organ=organ,
        source_name=letter.source_name.strip(),
        source_number=letter.source_number.strip(),
        title=letter.title.strip(),
        genre=letter.genre,
        urgency=letter.urgency,
        dated=letter.dated,
        pages=letter.pages,
    )
    _begin(actor, row, organ)
    if scan is not None:
        attach(actor, scan, Owner(OWNER, str(row.pk)), purpose=SCAN)
    incoming_touched(row.pk)
    record(row, after=snapshot(row), detail={"flow": row.instance_id, "scan": scan is not None})
    return row


def _begin(actor: Actor, row: Incoming, organ: Organ) -> None:
    """Save a new paper and, where the organ has a clerk, start its flow."""
    row.organ_name, row.received_at, row.received_by_name = organ.name, clock.now(), str(actor)[:80]
    row.save(force_insert=True)
    if not assigning.clerks(organ):
        return
    instance = workflow.start(
        actor, KIND, str(row.pk), title=row.title, organ=organ, number=row.source_number, urgency=row.urgency
    )
    row.instance_id = instance.pk
    row.save(update_fields=["instance_id"])


def held(pk: int) -> Incoming:
    """The paper under lock; its flow has been locked by whoever moves it.  Raises Missing."""
    row = Incoming.objects.select_for_update(of=("self",)).select_related("organ__successor").filter(pk=pk).first()
    if row is None:
        raise Missing(what="该收文")
    return row


def keep(row: Incoming, *fields: str) -> None:
    """Store the named fields under the next version, for the search, too."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])
    incoming_touched(row.pk)


@action("documents.move_incoming")
def move_papers(actor: Actor, organ: Organ, successor: Organ) -> int:
    """An organ was merged: its papers follow to the one that took it over; the names on them stay as they were."""
    moved = Incoming.objects.filter(organ=organ).update(organ=successor)
    record(organ, detail={"papers": moved, "to": successor.code})
    return moved


# -- what the flow decides -----------------------------------------------------------------------------------------


@action("documents.register_incoming")
def register(actor: Actor, pk: int) -> Incoming:
    """初审 is passed: the paper gets the organ's next number of the year, once (R01)."""
    row = held(pk)
    before = snapshot(row)
    if not row.number:
        entry = allocate(actor, _register_of(actor, row.organ), Subject(KIND, str(row.pk), row.title))
        row.number, row.entry_id = entry.text, entry.pk
        row.registered_at, row.registered_by_name = clock.now(), str(actor)[:80]
    row.state = IncomingState.HANDLING
    keep(row, "number", "entry_id", "registered_at", "registered_by_name", "state")
    record(row, before=before, after=snapshot(row), detail={"number": row.number})
    return row


def _register_of(actor: Actor, organ: Organ) -> str:
    """Key of the organ's 收文登记簿, opened when its first paper is registered."""
    key = f"incoming.{organ.code}"
    if not Register.objects.filter(key=key).exists():
        Organ.objects.select_for_update(of=("self",)).get(pk=organ.pk)  # two first clerks: one opens it
        if not Register.objects.filter(key=key).exists():
            title, written = f"{organ.short_name}收文登记簿", rule("documents.incoming_number")
            open_register(actor, key, title=title, series=f"收文-{organ.code}", format=written)
    return key


@action("documents.refuse_incoming")
def refuse(actor: Actor, pk: int, *, reason: str) -> Incoming:
    """初审 is not passed: the reason is kept; the paper goes back when the flow ends."""
    row = held(pk)
    before = snapshot(row)
    row.refused_reason = reason[:300]
    keep(row, "refused_reason")
    record(row, before=before, after=snapshot(row), detail={"reason": row.refused_reason})
    return row


@action("documents.return_incoming")
def give_back(actor: Actor, pk: int) -> Incoming:
    """退文: the sender sees his copy returned, with the reason."""
    row = held(pk)
    before = snapshot(row)
    row.state, row.closed_at = IncomingState.RETURNED, clock.now()
    keep(row, "state", "closed_at")
    if row.delivery is not None:
        return_paper(actor, row.delivery, row.refused_reason)
    record(row, before=before, after=snapshot(row), detail={"reason": row.refused_reason})
    return row


@action("documents.propose_incoming")
def propose(actor: Actor, pk: int, *, proposal: str, fields: Mapping[str, Any]) -> Incoming:
    """拟办: opinion, leaders, units, deadline, readers; the readers get their copies at once.

    Raises BadProposal for what breaks R02 or R03, or names somebody who cannot take the paper.
    """
    row, given = held(pk), read(fields)
    before = snapshot(row)
    if wrong := faults(row, given):
        raise BadProposal(what="".join(sentence for _, sentence in wrong))
    organ = assigning.current(row.organ)
    leaders = assigning.chosen_leaders(organ, given.leaders)
    units = {one.pk: one for one in assigning.units_of(organ)}
    readers = chosen_readers(given.readers)
    if len(leaders) != len(set(given.leaders)) or len(readers) != len(set(given.readers)):
        raise BadProposal(what="所选的领导或传阅对象已不在任，请重新选择。")
    if any(one not in units for one in given.units) or len(assigning.desks(given.units)) != len(given.units):
        raise BadProposal(what="所选的承办单位不能接收，请重新选择。")
    row.proposal, row.handling, row.due_on, row.result = proposal, given.handling, given.due_on, ""
    row.leaders = [
        {"post": one.post_id, "officer": one.officer_id, "name": one.name, "title": one.title} for one in leaders
    ]
    row.handlers = [
        {"organ": one, "name": units[one].short_name, "main": str(one) == given.main} for one in given.units
    ]
    row.readers = [{"value": one.value, "name": one.label} for one, _ in readers]
    keep(row, "proposal", "handling", "due_on", "result", "leaders", "handlers", "readers")
    if readers and row.instance_id:
        signers = [signer for _, signer in readers]
        workflow.circulate(actor, row.instance_id, signers=signers, mandatory=given.mandatory, serial=given.serial)
    detail = {"leaders": len(leaders), "handlers": given.units, "readers": len(readers)}
    record(row, before=before, after=snapshot(row), detail=detail)
    return row


@action("documents.handled_incoming")
def handled(actor: Actor, pk: int, *, unit: str, result: str) -> Incoming:
    """A unit has told what it did; added to the result, the main unit's first."""
    row = held(pk)
    before = snapshot(row)
    main = next((one["name"] for one in row.handlers if one["main"]), "")
    line = f"{unit}：{result}"
    row.result = f"{line}\n{row.result}".strip() if unit == main else f"{row.result}\n{line}".strip()
    keep(row, "result")
    record(row, before=before, after=snapshot(row), detail={"unit": unit})
    return row


@action("documents.check_close_incoming")
def check_close(actor: Actor, pk: int, *, instance_id: int, result: str) -> Incoming:
    """R04: nobody who must read is left, and what was to be handled has a result.

    Raises ReadersUnread, NoResult.
    """
    row = held(pk)
    before = snapshot(row)
    waiting = unread(instance_id)
    if waiting:
        raise ReadersUnread(who="、".join(one.holder_name for one in waiting[:10]))
    if result.strip():
        row.result = f"{row.result}\n{result.strip()}".strip()
    if row.handling == Incoming.Handling.HANDLE and not row.result:
        raise NoResult(title=row.title)
    keep(row, "result")
    record(row, before=before, after=snapshot(row))
    return row


@action("documents.close_incoming")
def close(actor: Actor, pk: int) -> Incoming:
    """办结."""
    row = held(pk)
    before = snapshot(row)
    row.state, row.closed_at = IncomingState.CLOSED, clock.now()
    keep(row, "state", "closed_at")
    record(row, before=before, after=snapshot(row))
    return row


# -- what the sender does afterwards -------------------------------------------------------------------------------


@action("documents.incoming_recalled")
def recalled(actor: Actor, delivery: Delivery, reason: str) -> Incoming | None:
    """收回: the sender takes a copy back; what was under way with it ends, with the reason in its history."""
    return _end(actor, delivery, f"发文单位收回：{reason}", always=True)


@action("documents.incoming_replaced")
def replaced(actor: Actor, delivery: Delivery, reason: str) -> Incoming | None:
    """换版: a paper not yet registered gives way to the corrected one; one being handled goes on, and says so."""
    return _end(actor, delivery, f"发文单位换版更正：{reason}", always=False)


def _end(actor: Actor, delivery: Delivery, why: str, *, always: bool) -> Incoming | None:
    known = Incoming.objects.filter(delivery=delivery).values_list("pk", "instance_id").first()
    if known is None:
        record(delivery, detail={"incoming": None})
        return None
    pk, instance_id = known
    instance = lock_instance(instance_id) if instance_id else None
    row = held(pk)
    before = snapshot(row)
    if row.state != IncomingState.RETURNED and (always or row.state == IncomingState.RECEIVED):
        row.state = IncomingState.RECALLED
        keep(row, "state")
        if instance is not None and instance.is_open:
            # The sender has no say in another organ's flow; the system ends it on his word.
            workflow.cancel(Actor.system(RECALLING), instance.pk, reason=why[:500])
    record(row, before=before, after=snapshot(row), detail={"reason": why, "state": row.state})
    return row


def unit_of(row: Incoming, item: WorkItem) -> str:
    """For which of the chosen units an item was handled, whoever it was passed on to."""
    names = {one["organ"]: one["name"] for one in row.handlers}
    at: WorkItem | None = item
    while at is not None and at.post.organ_id not in names:
        at = at.parent if at.origin == Origin.TRANSFERRED or at.is_added else None
    return names[at.post.organ_id] if at is not None else item.post_organ_name
