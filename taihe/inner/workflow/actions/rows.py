"""What every action begins and ends with: the instance locked, the item on the actor's desk, a line in the log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing, StaleVersion

from ..engine import Flow
from ..errors import AlreadySigner, FlowClosed, ItemClosed, NotYourItem, SignersWait
from ..flows import flow_of
from ..models import FlowLog, Kind, ProcessInstance, Status, Verb, WorkItem
from ..models.item import GATES, PENDING
from ..registry import SubjectKind, subject
from ..seats import Seat, seat_of

OPINION_CHARACTERS = 5000


@dataclass
class At:
    """Where an action stands: the locked instance, the item, the matter's kind and the actor's desk."""

    actor: Actor
    instance: ProcessInstance
    item: WorkItem
    kind: SubjectKind
    seat: Seat

    @property
    def flow(self) -> Flow:
        """The flow of the instance's own version."""
        return flow_of(self.instance.definition)


def lock_instance(pk: int, version: int | None = None) -> ProcessInstance:
    """The instance, locked until the action ends, without the flow's file.  Raises Missing, StaleVersion."""
    row = (
        ProcessInstance.objects.select_for_update(of=("self",))
        .select_related("definition")
        .defer("definition__bpmn")
        .filter(pk=pk)
        .first()
    )
    if row is None:
        raise Missing(what="该流程")
    if version is not None and row.version != version:
        raise StaleVersion(what="该流程")
    return row


def lock_item(pk: int, version: int | None) -> WorkItem:
    """The item as it stands once its instance is locked.  Raises Missing, StaleVersion."""
    owner = WorkItem.objects.filter(pk=pk).values_list("instance_id", flat=True).first()
    if owner is None:
        raise Missing(what="该待办")
    instance = lock_instance(owner)
    item = WorkItem.objects.get(pk=pk)
    item.instance = instance
    if version is not None and item.version != version:
        if item.status not in (Status.OPEN, Status.WAITING):
            raise ItemClosed(title=item.title, status=item.get_status_display(), verb="办理")
        raise StaleVersion(what="该待办")
    return item


def require_running(instance: ProcessInstance, verb: str) -> None:
    """Raises FlowClosed for a suspended, finished or cancelled flow."""
    if instance.status != ProcessInstance.Status.RUNNING:
        raise FlowClosed(title=instance.title, status=instance.get_status_display(), verb=verb)


def require_seat(actor: Actor, item: WorkItem) -> Seat:
    """The actor's desk, if the item lies on it.  Raises NotYourItem."""
    seat = seat_of(actor)
    if seat is None or not seat.holds(item) or not seat.covers(item.instance.kind):
        raise NotYourItem(title=item.title, holder=item.holder_name)
    return seat


def require_open(item: WorkItem, verb: str) -> None:
    """Raises SignersWait while it waits for those asked first, ItemClosed when it is over."""
    if item.status == Status.WAITING:
        before = WorkItem.objects.filter(parent=item, origin__in=GATES, status__in=PENDING)
        who = "、".join(one.holder_name for one in before[:5]) or "前一办理人"
        raise SignersWait(title=item.title, who=who, verb=verb)
    if item.status != Status.OPEN:
        raise ItemClosed(title=item.title, status=item.get_status_display(), verb=verb)


def same_place(item: WorkItem) -> QuerySet[WorkItem]:
    """Other pending places of the same holder at the same node: there may be only one."""
    return WorkItem.objects.filter(
        instance=item.instance_id, node=item.node, round=item.round, kind=item.kind, post=item.post_id,
        officer=item.officer_id, status__in=PENDING,
    ).exclude(pk=item.pk)  # fmt: skip


def require_free_place(item: WorkItem) -> None:
    """Raises AlreadySigner when its holder has another pending place at the node."""
    if item.kind == Kind.DO and same_place(item).exists():
        raise AlreadySigner(who=item.holder_name)


def at_desk(actor: Actor, pk: int, version: int | None, verb: str) -> At:
    """The actor's own open item in a running flow, all locked.

    Raises Missing, NotYourItem, ItemClosed, SignersWait, FlowClosed, StaleVersion.
    """
    item = lock_item(pk, version)
    seat = require_seat(actor, item)
    require_open(item, verb)
    require_running(item.instance, verb)
    return At(actor, item.instance, item, subject(item.instance.kind), seat)


def words(text: str, what: str, *, least: int = 0, most: int = OPINION_CHARACTERS) -> str:
    """Text without blanks around it.  Raises BadInput when it is too short or too long."""
    said = text.strip()
    if len(said) < least:
        raise BadInput(what=f"请填写{what}" + (f"（不少于{least}个字）。" if least > 1 else "。"))
    if len(said) > most:
        raise BadInput(what=f"{what}过长，最多 {most} 个字。")
    return said


def keep(row: WorkItem | ProcessInstance, *fields: str) -> None:
    """Store the named fields under the next version."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def log(
    actor: Actor,
    instance: ProcessInstance,
    verb: Verb,
    *,
    item: WorkItem | None = None,
    text: str = "",
    data: Mapping[str, Any] | None = None,
    node: str = "",
    node_title: str = "",
) -> FlowLog:
    """Add a line to the matter's history."""
    return FlowLog.objects.create(
        instance=instance,
        item=item,
        at=clock.now(),
        verb=verb,
        node=node or (item.node if item else ""),
        node_title=node_title or (item.node_title if item else ""),
        person_id=actor.person_id,
        person_name=str(actor)[:80],
        post_name=actor.post_name,
        organ_name=actor.organ_name,
        text=text,
        data=dict(data or {}),
    )
