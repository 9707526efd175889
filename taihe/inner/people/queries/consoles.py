"""What the administrators' consoles read: requests that wait, duties in force, who may do what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor

from ..models import AdminDuty, Appointment, Officer, Organ, PasswordReset, RoleGrant, in_force
from ..permissions import DUTY_PERMISSIONS, NEVER_BY_ROLE, permission_title


@dataclass(frozen=True)
class Holder:
    """One person who may do something, and by what."""

    officer: Officer
    post: str
    by: str
    scope: str


def grants(*, status: str = "") -> QuerySet[RoleGrant]:
    """Grants of roles, newest first, with all that a table shows."""
    found = RoleGrant.objects.select_related(
        "role", "scope", "post__organ", "appointment__officer", "appointment__post__organ"
    ).order_by("-pk")
    return found.filter(status=status) if status else found


def pending_grants() -> QuerySet[RoleGrant]:
    """Requests for roles that wait for a decision."""
    return grants(status=RoleGrant.Status.REQUESTED)


def duties(*, status: str = "") -> QuerySet[AdminDuty]:
    """Administrators' duties, newest first."""
    found = AdminDuty.objects.select_related("officer").order_by("-pk")
    return found.filter(status=status) if status else found


def open_duties() -> QuerySet[AdminDuty]:
    """The administrators now in office."""
    return duties(status=AdminDuty.Status.OPEN)


def pending_duties() -> QuerySet[AdminDuty]:
    """Requests for an administrator's duty that wait for a decision."""
    return duties(status=AdminDuty.Status.REQUESTED)


def pending_resets() -> QuerySet[PasswordReset]:
    """Requests for a password reset that wait for a decision."""
    return PasswordReset.objects.filter(status=PasswordReset.Status.REQUESTED).select_related("officer").order_by("-pk")


def who_may(permission: str, organ: Organ | None = None, on: date | None = None) -> list[Holder]:
    """Everybody who may do something on a day (over one organ, if given): administrators, then role holders.

    Raises KeyError for an unregistered permission.  Stand-ins are not listed.
    """
    permission_title(permission)
    day = on or clock.today()
    holders = [
        Holder(one.officer, "", one.get_duty_display(), "全县")
        for one in open_duties().filter(officer__is_active=True)
        if permission in DUTY_PERMISSIONS[one.duty]
    ]
    if permission in NEVER_BY_ROLE:
        return holders
    active = grants(status=RoleGrant.Status.ACTIVE).filter(in_force(day))
    wanted = [
        one
        for one in active
        if permission in one.role.permissions and (organ is None or organ.path.startswith(one.scope.path))
    ]
    held = (
        Appointment.objects.filter(
            Q(post__in=[one.post_id for one in wanted if one.post_id])
            | Q(pk__in=[one.appointment_id for one in wanted if one.appointment_id]),
            in_force(day),
            officer__is_active=True,
        )
        .exclude(officer__admin_duties__status=AdminDuty.Status.OPEN)
        .select_related("officer", "post__organ")
    )
    for one in held.order_by("post__organ__order", "pk"):
        holders += [
            Holder(
                one.officer, f"{one.post.organ.short_name} {one.post.title}", grant.role.title, grant.scope.short_name
            )
            for grant in wanted
            if grant.post_id == one.post_id or grant.appointment_id == one.pk
        ]
    return holders


def person_of(actor: Actor) -> Officer | None:
    """The officer behind an Actor, if it is one."""
    if actor.kind != "officer" or not actor.person_id.isdigit():
        return None
    return Officer.objects.filter(pk=int(actor.person_id)).first()
