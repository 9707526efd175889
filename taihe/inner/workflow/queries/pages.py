"""One item or one flow with everything its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from taihe.ground.actor import Actor
from taihe.ground.errors import Missing

from .. import engine
from ..actions.closing import is_base
from ..actions.handling import RESUBMIT
from ..engine import Node
from ..flows import flow_of
from ..models import FlowLog, Kind, Origin, ProcessInstance, Status, Verb, WorkItem
from ..models.item import PENDING
from .rights import may_view


def get_item(actor: Actor, pk: int) -> WorkItem:
    """One item with instance, definition (without its file), organ and post.  Raises Missing."""
    joined = ("instance__definition", "instance__organ", "post__organ", "officer")
    item = WorkItem.objects.select_related(*joined).defer("instance__definition__bpmn").filter(pk=pk).first()
    if item is None or not may_view(actor, item.instance):
        raise Missing(what="该待办")
    return item


def get_instance(actor: Actor, pk: int) -> ProcessInstance:
    """One flow with its definition (without the file) and organ.  Raises Missing."""
    found = _instances().filter(pk=pk).first()
    if found is None or not may_view(actor, found):
        raise Missing(what="该流程")
    return found


def find_running(kind: str, subject_id: str) -> ProcessInstance | None:
    """The flow a matter is on now, if any: for the module whose matter it is."""
    open_now = [ProcessInstance.Status.RUNNING, ProcessInstance.Status.SUSPENDED]
    return _instances().filter(kind=kind, subject_id=subject_id, status__in=open_now).first()


def _instances() -> QuerySet[ProcessInstance]:
    return ProcessInstance.objects.select_related("definition", "organ").defer("definition__bpmn")


def node_of(item: WorkItem) -> Node | None:
    """The node in the flow's drawing; None for 传阅."""
    return flow_of(item.instance.definition).nodes.get(item.node) if item.kind == Kind.DO else None


def outcomes(item: WorkItem) -> tuple[tuple[str, str], ...]:
    """The outcomes the item offers, (key, title) in the order of the buttons."""
    node = node_of(item)
    if node is None:
        return ()
    return (RESUBMIT,) if item.origin == Origin.REWORK else node.outcomes


def form_of(item: WorkItem) -> str:
    """Key of the node's own form; empty for none."""
    node = node_of(item)
    return node.form if node else ""


@dataclass(frozen=True)
class Target:
    """An earlier node the matter can be sent back to, and who signed there last (for `signer`)."""

    node: str
    title: str
    signers: tuple[WorkItem, ...]


def targets(item: WorkItem) -> list[Target]:
    """Where 退回 may lead from this item (1 query)."""
    if item.status != Status.OPEN or item.kind != Kind.DO or not is_base(item):
        return []
    flow = flow_of(item.instance.definition)
    keys = engine.jump_targets(flow, bytes(item.instance.state), item.task_id)
    rows = WorkItem.objects.filter(instance=item.instance_id, node__in=keys, kind=Kind.DO, status=Status.DONE)
    there = [one for one in rows.order_by("order", "pk") if is_base(one)]
    found = []
    for key in keys:
        signed = [one for one in there if one.node == key]
        last = max((one.round for one in signed), default=0)
        found.append(Target(key, flow.nodes[key].title, tuple(one for one in signed if one.round == last)))
    return found


@dataclass(frozen=True)
class Step:
    """One node of the stepper: `state` is done, current or ahead; its items of the last round, in order."""

    node: str
    title: str
    state: str
    items: tuple[WorkItem, ...]


def stepper(
    instance: ProcessInstance, items: Sequence[WorkItem] | None = None, lines: Sequence[Line] | None = None
) -> list[Step]:
    """The nodes of the flow in drawing order with what happened at each (2 queries, or none with both given)."""
    flow = flow_of(instance.definition)
    items = [one for one in (items_of(instance) if items is None else items) if one.kind == Kind.DO]
    back = _returns(instance, lines)
    steps = []
    for node in flow.ordered():
        here = [one for one in items if one.node == node.id]
        last = max((one.round for one in here), default=0)
        shown = tuple(one for one in here if one.round == last)
        undone = max((at for at, to in back if to in flow.nodes and flow.nodes[to].order <= node.order), default=None)
        steps.append(Step(node.id, node.title, _state(shown, undone), shown))
    return steps


def _returns(instance: ProcessInstance, lines: Sequence[Line] | None) -> list[tuple[datetime, str]]:
    """When, and to which node, the matter was sent back to run again."""
    if lines is None:
        rows = list(FlowLog.objects.filter(instance=instance, verb=Verb.SEND_BACK).values_list("at", "data"))
    else:
        rows = [(one.log.at, one.log.data) for one in lines if one.log.verb == Verb.SEND_BACK]
    return [(at, data.get("to", "")) for at, data in rows if data.get("resume") == "again"]


def _state(items: tuple[WorkItem, ...], undone: datetime | None) -> str:
    if any(one.status in PENDING for one in items):
        return "current"
    signed = [one.done_at for one in items if one.status == Status.DONE and one.done_at]
    return "done" if signed and (undone is None or max(signed) > undone) else "ahead"


def items_of(instance: ProcessInstance) -> list[WorkItem]:
    """All items of a flow, oldest first (1 query)."""
    return list(WorkItem.objects.filter(instance=instance).select_related("post").order_by("pk"))


@dataclass(frozen=True)
class Line:
    """One line of the timeline, with its item if it has one."""

    log: FlowLog
    item: WorkItem | None


def timeline(instance: ProcessInstance) -> list[Line]:
    """Everything that happened, oldest first (1 query)."""
    rows = FlowLog.objects.filter(instance=instance).select_related("item__post").order_by("pk")
    return [Line(one, one.item) for one in rows]


def picture(instance: ProcessInstance, steps: Sequence[Step] | None = None) -> str:
    """The flow as SVG with the current and the passed nodes marked (2 queries; none with the steps given)."""
    steps = stepper(instance) if steps is None else steps
    passed = {one.node for one in steps if one.state == "done"} | ({instance.end} if instance.end else set())
    current = {one.node for one in steps if one.state == "current"}
    return engine.picture(flow_of(instance.definition), current, passed)
