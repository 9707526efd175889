"""Reading organs: the tree, one organ's people-bearing posts, and what it was called on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.errors import Missing

from ..models import Appointment, Organ, OrganEvent, Post, in_force


@dataclass
class OrganNode:
    """One organ in the tree, with its own and its subtree's figures."""

    organ: Organ
    posts: int = 0
    places: int = 0
    officers: set[int] = field(default_factory=set)
    below: list[OrganNode] = field(default_factory=list)
    all_officers: set[int] = field(default_factory=set)
    all_organs: int = 1

    @property
    def officer_count(self) -> int:
        """Persons with a post here."""
        return len(self.officers)

    @property
    def officer_total(self) -> int:
        """Persons with a post here or anywhere below, each counted once."""
        return len(self.all_officers)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, OrganNode]]:
        """This node and all below it, each with its depth."""
        yield depth, self
        for child in self.below:
            yield from child.walk(depth + 1)


def open_organs(on: date | None = None) -> QuerySet[Organ]:
    """Organs that stand on a day (default: today), in their order."""
    return Organ.objects.filter(in_force(on or clock.today())).order_by("order", "code")


def organ_tree(on: date | None = None) -> list[OrganNode]:
    """The whole county as trees, with posts and persons counted (3 queries whatever its size)."""
    day = on or clock.today()
    nodes = {one.pk: OrganNode(one) for one in open_organs(day)}
    for organ_id, places in Post.objects.filter(in_force(day)).values_list("organ_id", "max_holders"):
        if node := nodes.get(organ_id):
            node.posts += 1
            node.places += places
    held = Appointment.objects.filter(in_force(day)).values_list("post__organ_id", "officer_id")
    for organ_id, officer_id in held:
        if node := nodes.get(organ_id):
            node.officers.add(officer_id)
    tops: list[OrganNode] = []
    for node in nodes.values():
        above = nodes.get(node.organ.parent_id or 0)
        (above.below if above else tops).append(node)
    for top in tops:
        _sum_up(top)
    return tops


def _sum_up(node: OrganNode) -> None:
    node.all_officers = set(node.officers)
    for child in node.below:
        _sum_up(child)
        node.all_officers |= child.all_officers
        node.all_organs += child.all_organs


def find_organ(pk: int) -> Organ:
    """One organ with those above it, its guide and host.  Raises Missing."""
    found = (
        Organ.objects.select_related("parent__parent__parent", "guide_parent", "host", "successor")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(what="该机构")
    return found


def organ_by_code(code: str) -> Organ:
    """One organ by its stable code.  Raises Missing."""
    found = Organ.objects.filter(code=code).first()
    if found is None:
        raise Missing(what=f"代码为 {code} 的机构")
    return found


def subtree(organ: Organ, on: date | None = None) -> QuerySet[Organ]:
    """The organ and everything below it that stands on a day."""
    return open_organs(on).filter(path__startswith=organ.path)


def organ_trail(organ: Organ) -> list[Organ]:
    """From the top organ down to this one, for a breadcrumb (a query for each one above that is not loaded yet)."""
    trail = [organ]
    while trail[0].parent is not None:
        trail.insert(0, trail[0].parent)
    return trail


def organ_history(organ: Organ) -> QuerySet[OrganEvent]:
    """Its dated changes and those of the organs merged into it, newest first."""
    return (
        OrganEvent.objects.filter(Q(organ=organ) | Q(into=organ)).select_related("organ", "into").order_by("-on", "-pk")
    )


def organs_named_on(day: date, organs: list[Organ]) -> dict[int, str]:
    """What each organ was called on a day (1 query)."""
    events: dict[int, list[OrganEvent]] = defaultdict(list)
    for event in OrganEvent.objects.filter(organ__in=organs, on__gt=day).exclude(before_name="").order_by("on", "pk"):
        events[event.organ_id].append(event)
    return {one.pk: events[one.pk][0].before_name if events[one.pk] else one.name for one in organs}


def posts_of_duty(organ: Organ, duty: str, on: date | None = None) -> list[Post]:
    """The organ's open posts that have a duty (signer, document_clerk …), in their order."""
    posts = Post.objects.filter(in_force(on or clock.today()), organ=organ).order_by("order", "pk")
    return [one for one in posts if duty in one.duties]
