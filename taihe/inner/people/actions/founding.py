"""The first three administrators, made once when the system is installed; every later one takes two persons."""

from __future__ import annotations

from dataclasses import dataclass

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError, NotAllowed

from ..models import AdminDuty, Duty, Officer
from .officers import new_officer
from .passwords import give_one_time_password

INSTALLER = "installation"
SIGN_IN_NAMES = {Duty.SYSTEM: "sysadmin", Duty.SECURITY: "secadmin", Duty.AUDIT: "auditor"}


class AlreadyFounded(CountyError):
    """There are administrators; only they may make others."""

    code = "people.already_founded"
    http_status = 409
    happened = "系统已有管理员，不能再次设立首任管理员。"
    next_step = "请由在任的系统管理员提出申请，经安全管理员批准后增加或更换管理员。"


@dataclass(frozen=True)
class FirstAccount:
    """One of the three accounts; the password is shown once and kept nowhere."""

    title: str
    sign_in_name: str
    one_time_password: str


@action("people.found_administrators")
def found_administrators(actor: Actor) -> list[FirstAccount]:
    """Make the three administrators with one-time passwords, to be handed to three different persons.

    Raises AlreadyFounded when any administrator is or was in office, NotAllowed for anyone but the
    installation command.
    """
    if actor.kind != "system":
        raise NotAllowed(what="设立首任管理员")
    if AdminDuty.objects.exclude(status__in=[AdminDuty.Status.REQUESTED, AdminDuty.Status.REFUSED]).exists():
        raise AlreadyFounded
    made = []
    for duty, sign_in_name in SIGN_IN_NAMES.items():
        person = new_officer(sign_in_name=sign_in_name, name=duty.label)
        plain = give_one_time_password(person)
        person.save(force_insert=True)
        held = _first_duty(actor, person, duty)
        record(held, after=snapshot(held), detail={"sign_in_name": sign_in_name, "duty": duty.value})
        made.append(FirstAccount(duty.label, sign_in_name, plain))
    return made


def _first_duty(actor: Actor, person: Officer, duty: Duty) -> AdminDuty:
    now = clock.now()
    return AdminDuty.objects.create(
        officer=person,
        duty=duty,
        status=AdminDuty.Status.OPEN,
        requested_by=actor.person_id,
        requested_by_name=actor.person_name,
        requested_at=now,
        reason="首次安装",
        approved_by=INSTALLER,
        approved_by_name="安装人员",
        approved_at=now,
        decision_note="首次安装时设立，首次登录须改密",
        opened_at=now,
    )
