"""Roles are asked for by one person and given by another; either side may take one back."""

from __future__ import annotations

from datetime import date

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, NotAllowed

from ..errors import AlreadyDecided, DutyAndRole
from ..holding import overlaps
from ..models import AdminDuty, Appointment, Post, Role, RoleGrant
from ..permissions import forget, may, permission_title, require
from .rows import ask, check_fields, decide, keep, lock, lock_open_organ, named, text


@action("people.request_role")
def request_role(
    actor: Actor,
    *,
    role: str,
    scope: int,
    post: int | None = None,
    appointment: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str,
) -> RoleGrant:
    """Ask for a role (by its key) for a post or for one appointment, over an organ and all below it.

    Raises NotAllowed, Missing, BadInput.
    """
    organ = lock_open_organ(scope, None, "作为管理范围")
    require(actor, "people.grant_role", organ)
    wanted = Role.objects.filter(key=role).first()
    if wanted is None:
        raise BadInput(what="请选择角色。")
    if (post is None) == (appointment is None):
        raise BadInput(what="请选择授予岗位或授予某项任职，二者取一。")
    grant = RoleGrant(
        role=wanted,
        scope=organ,
        post=lock(Post, post, None, "该岗位") if post else None,
        appointment=lock(Appointment, appointment, None, "该任职") if appointment else None,
        valid_from=valid_from or clock.today(),
        valid_to=valid_to,
    )
    if grant.valid_to is not None and grant.valid_to < grant.valid_from:
        raise BadInput(what="截止日期早于起始日期。")
    ask(grant, actor, text(reason, "申请理由", 4))
    check_fields(grant)
    grant.save(force_insert=True)
    record(grant, after=snapshot(grant), detail=_detail(grant))
    return grant


def _detail(grant: RoleGrant) -> dict[str, object]:
    return {
        "role": grant.role.key,
        "scope": grant.scope.code,
        "post": grant.post_id,
        "appointment": grant.appointment_id,
        "from": str(grant.valid_from),
        "to": str(grant.valid_to or ""),
        "asked_by": grant.requested_by_name,
    }


def _holders(grant: RoleGrant) -> list[Appointment]:
    """Those who have, or will have, the role by this grant."""
    held = Appointment.objects.select_related("officer")
    held = held.filter(post=grant.post) if grant.post else held.filter(pk=grant.appointment_id or 0)
    return [one for one in held if overlaps(one, clock.today(), None)]


@action("people.approve_role")
def approve_role(actor: Actor, pk: int, version: int, *, note: str = "") -> RoleGrant:
    """Give a role that another asked for.

    Raises SamePerson when the approver asked or would profit, DutyAndRole when a holder is an
    administrator, AlreadyDecided.
    """
    grant = lock(RoleGrant, pk, version, "该授权申请")
    require(actor, "people.approve_role")
    before, holders = snapshot(grant), _holders(grant)
    fields = decide(grant, actor, note.strip(), what="授权申请", concerned=[one.officer_id for one in holders])
    officers = [one.officer_id for one in holders]
    serving = AdminDuty.objects.filter(officer__in=officers, status=AdminDuty.Status.OPEN)
    busy = serving.select_related("officer").first()
    if busy is not None:
        raise DutyAndRole(name=busy.officer.name, held=f"现任{busy.get_duty_display()}")
    grant.status = RoleGrant.Status.ACTIVE
    check_fields(grant)
    keep(grant, fields)
    forget()
    record(grant, before=before, after=snapshot(grant), detail=_detail(grant))
    return grant


@action("people.refuse_role")
def refuse_role(actor: Actor, pk: int, version: int, *, note: str) -> RoleGrant:
    """Refuse a request for a role, with a reason."""
    grant = lock(RoleGrant, pk, version, "该授权申请")
    require(actor, "people.approve_role")
    before = snapshot(grant)
    fields = decide(grant, actor, text(note, "不批准的理由", 4), what="授权申请")
    grant.status = RoleGrant.Status.REFUSED
    check_fields(grant)
    keep(grant, fields)
    record(grant, before=before, after=snapshot(grant), detail=_detail(grant))
    return grant


@action("people.revoke_role")
def revoke_role(actor: Actor, pk: int, version: int, *, reason: str) -> RoleGrant:
    """Take a role back, or withdraw a request, at once; one person suffices, since nobody gains by it."""
    grant = lock(RoleGrant, pk, version, "该授权")
    if not (may(actor, "people.grant_role", grant.scope) or may(actor, "people.approve_role")):
        raise NotAllowed(what=permission_title("people.grant_role"))
    if grant.status not in (RoleGrant.Status.ACTIVE, RoleGrant.Status.REQUESTED):
        raise AlreadyDecided(what="授权", status=grant.get_status_display(), verb="收回")
    before = snapshot(grant)
    grant.status, grant.revoked_by_name, grant.revoked_at = RoleGrant.Status.REVOKED, named(actor), clock.now()
    keep(grant, ["status", "revoked_by_name", "revoked_at"])
    forget()
    record(grant, before=before, after=snapshot(grant), detail=_detail(grant) | {"reason": text(reason, "收回原因", 4)})
    return grant
