"""Items come to desks: when the flow reaches a node, when signers are added, when one who waited may go on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Max

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.workdays.queries import calendar

from ..deadlines import precedence, set_deadlines
from ..engine import Node, Ready, Step
from ..errors import NoSigner
from ..flows import flow_of
from ..models import Kind, Origin, ProcessInstance, Status, Verb, WorkItem
from ..models.item import PENDING
from ..places import Place, places
from ..registry import Signer, SubjectKind, tell_items_opened
from .rows import At, keep, log

NAMES_SHOWN = 20


def make_item(
    actor: Actor, instance: ProcessInstance, matter: SubjectKind, place: Place, *, url: str, **fields: Any
) -> WorkItem:
    """A new item for a place with all its copies, not saved."""
    return WorkItem(
        instance=instance,
        post=place.post,
        post_name=place.post.title,
        post_organ_name=place.post.organ.short_name,
        officer=place.officer,
        officer_name=place.officer.name if place.officer else "",
        sender_id=int(actor.person_id) if actor.kind == "officer" else None,
        sender_post_id=int(actor.post_id) if actor.post_id.isdigit() else None,
        sender_name=str(actor)[:80],
        opened_at=clock.now(),
        title=instance.title,
        number=instance.number,
        urgency=instance.urgency,
        module=matter.module,
        module_title=matter.module_title,
        organ_name=instance.organ_name,
        url=url,
        **fields,
    )


def bring(actor: Actor, kind: SubjectKind, items: Sequence[WorkItem]) -> list[WorkItem]:
    """Save new items; those not waiting get their place in the list, and whoever listens is told."""
    for item in items:
        item.precedence = None if item.status == Status.WAITING else precedence(item.urgency, item.due_at)
    kept = [item for item in items if item.status == Status.OPEN and item.due_at is None]
    set_deadlines(calendar(), kept, law=kind.legal_clock)
    made = WorkItem.objects.bulk_create(items)
    tell_items_opened(actor, [item for item in made if item.status == Status.OPEN])
    return made


def next_round(instance: ProcessInstance, node: str) -> int:
    """How often the matter will have been at the node."""
    last = WorkItem.objects.filter(instance=instance, node=node).aggregate(last=Max("round"))["last"]
    return int(last or 0) + 1


def names(items: Iterable[WorkItem | Place]) -> str:
    """Who, in a line of the log."""
    shown = [one.holder_name if isinstance(one, WorkItem) else one.name for one in items]
    more = f"等{len(shown)}人" if len(shown) > NAMES_SHOWN else ""
    return "、".join(shown[:NAMES_SHOWN]) + more


def open_node(
    actor: Actor,
    instance: ProcessInstance,
    kind: SubjectKind,
    ready: Ready,
    *,
    origin: Origin,
    parent: WorkItem | None,
    signers: Sequence[Signer] = (),
) -> list[WorkItem]:
    """Open the items of a node the flow has reached; in a serial node all but the first wait.

    `signers` overrides those the module names (退回 goes to those who signed before).  Raises NoSigner, BadSigner.
    """
    node = flow_of(instance.definition).nodes[ready.node]
    found = places(signers or kind.signers(instance, node.role, node.id), chosen=False)
    if not found:
        raise NoSigner(node=node.title)
    items = node_items(actor, instance, kind, node, found, task_id=ready.task_id, origin=origin, parent=parent)
    made = bring(actor, kind, items)
    vacant = [place for place in found if place.vacant]
    text = f"送达{names(made)}" + (f"；{names(vacant)}无人在任，可由流程管理员改派" if vacant else "")
    log(actor, instance, Verb.OPEN, node=node.id, node_title=node.title, text=text, data={"round": made[0].round})
    kind.node_opened(actor, instance, node.id)
    return made


def node_items(
    actor: Actor,
    instance: ProcessInstance,
    kind: SubjectKind,
    node: Node,
    found: Sequence[Place],
    **fields: Any,
) -> list[WorkItem]:
    """New items for each place at a node, with the node's own limit, not saved."""
    days, url, number = kind.limit_days(instance, node.id, node.limit_days), kind.url(instance), 0
    serial = node.mode == "serial" and fields.get("origin") != Origin.REWORK
    fields.setdefault("round", next_round(instance, node.id))
    items = []
    for number, place in enumerate(found):
        status = Status.WAITING if serial and number else Status.OPEN
        items.append(
            make_item(
                actor, instance, kind, place, url=url, kind=Kind.DO, node=node.id, node_title=node.title,
                order=number, limit_days=days, status=status, **fields,
            )
        )  # fmt: skip
    return items


def reopen(at: At, items: Sequence[WorkItem], *, afresh: bool = True) -> None:
    """Those who waited may go on: unread again; `afresh` counts their time from now."""
    now, cal = clock.now(), calendar()
    for item in items:
        item.status, item.read_at, item.read_by_name = Status.OPEN, None, ""
        if afresh:
            item.opened_at = now
            set_deadlines(cal, [item], law=at.kind.legal_clock)
        item.precedence = precedence(item.urgency, item.due_at)
        item.version += 1
    changed = ["status", "read_at", "read_by_name", "opened_at", "due_at", "due_pending", "precedence", "version"]
    WorkItem.objects.bulk_update(items, [*changed, "parent"])
    tell_items_opened(at.actor, items)


def follow(at: At, step: Step, *, origin: Origin = Origin.FLOW, signers: Sequence[Signer] = ()) -> list[WorkItem]:
    """Keep the engine's answer: open the nodes it came to, or finish."""
    instance = at.instance
    instance.state = step.blob
    standing = set(
        WorkItem.objects.filter(instance=instance, kind=Kind.DO, status__in=PENDING).values_list("task_id", flat=True)
    )
    made: list[WorkItem] = []
    for ready in step.ready:
        if ready.task_id not in standing:
            made += open_node(at.actor, instance, at.kind, ready, origin=origin, parent=at.item, signers=signers)
    if step.ended is None:
        keep(instance, "state", "context")
        return made
    instance.status, instance.end, instance.closed_at = ProcessInstance.Status.FINISHED, step.ended, clock.now()
    keep(instance, "state", "context", "status", "end", "closed_at")
    title = flow_of(instance.definition).ends.get(step.ended, "")
    log(at.actor, instance, Verb.FINISH, text=title, data={"end": step.ended})
    at.kind.finished(at.actor, instance, step.ended)
    return made
