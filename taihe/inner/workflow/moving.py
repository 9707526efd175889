"""When people go, organs change or a calendar is announced: what the flows do about it."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.ground.workdays.recompute import on_calendar_change
from taihe.inner.people.models import Officer, OrganEvent, OrganEventKind
from taihe.inner.people.registry import on_officer_left, on_organ_changed

from .actions.moving import count_again, move_items, release_items, rename_items


@on_officer_left("workflow.items")
def officer_left(actor: Actor, officer: Officer) -> None:
    """Open work stays with the posts."""
    release_items(actor, officer.pk, why="已离岗")


@on_organ_changed("workflow.items")
def organ_changed(actor: Actor, event: OrganEvent) -> None:
    """A merged organ's open work goes where its people went; an abolished one's waits for a flow manager."""
    if event.kind == OrganEventKind.MERGED:
        move_items(actor, event.organ, event.into, why=f"{event.before_name}并入{event.after_name}")
    elif event.kind == OrganEventKind.ABOLISHED:
        move_items(actor, event.organ, None, why=f"{event.before_name}撤销")
    elif event.kind == OrganEventKind.RENAMED:
        rename_items(actor, event.organ)


@on_calendar_change("workflow.items")
def calendar_changed(year: int) -> None:
    """Deadlines that rested on an estimate are counted again."""
    count_again(Actor.system("工作日历"), year)
