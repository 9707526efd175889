"""What follows when a place is settled: who waited goes on, the node closes with its last open item, the flow moves.

The engine is asked only then: an opinion among two hundred never touches it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.db.models import F, QuerySet

from taihe.ground import clock

from ..engine import Step, finish
from ..models import Kind, Origin, Status, WorkItem
from ..models.item import ADDED, GATES, PENDING
from .opening import follow, reopen
from .rows import At


def pending(at: At) -> QuerySet[WorkItem]:
    """Items of the visit that are open or wait."""
    return WorkItem.objects.filter(
        instance=at.instance, task_id=at.item.task_id, kind=Kind.DO, status__in=PENDING
    ).order_by("order", "pk")


def void(items: QuerySet[WorkItem]) -> int:
    """End items without a result; returns how many."""
    return items.update(
        status=Status.VOID, precedence=None, paused=False, done_at=clock.now(), version=F("version") + 1
    )


def void_with_below(items: Sequence[WorkItem], everything: Sequence[WorkItem]) -> int:
    """End items and whatever pending was added on their behalf."""
    gone = {item.pk for item in items}
    while below := {item.pk for item in everything if item.parent_id in gone and item.pk not in gone}:
        gone |= below
    return void(WorkItem.objects.filter(pk__in=gone, status__in=PENDING)) if gone else 0


def is_base(item: WorkItem) -> bool:
    """Whether the item is one of the flow's own places at the node, not one that a signer put in."""
    return item.origin not in ADDED and item.origin != Origin.REWORK


def veto(at: At) -> None:
    """One decision ended the node: everybody else's place there is void."""
    void(pending(at))
    follow(at, close_node(at, at.item))


def settle(at: At) -> None:
    """The item is done or taken away: let those go on who waited for it, or close the node."""
    item, waiting = at.item, list(pending(at))
    if _any_is_enough(at):
        others = [one for one in waiting if is_base(one)]
        void_with_below(others, waiting)
        waiting = list(pending(at))
    opened = _let_go_on(at, waiting)
    if not opened and waiting and all(one.status == Status.WAITING for one in waiting):
        first = waiting[0]
        first.parent = item
        reopen(at, [first])
    if not waiting:
        follow(at, close_node(at, item))


def _any_is_enough(at: At) -> bool:
    item = at.item
    node = at.flow.nodes.get(item.node)
    return item.status == Status.DONE and is_base(item) and node is not None and node.mode == "any"


def _let_go_on(at: At, waiting: Sequence[WorkItem]) -> list[WorkItem]:
    """Open those added after the item, and the one who asked to wait for it once nobody is left before him."""
    item = at.item
    after = [one for one in waiting if one.origin == Origin.AFTER and one.parent_id == item.pk]
    if item.status == Status.VOID:
        void_with_below(after, waiting)
        after = []
    if after:
        reopen(at, after)
    gated = [one for one in waiting if item.origin in GATES and one.pk == item.parent_id]
    left = [one for one in waiting if one.origin in GATES and one.parent_id == item.parent_id]
    if gated and not left:
        reopen(at, gated, afresh=gated[0].origin == Origin.RESUMED and item.origin == Origin.REWORK)
        return [*after, *gated]
    return after


def close_node(at: At, last: WorkItem) -> Step:
    """Ask the engine what comes next: the decisive outcome and the count of each go into the routing data."""
    item, instance = at.item, at.instance
    given = WorkItem.objects.filter(
        instance=instance, node=item.node, round=item.round, kind=Kind.DO, status=Status.DONE
    ).order_by("done_at", "pk")
    results = list(given.values_list("outcome", "origin"))
    own = [outcome for outcome, origin in results if origin not in ADDED]
    vetoed = last.outcome if last.outcome in at.flow.nodes[item.node].veto else ""
    outcome = vetoed or (own or [outcome for outcome, _ in results] or [""])[-1]
    counts = dict(Counter(outcome for outcome, _ in results))
    instance.context = {**instance.context, "outcome": outcome, f"outcomes_{item.node}": counts}
    return finish(at.flow, bytes(instance.state), item.task_id, instance.context)
