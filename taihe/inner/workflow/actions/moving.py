"""Open work moves when a person leaves a post or an organ is merged: it belongs to the post, not the person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, QuerySet

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.workdays.queries import calendar
from taihe.inner.people.models import Appointment, Organ, Post, in_force

from ..deadlines import set_deadlines
from ..models import Kind, ProcessInstance, Status, Verb, WorkItem
from ..models.item import PENDING
from ..registry import subjects
from .handling import release
from .rows import keep, log, same_place

BATCH = 500


def _held(rows: QuerySet[WorkItem]) -> list[WorkItem]:
    """The rows with their instances, the instances locked in one order."""
    owners = sorted(set(rows.values_list("instance_id", flat=True)))
    locked = {
        one.pk: one
        for start in range(0, len(owners), BATCH)
        for one in ProcessInstance.objects.select_for_update(of=("self",))
        .filter(pk__in=owners[start : start + BATCH])
        .order_by("pk")
    }
    found = [row for row in rows.order_by("pk") if row.instance_id in locked]
    for row in found:
        row.instance = locked[row.instance_id]
    return found


@action("workflow.release_items")
def release_items(actor: Actor, officer: int, *, why: str) -> int:
    """Whatever pending lies with a person goes back to the posts.  Returns how many items."""
    rows = _held(WorkItem.objects.filter(officer_id=officer, status__in=PENDING))
    _to_post(actor, rows, why)
    record(("inner_people.officer", str(officer), "移交待办"), detail={"items": [one.pk for one in rows], "why": why})
    return len(rows)


def _to_post(actor: Actor, rows: Iterable[WorkItem], why: str) -> None:
    """Each item is for any holder of its post; one that its post has already there is void."""
    for item in rows:
        name = item.officer_name
        item.officer = None
        if item.kind == Kind.DO and same_place(item).exists():
            item.refresh_from_db(fields=["officer"])
            _void(item)
            text = f"{name}{why}，与岗位的同一待办合并"
        else:
            release(item)
            text = f"{name}{why}，由{item.post_organ_name} {item.post_name}承接"
        log(actor, item.instance, Verb.MOVE, item=item, text=text, data={"from": name})


def _void(item: WorkItem) -> None:
    item.status, item.precedence, item.done_at = Status.VOID, None, clock.now()
    keep(item, "status", "precedence", "done_at")


@action("workflow.move_items")
def move_items(actor: Actor, organ: Organ, successor: Organ | None, *, why: str) -> int:
    """Pending items of an organ's posts go to the successor's posts, or stay on the shelf of flow managers.

    Returns how many moved.  The post that took the people over takes the items: the one its person now
    holds, else the one of the same title.
    """
    rows = _held(WorkItem.objects.filter(post__organ=organ, status__in=PENDING))
    targets = list(Post.objects.filter(in_force(clock.today()), organ=successor)) if successor else []
    moved = 0
    for item in rows:
        target = _successor_post(item, targets, organ)
        if target is None or successor is None:
            log(actor, item.instance, Verb.MOVE, item=item, text=f"{why}，无承接岗位，待流程管理员改派")
            continue
        moved += 1
        text = f"{why}，由{successor.short_name} {target.title}承接"
        if not _to_new_post(item, target, successor):
            text = f"{why}，与{successor.short_name} {target.title}的同一待办合并"
        log(actor, item.instance, Verb.MOVE, item=item, text=text, data={"from_organ": organ.code})
    record(organ, detail={"moved": moved, "left": len(rows) - moved, "why": why})
    return moved


def _successor_post(item: WorkItem, targets: Sequence[Post], organ: Organ) -> Post | None:
    if item.officer_id:
        held = Appointment.objects.filter(
            in_force(clock.today()), officer=item.officer_id, post__in=[one.pk for one in targets]
        )
        mine = set(held.values_list("post_id", flat=True))
        targets = [one for one in targets if one.pk in mine] or targets
    wanted = (f"{item.post_name}（原{organ.short_name}）", item.post_name)
    same = [one for title in wanted for one in targets if one.title == title]
    return same[0] if same else (targets[0] if item.officer_id and len(targets) == 1 else None)


def _to_new_post(item: WorkItem, target: Post, successor: Organ) -> bool:
    """Move the item; False when the post has that place already and the item is void."""
    stays = (
        item.officer_id
        and Appointment.objects.filter(in_force(clock.today()), officer=item.officer_id, post=target).exists()
    )
    item.post, item.post_name, item.post_organ_name = target, target.title, successor.short_name
    if not stays:
        item.officer, item.officer_name, item.claimed_at = None, "", None
    if item.kind == Kind.DO and same_place(item).exists():
        item.refresh_from_db(fields=["post", "officer", "officer_name", "claimed_at", "post_name", "post_organ_name"])
        _void(item)
        return False
    keep(item, "post", "post_name", "post_organ_name", "officer", "officer_name", "claimed_at")
    return True


@action("workflow.rename_items")
def rename_items(actor: Actor, organ: Organ) -> int:
    """Pending items show the organ's present name.  Returns how many."""
    rows = WorkItem.objects.filter(post__organ=organ, status__in=PENDING)
    count = rows.update(post_organ_name=organ.short_name)
    record(organ, detail={"items": count})
    return count


def ended_holdings() -> QuerySet[WorkItem]:
    """Pending items with a person who no longer holds the post today."""
    held = Appointment.objects.filter(in_force(clock.today()), officer=OuterRef("officer"), post=OuterRef("post"))
    return WorkItem.objects.filter(~Exists(held), status__in=PENDING, officer__isnull=False)


@action("workflow.sweep")
def sweep(actor: Actor) -> int:
    """What lies with people whose appointment has ended goes back to the posts.  Returns how many items."""
    found = list(ended_holdings().values_list("pk", flat=True)[:BATCH])
    rows = _held(WorkItem.objects.filter(pk__in=found, status__in=PENDING))
    _to_post(actor, rows, "任职已截止")
    record(("inner_workflow.workitem", "", "任职截止移交"), detail={"items": [one.pk for one in rows]})
    return len(rows)


@action("workflow.count_again")
def count_again(actor: Actor, year: int) -> int:
    """A calendar was announced or changed: deadlines that rested on an estimate are counted again."""
    rows = WorkItem.objects.filter(status=Status.OPEN, due_pending=True).select_related("instance")
    cal, changed = calendar(), []
    for item in rows.order_by("pk").iterator(chunk_size=BATCH):
        matter = subjects().get(item.instance.kind)
        set_deadlines(cal, [item], law=matter.legal_clock if matter else False, pauses=item.instance.pauses)
        changed.append(item)
    WorkItem.objects.bulk_update(changed, ["due_at", "due_pending", "precedence"], batch_size=BATCH)
    record(("inner_workflow.workitem", "", f"{year}年日历"), detail={"items": len(changed)})
    return len(changed)
