"""The first three administrators of an installation, before there is anybody to ask or approve."""

from __future__ import annotations

from collections.abc import Mapping

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, NotAllowed

from ..errors import AlreadySetUp
from ..models import AdminDuty, Duty, Officer
from .officers import new_officer
from .passwords import give_one_time_password


@action("people.first_administrators")
def make_first_administrators(actor: Actor, people: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Make one administrator of each kind: duty to (sign-in name, name); returns one-time passwords by sign-in name.

    Only an installation without any administrator on record allows it, and only at its own console
    (a system actor).  Raises AlreadySetUp, NotAllowed, BadInput (a duty missing, one name twice).
    """
    if actor.kind != "system":
        raise NotAllowed(what="设立首任管理员")
    if AdminDuty.objects.exists():
        raise AlreadySetUp()
    names = [sign_in for sign_in, _ in people.values()]
    if set(people) != set(Duty.values) or len(set(names)) != len(names):
        raise BadInput(what="请为系统、安全、审计管理员各指定一人，三人不得相同。")
    shown = {}
    for duty, (sign_in_name, name) in people.items():
        person = new_officer(sign_in_name=sign_in_name, name=name)
        if Officer.objects.filter(sign_in_name=person.sign_in_name).exists():
            raise BadInput(what=f"登录名 {person.sign_in_name} 已被使用。")
        shown[person.sign_in_name] = give_one_time_password(person)
        person.save(force_insert=True)
        held = AdminDuty.objects.create(
            officer=person,
            duty=duty,
            status=AdminDuty.Status.OPEN,
            requested_by="system:setup",
            requested_by_name="系统（安装）",
            requested_at=clock.now(),
            reason="首任管理员",
            approved_by="system:console",
            approved_by_name="安装操作员（本机控制台）",
            approved_at=clock.now(),
            opened_at=clock.now(),
        )
        record(held, detail={"officer": person.pk, "duty": duty})
    return shown
