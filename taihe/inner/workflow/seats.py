"""At which desk an actor sits: the acting post, the person whose post it is, and the matters stood in for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.inner.people.models import Appointment, StandIn, in_force

from .models import WorkItem
from .registry import flow_permission


@dataclass(frozen=True)
class Seat:
    """The desk of one post: `officer_id` is the holder acted for (oneself or the principal).

    `kinds` are the kinds of matters a stand-in may handle; None is all of them.
    """

    post_id: int
    officer_id: int
    person_id: int
    kinds: frozenset[str] | None = None

    @property
    def stands_in(self) -> bool:
        """Whether somebody acts for the holder."""
        return self.person_id != self.officer_id

    def covers(self, kind: str) -> bool:
        """Whether matters of this kind may be handled from here."""
        return self.kinds is None or flow_permission(kind) in self.kinds

    def holds(self, item: WorkItem) -> bool:
        """Whether the item lies on this desk: on the post, and with this holder or with nobody yet."""
        return item.post_id == self.post_id and item.officer_id in (None, self.officer_id)


def desk_of(actor: Actor) -> Seat | None:
    """The actor's desk for lists: one's own post is believed, since the actor was made for this very request."""
    if actor.kind == "officer" and actor.post_id.isdigit() and not actor.on_behalf_of:
        return Seat(int(actor.post_id), int(actor.person_id), int(actor.person_id))
    return seat_of(actor)


def seat_of(actor: Actor) -> Seat | None:
    """The actor's desk today, looked up anew (1 query); None without a post in force."""
    if actor.kind != "officer" or not actor.post_id.isdigit():
        return None
    person, post, today = int(actor.person_id), int(actor.post_id), clock.today()
    if not actor.on_behalf_of:
        held = Appointment.objects.filter(
            in_force(today), officer_id=person, post_id=post, officer__is_active=True
        ).exists()
        return Seat(post, person, person) if held else None
    covering = StandIn.objects.filter(
        in_force(today),
        in_force(today, "principal__"),
        deputy_id=person,
        deputy__is_active=True,
        principal__post_id=post,
        principal__officer__name=actor.on_behalf_of,
        status=StandIn.Status.ACTIVE,
    ).select_related("principal")
    return _stand_in_seat(person, post, list(covering))


def _stand_in_seat(person: int, post: int, covering: list[StandIn]) -> Seat | None:
    if not covering:
        return None
    everything = any(one.covers_all for one in covering)
    kinds = None if everything else frozenset(key for one in covering for key in one.permissions)
    return Seat(post, covering[0].principal.officer_id, person, kinds)


def on_desk(seat: Seat, prefix: str = "") -> Q:
    """Items that lie on a desk, as a filter."""
    return Q(**{f"{prefix}post_id": seat.post_id}) & (
        Q(**{f"{prefix}officer_id": seat.officer_id}) | Q(**{f"{prefix}officer__isnull": True})
    )
