"""The three administrators take up and lay down their duties, never by one hand alone."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, NotAllowed

from ..errors import AlreadyDecided, DutyAndRole, DutyTaken
from ..holding import overlaps
from ..models import AdminDuty, Appointment, Duty, Officer, RoleGrant
from ..permissions import forget, may, permission_title, require
from .officers import keep_one_administrator, lock_open_duties
from .rows import ask, decide, keep, lock, named, text


@action("people.request_duty")
def request_duty(actor: Actor, *, officer: int, duty: str, reason: str) -> AdminDuty:
    """Ask that an officer become an administrator: by the system or the security administrator.

    Raises NotAllowed, BadInput, DutyTaken.
    """
    if not (may(actor, "people.request_duty") or may(actor, "people.approve_duty")):
        raise NotAllowed(what=permission_title("people.request_duty"))
    person = lock(Officer, officer, None, "该人员")
    if duty not in Duty.values:
        raise BadInput(what="请选择管理员职责。")
    if not person.is_active:
        raise BadInput(what=f"{person.name}的账号{person.get_status_display()}。")
    _check_free(person)
    asked = AdminDuty(officer=person, duty=duty)
    ask(asked, actor, text(reason, "申请理由", 4))
    asked.save(force_insert=True)
    record(asked, after=snapshot(asked), detail={"officer": person.pk, "duty": duty})
    return asked


def _check_free(person: Officer) -> None:
    held = AdminDuty.objects.filter(officer=person, status=AdminDuty.Status.OPEN).first()
    if held is not None:
        raise DutyTaken(name=person.name, duty=held.get_duty_display())


def _check_no_roles(person: Officer) -> None:
    """Whoever watches over the accounts holds no role in the county's business."""
    running = [one for one in Appointment.objects.filter(officer=person) if overlaps(one, clock.today(), None)]
    grants = RoleGrant.objects.filter(
        Q(appointment__in=running) | Q(post__in=[one.post_id for one in running]), status=RoleGrant.Status.ACTIVE
    ).select_related("role")
    for grant in grants:
        if grant.valid_to is None or grant.valid_to >= clock.today():
            raise DutyAndRole(name=person.name, held=f"现有角色“{grant.role.title}”")


@action("people.approve_duty")
def approve_duty(actor: Actor, pk: int, version: int, *, note: str = "") -> AdminDuty:
    """Open a duty that another asked for.

    The officer's row is locked, and the database allows one open duty per officer, so two approvals
    at the same moment cannot both succeed.  Raises SamePerson, DutyTaken, DutyAndRole, AlreadyDecided.
    """
    asked = lock(AdminDuty, pk, version, "该管理员任职申请")
    require(actor, "people.approve_duty")
    person = lock_officer_of(asked)
    before = snapshot(asked)
    fields = decide(asked, actor, note.strip(), what="管理员任职申请", concerned=[person.pk])
    if not person.is_active:
        raise BadInput(what=f"{person.name}的账号{person.get_status_display()}。")
    _check_free(person)
    _check_no_roles(person)
    asked.status, asked.opened_at = AdminDuty.Status.OPEN, clock.now()
    try:
        with transaction.atomic():
            keep(asked, [*fields, "opened_at"])
    except IntegrityError as taken:
        raise DutyTaken(name=person.name, duty="一项管理员职责") from taken
    forget()
    record(asked, before=before, after=snapshot(asked), detail=_detail(asked))
    return asked


def lock_officer_of(asked: AdminDuty) -> Officer:
    """The officer concerned, locked: approvals for one person happen one after another."""
    return lock(Officer, asked.officer_id, None, "该人员")


def _detail(asked: AdminDuty) -> dict[str, object]:
    return {"officer": asked.officer_id, "duty": asked.duty, "asked_by": asked.requested_by_name}


@action("people.refuse_duty")
def refuse_duty(actor: Actor, pk: int, version: int, *, note: str) -> AdminDuty:
    """Refuse a request for a duty, with a reason."""
    asked = lock(AdminDuty, pk, version, "该管理员任职申请")
    require(actor, "people.approve_duty")
    before = snapshot(asked)
    fields = decide(asked, actor, text(note, "不批准的理由", 4), what="管理员任职申请")
    asked.status = AdminDuty.Status.REFUSED
    keep(asked, fields)
    record(asked, before=before, after=snapshot(asked), detail=_detail(asked))
    return asked


@action("people.close_duty")
def close_duty(actor: Actor, pk: int, version: int, *, reason: str) -> AdminDuty:
    """End an administrator's duty.  Raises LastAdministrator when nobody else holds one of its kind."""
    require(actor, "people.approve_duty")
    lock_open_duties(AdminDuty.objects.filter(pk=pk).values_list("duty", flat=True).first() or "")
    held = lock(AdminDuty, pk, version, "该管理员任职")
    if held.status != AdminDuty.Status.OPEN:
        raise AlreadyDecided(what="管理员任职", status=held.get_status_display(), verb="办理卸任")
    keep_one_administrator(held.officer, "卸任")
    before = snapshot(held)
    held.status, held.closed_at, held.closed_by_name = AdminDuty.Status.CLOSED, clock.now(), named(actor)
    keep(held, ["status", "closed_at", "closed_by_name"])
    forget()
    record(held, before=before, after=snapshot(held), detail=_detail(held) | {"reason": text(reason, "卸任原因", 4)})
    return held
