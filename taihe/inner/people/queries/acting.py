"""In what capacity a signed-in officer may act today, and the Actor that follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed

from ..models import AdminDuty, Appointment, Officer, StandIn, in_force
from ..permissions import DUTY_PREFIX, Held, remember_held

Capacity = Appointment | StandIn | AdminDuty


@dataclass(frozen=True)
class ActingChoice:
    """One line of the switcher.  `key` may be kept in a session; it is looked up anew at each request."""

    key: str
    kind: Literal["main", "additional", "stand_in", "duty"]
    title: str
    organ_name: str
    capacity: Capacity


def acting_choices(officer: Officer, on: date | None = None) -> list[ActingChoice]:
    """Main post, additional posts, stand-ins and an administrator's duty, in this order (3 queries).

    A locked or departed officer has none.
    """
    if not officer.is_active:
        return []
    day = on or clock.today()
    held = Appointment.objects.filter(in_force(day), officer=officer).select_related("post__organ", "officer")
    appointments = tuple(held.order_by("-is_main", "valid_from", "pk"))
    choices = [_of_appointment(one) for one in appointments]
    covering = StandIn.objects.filter(
        in_force(day), in_force(day, "principal__"), deputy=officer, status=StandIn.Status.ACTIVE
    ).select_related("principal__post__organ", "principal__officer", "deputy")
    choices += [_of_stand_in(one) for one in covering.order_by("valid_from", "pk")]
    duties = list(AdminDuty.objects.filter(officer=officer, status=AdminDuty.Status.OPEN).select_related("officer"))
    if day == clock.today():
        remember_held(officer.pk, Held(appointments, duties[0] if duties else None))
    return choices + [_of_duty(one) for one in duties]


def _of_appointment(one: Appointment) -> ActingChoice:
    organ = one.post.organ
    kind: Literal["main", "additional"] = "main" if one.is_main else "additional"
    return ActingChoice(f"a{one.pk}", kind, f"{organ.short_name} {one.post.title}", organ.short_name, one)


def _of_stand_in(one: StandIn) -> ActingChoice:
    post = one.principal.post
    title = f"{one.deputy.name}代{one.principal.officer.name}（{post.organ.short_name} {post.title}）"
    return ActingChoice(f"s{one.pk}", "stand_in", title, post.organ.short_name, one)


def _of_duty(one: AdminDuty) -> ActingChoice:
    return ActingChoice(f"d{one.pk}", "duty", one.get_duty_display(), "", one)


def find_acting(officer: Officer, key: str, on: date | None = None) -> ActingChoice | None:
    """The choice kept in a session, if it still holds; None when it ended or never was."""
    return next((one for one in acting_choices(officer, on) if one.key == key), None)


def default_acting(choices: list[ActingChoice]) -> ActingChoice | None:
    """Where an officer lands after sign-in: an administrator's duty first, else the main post."""
    return next((one for one in choices if one.kind == "duty"), choices[0] if choices else None)


def actor_for(
    officer: Officer, acting: Capacity | None, session: str = "", address: str = "", on: date | None = None
) -> Actor:
    """The Actor of an officer in a capacity; None for somebody signed in without any post today.

    Raises NotAllowed when the capacity is another's, has ended or has not begun.
    """
    day = on or clock.today()
    if acting is None or not officer.is_active:
        return _actor(officer, None, session, address)
    if isinstance(acting, AdminDuty):
        _check(acting.officer_id == officer.pk and acting.status == AdminDuty.Status.OPEN)
        return Actor(
            kind="officer",
            person_id=str(officer.pk),
            person_name=officer.name,
            post_id=f"{DUTY_PREFIX}{acting.duty}",
            post_name=acting.get_duty_display(),
            session=session,
            address=address,
        )
    if isinstance(acting, StandIn):
        holds = acting.holds_on(day) and acting.principal.holds_on(day) and acting.status == StandIn.Status.ACTIVE
        _check(acting.deputy_id == officer.pk and holds)
        return _actor(officer, acting.principal, session, address, acting.principal.officer.name)
    _check(acting.officer_id == officer.pk and acting.holds_on(day))
    return _actor(officer, acting, session, address)


def _check(holds: bool) -> None:
    if not holds:
        raise NotAllowed(what="以该身份办理事项")


def _actor(officer: Officer, acting: Appointment | None, session: str, address: str, behalf: str = "") -> Actor:
    post = acting.post if acting else None
    return Actor(
        kind="officer",
        person_id=str(officer.pk),
        person_name=officer.name,
        post_id=str(post.pk) if post else "",
        post_name=post.title if post else "",
        organ=post.organ.code if post else "",
        organ_name=post.organ.short_name if post else "",
        on_behalf_of=behalf,
        session=session,
        address=address,
    )
