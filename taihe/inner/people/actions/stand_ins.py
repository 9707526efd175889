"""Who acts for whom while somebody is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, NotAllowed
from taihe.ground.rules import rule

from ..catalogue import county_catalogue
from ..errors import AlreadyDecided
from ..models import AdminDuty, Appointment, Officer, StandIn
from ..permissions import forget, is_registered, permission_title, require
from .rows import check_fields, keep, lock, named, text


def _may_arrange(actor: Actor, principal: Appointment) -> None:
    """The principal in person, or whoever keeps the organ; never a stand-in, so nothing is passed on."""
    if actor.on_behalf_of:
        raise NotAllowed(what=permission_title("people.stand_in"))
    if actor.kind == "officer" and actor.person_id == str(principal.officer_id):
        return
    require(actor, "people.stand_in", principal.post.organ)


@action("people.set_stand_in")
def set_stand_in(
    actor: Actor,
    *,
    principal: int,
    deputy: int,
    valid_from: date | None = None,
    valid_to: date,
    reason: str,
    only: Sequence[str] | None = None,
) -> StandIn:
    """Let an officer act for the holder of an appointment, first to last day.

    `only` names permissions or duties of the post that are stood in for; None is all of them.
    Raises NotAllowed, BadInput (oneself, a locked deputy, too long, unknown matters).
    """
    appointment = lock(Appointment, principal, None, "被代理的任职")
    _may_arrange(actor, appointment)
    person = lock(Officer, deputy, None, "代理人")
    covering = StandIn(
        principal=appointment,
        deputy=person,
        covers_all=only is None,
        permissions=list(only or ()),
        valid_from=valid_from or clock.today(),
        valid_to=valid_to,
        reason=text(reason, "代理原因", 2),
        set_by_name=named(actor),
        set_at=clock.now(),
    )
    check_fields(covering)
    _check_persons(covering)
    _check_days(covering)
    _check_matters(covering)
    covering.save(force_insert=True)
    forget()
    detail = {
        "principal": appointment.officer_id,
        "deputy": person.pk,
        "to": str(valid_to),
        "only": covering.permissions,
    }
    record(covering, after=snapshot(covering), detail=detail)
    return covering


def _check_persons(one: StandIn) -> None:
    if one.deputy_id == one.principal.officer_id:
        raise BadInput(what="代理人不能是本人。")
    if not one.deputy.is_active:
        raise BadInput(what=f"{one.deputy.name}的账号{one.deputy.get_status_display()}，不能代理。")
    if AdminDuty.objects.filter(officer=one.deputy, status=AdminDuty.Status.OPEN).exists():
        raise BadInput(what=f"{one.deputy.name}现任管理员，不能代理业务岗位。")


def _check_days(one: StandIn) -> None:
    principal = one.principal
    last = one.valid_to or one.valid_from
    if last < one.valid_from or last < clock.today():
        raise BadInput(what="代理截止日期早于起始日期，或已经过去。")
    if one.valid_from < principal.valid_from or (principal.valid_to is not None and last > principal.valid_to):
        raise BadInput(what="代理期间超出了被代理人的任职期间。")
    longest = rule("people.stand_in_max_days")
    if (last - one.valid_from).days + 1 > longest:
        raise BadInput(what=f"一次代理最长 {longest} 天。")
    same = StandIn.objects.filter(
        principal=principal, deputy=one.deputy, status=StandIn.Status.ACTIVE, valid_from__lte=last
    )
    if same.filter(valid_to__gte=one.valid_from).exists():
        raise BadInput(what=f"{one.deputy.name}在该期间已是代理人。")


def _check_matters(one: StandIn) -> None:
    if one.covers_all:
        return
    duties = county_catalogue().duties
    unknown = [key for key in one.permissions if not is_registered(key) and key not in duties]
    if unknown or not one.permissions:
        raise BadInput(what="请选择代理的事项。" if not unknown else f"代理事项 {'、'.join(unknown)} 不存在。")


@action("people.revoke_stand_in")
def revoke_stand_in(actor: Actor, pk: int, version: int, *, reason: str = "") -> StandIn:
    """End a stand-in at once: by the principal, the deputy, or whoever keeps the organ."""
    covering = lock(StandIn, pk, version, "该代理")
    if actor.on_behalf_of or actor.person_id != str(covering.deputy_id):
        _may_arrange(actor, covering.principal)
    if covering.status != StandIn.Status.ACTIVE:
        raise AlreadyDecided(what="代理", status=covering.get_status_display(), verb="撤销")
    before = snapshot(covering)
    covering.status = StandIn.Status.REVOKED
    keep(covering, ["status"])
    forget()
    record(covering, before=before, after=snapshot(covering), detail={"reason": reason.strip()})
    return covering
