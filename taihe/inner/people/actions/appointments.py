"""Appointing officers to posts and ending appointments, in whole days."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import F, Q

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput

from ..errors import MainPostTaken, PostFull
from ..holding import most_holders, overlaps
from ..models import Appointment, Officer, Post, RoleGrant, StandIn
from ..permissions import forget, require
from ..search import touched
from .rows import check_fields, keep, lock, lock_open_organ, named

DAY = timedelta(days=1)


@action("people.appoint")
def appoint(
    actor: Actor,
    *,
    officer: int,
    post: int,
    is_main: bool,
    valid_from: date | None = None,
    valid_to: date | None = None,
    basis: str = "",
) -> Appointment:
    """Give an officer a post from a day (default: today) to a day (default: open).

    The post is locked while its holders are counted.  Raises NotAllowed, BadInput, PostFull,
    MainPostTaken, WrongOrganState.
    """
    person = lock(Officer, officer, None, "该人员")
    place = lock(Post, post, None, "该岗位")
    organ = lock_open_organ(place.organ_id, None, "任命人员")
    require(actor, "people.appoint", organ)
    new = Appointment(
        officer=person,
        post=place,
        is_main=is_main,
        valid_from=valid_from or clock.today(),
        valid_to=valid_to,
        basis=basis.strip(),
    )
    check_fields(new)
    _check_period(new)
    _check_room(new)
    _check_officer(new)
    new.save(force_insert=True)
    touched(new)
    forget()
    detail = {
        "officer": person.pk,
        "organ": organ.code,
        "post": place.title,
        "main": is_main,
        "from": str(new.valid_from),
    }
    record(new, after=snapshot(new), detail=detail)
    return new


def _check_period(new: Appointment) -> None:
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise BadInput(what="任职截止日期早于起始日期。")
    post = new.post
    if new.valid_from < post.valid_from or (post.valid_to and (new.valid_to is None or new.valid_to > post.valid_to)):
        raise BadInput(what=f"任职期间超出了岗位“{post.title}”的设置期间（自 {post.valid_from}）。")


def _check_room(new: Appointment) -> None:
    """Called with the post locked, so that two appointments cannot both take the last place."""
    held = [*Appointment.objects.filter(post=new.post), new]
    if most_holders(held, new.valid_from, new.valid_to) > new.post.max_holders:
        raise PostFull(organ=new.post.organ.short_name, post=new.post.title, limit=new.post.max_holders)


def _check_officer(new: Appointment) -> None:
    """Called with the officer locked."""
    person = new.officer
    if person.status == Officer.Status.LEFT:
        raise BadInput(what=f"{person.name}已离岗，不能任职。")
    for one in Appointment.objects.filter(officer=person).select_related("post__organ"):
        if not overlaps(one, new.valid_from, new.valid_to):
            continue
        if one.post_id == new.post_id:
            raise BadInput(what=f"{person.name}在该期间已任此岗。")
        if new.is_main and one.is_main:
            raise MainPostTaken(name=person.name, post=f"{one.post.organ.short_name} {one.post.title}")


@action("people.end_appointment")
def end_appointment(
    actor: Actor, pk: int, version: int, *, last_day: date | None = None, basis: str = ""
) -> Appointment:
    """End an appointment after its last day (default: today); stand-ins and roles of it end with it.

    A last day before the first withdraws an appointment that has not begun.
    """
    one = lock(Appointment, pk, version, "该任职")
    require(actor, "people.appoint", one.post.organ)
    day = last_day or clock.today()
    if one.valid_to is not None and one.valid_to < day:
        raise BadInput(what=f"该任职已于 {one.valid_to} 截止。")
    finish(actor, one, day, basis)
    return one


def finish(actor: Actor, one: Appointment, last_day: date, basis: str) -> None:
    """Write the last day, of the appointment and of all that hangs on it, with an entry of the running action."""
    before = snapshot(one)
    one.valid_to = max(last_day, one.valid_from - DAY)
    one.basis = basis.strip() or one.basis
    check_fields(one)
    keep(one, ["valid_to", "basis"])
    _end_with(one, one.valid_to, named(actor))
    forget()
    record(one, before=before, after=snapshot(one), detail={"officer": one.officer_id, "last_day": str(one.valid_to)})


def _end_with(one: Appointment, last: date, by: str) -> None:
    """Stand-ins and grants that hang on an appointment do not outlive it."""
    active = StandIn.objects.filter(principal=one, status=StandIn.Status.ACTIVE)
    active.filter(valid_from__gt=last).update(status=StandIn.Status.REVOKED, version=F("version") + 1)
    active.filter(valid_from__lte=last, valid_to__gt=last).update(valid_to=last, version=F("version") + 1)
    waiting = [RoleGrant.Status.ACTIVE, RoleGrant.Status.REQUESTED]
    grants = RoleGrant.objects.filter(appointment=one, status__in=waiting)
    grants.filter(Q(valid_from__gt=last) | Q(status=RoleGrant.Status.REQUESTED)).update(
        status=RoleGrant.Status.REVOKED, revoked_by_name=by, revoked_at=clock.now(), version=F("version") + 1
    )
    outlasting = Q(valid_to__isnull=True) | Q(valid_to__gt=last)
    grants.filter(outlasting, valid_from__lte=last).update(valid_to=last, version=F("version") + 1)


@action("people.make_main")
def make_main(actor: Actor, pk: int, version: int) -> Appointment:
    """Make one of an officer's present posts the main one; the former main post becomes an additional one."""
    one = lock(Appointment, pk, version, "该任职")
    lock(Officer, one.officer_id, None, "该人员")
    require(actor, "people.appoint", one.post.organ)
    if one.is_main or not overlaps(one, clock.today(), None):
        raise BadInput(what="该任职已是主岗，或已经截止。")
    before = snapshot(one)
    for other in Appointment.objects.select_for_update(of=("self",)).filter(officer_id=one.officer_id, is_main=True):
        if overlaps(other, one.valid_from, one.valid_to) and overlaps(other, clock.today(), None):
            other.is_main = False
            keep(other, ["is_main"])
    one.is_main = True
    keep(one, ["is_main"])
    record(one, before=before, after=snapshot(one), detail={"officer": one.officer_id})
    return one
