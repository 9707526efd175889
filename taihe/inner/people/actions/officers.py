"""Accounts of officers: registered, corrected, locked, unlocked, and closed when a person leaves."""

from __future__ import annotations

import re
from datetime import date

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, NotAllowed

from .. import pinyin
from ..errors import AlreadyDecided, LastAdministrator
from ..holding import overlaps
from ..models import AdminDuty, Appointment, Officer, Organ, StandIn
from ..permissions import forget, may, permission_title, require, scopes_of
from ..registry import tell_access_ended, tell_officer_left
from ..search import touched
from .appointments import DAY, finish
from .rows import check_fields, keep, lock, named, text

SIGN_IN_NAME = re.compile(r"^[a-z][a-z0-9._-]{2,39}$")


def require_over(actor: Actor, permission: str, officer: Officer) -> None:
    """The actor must hold the permission over an organ where the officer serves or, if none, served last.

    An officer who never had a post may be kept by whoever keeps the whole county or any part of it.
    """
    held = Appointment.objects.filter(officer=officer).select_related("post__organ").order_by("-valid_from", "-pk")
    rows = list(held)
    serving = [one for one in rows if overlaps(one, clock.today(), None)] or rows[:1]
    paths = scopes_of(actor, permission)
    organs: list[Organ] = [one.post.organ for one in serving]
    if organs and not any(organ.path.startswith(path) for organ in organs for path in paths):
        raise NotAllowed(what=permission_title(permission))
    require(actor, permission)


def new_officer(*, sign_in_name: str, name: str, phone: str = "", email: str = "", note: str = "") -> Officer:
    """A checked, unsaved account without a usable password.  Raises BadInput."""
    wanted = sign_in_name.strip().lower()
    if not SIGN_IN_NAME.match(wanted):
        raise BadInput(what="登录名须以小写字母开头，由 3 至 40 个小写字母、数字、点、横线或下划线组成。")
    person = Officer(sign_in_name=wanted, phone=phone.strip(), email=email.strip(), note=note.strip())
    person.must_change_password = True
    person.set_unusable_password()
    set_name(person, name)
    return person


def set_name(person: Officer, name: str) -> None:
    """Write a name and the letters it is found by (not saved)."""
    person.name = text(name, "姓名")
    person.pinyin, person.initials = pinyin.full(person.name, 160), pinyin.initials(person.name, 40)
    check_fields(person, skip=["password", "phone"])


@action("people.create_officer")
def create_officer(
    actor: Actor, *, sign_in_name: str, name: str, phone: str = "", email: str = "", note: str = ""
) -> Officer:
    """Register a person.  The account has no password until an initial one is issued.

    Raises NotAllowed, BadInput (an unfit or used sign-in name).
    """
    require(actor, "people.edit_officers")
    person = new_officer(sign_in_name=sign_in_name, name=name, phone=phone, email=email, note=note)
    if Officer.objects.filter(sign_in_name=person.sign_in_name).exists():
        raise BadInput(what=f"登录名 {person.sign_in_name} 已被使用。")
    person.save(force_insert=True)
    touched(person)
    record(person, after=snapshot(person), detail={"sign_in_name": person.sign_in_name})
    return person


@action("people.edit_officer")
def edit_officer(
    actor: Actor, pk: int, version: int, *, name: str, phone: str | None = None, email: str = "", note: str = ""
) -> Officer:
    """Correct a person's data; `phone` None keeps the stored number, an empty one clears it."""
    person = lock(Officer, pk, version, "该人员")
    require_over(actor, "people.edit_officers", person)
    before = snapshot(person)
    person.email, person.note = email.strip(), note.strip()
    set_name(person, name)
    fields = ["name", "pinyin", "initials", "email", "note"]
    if phone is not None:
        person.phone = phone.strip()
        fields.append("phone")
    keep(person, fields)
    record(person, before=before, after=snapshot(person), detail={"phone_changed": phone is not None})
    return person


@action("people.lock_officer")
def lock_officer(actor: Actor, pk: int, version: int, *, reason: str) -> Officer:
    """Stop an account at once and end its sessions.  Raises LastAdministrator, AlreadyDecided."""
    person = lock(Officer, pk, version, "该人员")
    require(actor, "accounts.manage")
    if person.status != Officer.Status.ACTIVE:
        raise AlreadyDecided(what="账号", status=person.get_status_display(), verb="停用")
    keep_one_administrator(person, "停用账号")
    before = snapshot(person)
    person.become(Officer.Status.LOCKED)
    person.locked_reason = text(reason, "停用原因", 4)
    check_fields(person, skip=["password", "phone"])
    keep(person, ["status", "is_active", "locked_reason"])
    forget()
    tell_access_ended(actor, person, "locked")
    record(person, before=before, after=snapshot(person), detail={"reason": person.locked_reason})
    return person


@action("people.unlock_officer")
def unlock_officer(actor: Actor, pk: int, version: int, *, reason: str) -> Officer:
    """Let a locked account sign in again; the security administrator's decision, not the locker's."""
    person = lock(Officer, pk, version, "该人员")
    require(actor, "accounts.unlock")
    if person.status != Officer.Status.LOCKED:
        raise AlreadyDecided(what="账号", status=person.get_status_display(), verb="恢复")
    before = snapshot(person)
    person.become(Officer.Status.ACTIVE)
    person.locked_reason = ""
    keep(person, ["status", "is_active", "locked_reason"])
    record(person, before=before, after=snapshot(person), detail={"reason": text(reason, "恢复原因", 4)})
    return person


def lock_open_duties(duty: str) -> list[AdminDuty]:
    """All open duties of one kind, locked in one order, so that no two of them can end at the same moment."""
    held = AdminDuty.objects.select_for_update(of=("self",)).filter(duty=duty, status=AdminDuty.Status.OPEN)
    return list(held.order_by("pk"))


def keep_one_administrator(person: Officer, verb: str) -> None:
    """Raises LastAdministrator when nobody else is able to act in the duty the officer holds."""
    held = AdminDuty.objects.filter(officer=person, status=AdminDuty.Status.OPEN).first()
    if held is None:
        return
    others = [one.officer_id for one in lock_open_duties(held.duty) if one.officer_id != person.pk]
    # Asked only now that the lock is ours: whoever was locked out a moment ago does not count.
    if not Officer.objects.filter(pk__in=others, is_active=True).exists():
        raise LastAdministrator(name=person.name, duty=held.get_duty_display(), verb=verb)


def _require_leave(actor: Actor, person: Officer) -> None:
    """An administrator is let go by administrators only, not by the keeper of the organ they sit in."""
    if not AdminDuty.objects.filter(officer=person, status=AdminDuty.Status.OPEN).exists():
        require_over(actor, "people.appoint", person)
    elif not (may(actor, "people.request_duty") or may(actor, "people.approve_duty")):
        raise NotAllowed(what=permission_title("people.request_duty"))


@action("people.leave_officer")
def leave_officer(actor: Actor, pk: int, version: int, *, last_day: date | None = None, reason: str = "") -> Officer:
    """Close an account for good after a person's last day (today or earlier).

    Ends appointments, stand-ins in both directions, an administrator's duty and sessions; what was
    signed stays.  Higher modules move open work through `on_officer_left`.
    """
    person = lock(Officer, pk, version, "该人员")
    _require_leave(actor, person)
    day = last_day or clock.today()
    if person.status == Officer.Status.LEFT:
        raise AlreadyDecided(what="账号", status=person.get_status_display(), verb="办理离岗")
    if day > clock.today():
        raise BadInput(what="离岗日期不能晚于今天；将来离岗的，请先登记任职的截止日期。")
    keep_one_administrator(person, "办理离岗")
    before = snapshot(person)
    ended = _end_everything(actor, person, day)
    person.become(Officer.Status.LEFT)
    person.left_on = day
    person.set_unusable_password()
    keep(person, ["status", "is_active", "left_on", "password"])
    forget()
    tell_officer_left(actor, person)
    tell_access_ended(actor, person, "left")
    record(person, before=before, after=snapshot(person), detail={"last_day": str(day), "reason": reason, **ended})
    return person


def _end_everything(actor: Actor, person: Officer, day: date) -> dict[str, int]:
    appointments = Appointment.objects.select_for_update(of=("self",)).filter(officer=person).order_by("pk")
    running = [one for one in appointments if overlaps(one, day + DAY, None)]
    for one in running:
        finish(actor, one, day, "")
    stand_ins = StandIn.objects.filter(deputy=person, status=StandIn.Status.ACTIVE, valid_to__gte=clock.today())
    closed = AdminDuty.objects.filter(officer=person, status__in=[AdminDuty.Status.OPEN, AdminDuty.Status.REQUESTED])
    counts = {"appointments": len(running), "stand_ins": stand_ins.count(), "duties": closed.count()}
    for covering in stand_ins:
        covering.status = StandIn.Status.REVOKED
        keep(covering, ["status"])
    for duty in closed:
        _close_duty(actor, duty)
    return counts


def _close_duty(actor: Actor, duty: AdminDuty) -> None:
    """An open duty closes; a request lapses, refused by the one who handles the leaving."""
    if duty.status == AdminDuty.Status.OPEN:
        duty.status, duty.closed_at, duty.closed_by_name = AdminDuty.Status.CLOSED, clock.now(), named(actor)
    else:
        duty.status = AdminDuty.Status.REFUSED
        duty.approved_by, duty.approved_by_name = "system:离岗", "系统（离岗）"
        duty.approved_at, duty.decision_note = clock.now(), "当事人已离岗"
    keep(
        duty,
        ["status", "closed_at", "closed_by_name", "approved_by", "approved_by_name", "approved_at", "decision_note"],
    )
