"""People and organs as states: ``OfficerFactory(appointed=True, organ=organ, roles=["organ_keeper"])``.

Rows are made as if lawfully decided by two others.  `acting(officer)` gives the Actor to call actions
with.  Phone numbers need the vault's keys: use the `vault_keys` fixture of conftest.py.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import factory
from django.contrib.auth.hashers import make_password

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.inner.people import pinyin
from taihe.inner.people.models import (
    AdminDuty,
    Appointment,
    Duty,
    Officer,
    Organ,
    PasswordReset,
    Post,
    Role,
    RoleGrant,
    StandIn,
)
from taihe.inner.people.queries import acting_choices, actor_for, default_acting

LONG_AGO = date(2024, 1, 1)
SYSTEM = Actor.system("测试")
WISHES = ("appointed", "organ", "title", "roles", "permissions", "duties")


def days(number: int) -> date:
    """Today moved by a number of days."""
    return clock.today() + timedelta(days=number)


class OrganFactory(factory.django.DjangoModelFactory):
    """An organ; give ``parent=`` for one below."""

    class Meta:
        model = Organ

    code = factory.Sequence(lambda n: f"CS{n:03d}")
    name = factory.LazyAttribute(lambda o: f"太和县测试{o.code}局")
    short_name = factory.LazyAttribute(lambda o: f"测试{o.code}局")
    kind = "gov_dept"
    system = "government"
    parent = None
    path = factory.LazyAttribute(lambda o: f"{o.parent.path if o.parent else ''}{o.code}/")
    order = factory.Sequence(lambda n: n)
    valid_from = LONG_AGO


class PostFactory(factory.django.DjangoModelFactory):
    """A post of an organ (made when not given)."""

    class Meta:
        model = Post

    organ = factory.SubFactory(OrganFactory)
    title = factory.Sequence(lambda n: f"岗位{n}")
    duties = factory.LazyFunction(list)
    max_holders = 3
    valid_from = LONG_AGO


class OfficerFactory(factory.django.DjangoModelFactory):
    """An officer.

    ``appointed=True`` gives a main post in ``organ=`` (made when absent) under ``title=``, or pass a
    Post as ``appointed=``; ``roles=["key"]`` (each with its permissions in ``permissions=[...]`` when
    the role does not exist) grants over that organ's subtree; ``password="…"`` makes sign-in possible;
    ``locked=True`` and ``left=True`` are states.
    """

    class Meta:
        model = Officer
        skip_postgeneration_save = True
        exclude = ("plain",)

    class Params:
        locked = factory.Trait(status="locked", is_active=False, locked_reason="测试停用")
        left = factory.Trait(status="left", is_active=False, left_on=factory.LazyFunction(clock.today))

    plain = ""
    sign_in_name = factory.Sequence(lambda n: f"officer{n}")
    name = factory.Sequence(lambda n: f"演测试{n}")
    pinyin = factory.LazyAttribute(lambda o: pinyin.full(o.name, 160))
    initials = factory.LazyAttribute(lambda o: pinyin.initials(o.name, 40))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, password: str = "", **fields: Any) -> Officer:
        wishes = {key: fields.pop(key, None) for key in WISHES}
        fields["password"] = make_password(password or None)
        if password:
            fields.setdefault("password_set_at", clock.now())
        officer = super()._create(model_class, *args, **fields)
        if wishes["appointed"] or wishes["organ"] or wishes["roles"] or wishes["permissions"]:
            _settle(officer, wishes)
        return officer


def _settle(officer: Officer, wishes: dict[str, Any]) -> None:
    post = wishes["appointed"]
    if not isinstance(post, Post):
        named = {"title": wishes["title"]} if wishes["title"] else {}
        post = PostFactory(organ=wishes["organ"] or OrganFactory(), duties=wishes["duties"] or [], **named)
    appointment = AppointmentFactory(officer=officer, post=post, is_main=True)
    for key in wishes["roles"] or (["test_role"] if wishes["permissions"] else []):
        role = Role.objects.filter(key=key).first() or RoleFactory(key=key, permissions=wishes["permissions"] or [])
        RoleGrantFactory(appointment=appointment, role=role, scope=post.organ)


class AppointmentFactory(factory.django.DjangoModelFactory):
    """An open appointment since long ago."""

    class Meta:
        model = Appointment

    officer = factory.SubFactory(OfficerFactory)
    post = factory.SubFactory(PostFactory)
    is_main = False
    valid_from = LONG_AGO


class RoleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Role

    key = factory.Sequence(lambda n: f"role_{n}")
    title = factory.LazyAttribute(lambda o: f"角色{o.key}")
    permissions = factory.LazyFunction(list)


class _Asked(factory.django.DjangoModelFactory):
    class Meta:
        abstract = True

    requested_by = "1000001"
    requested_by_name = "演申请"
    requested_at = factory.LazyFunction(clock.now)
    reason = "测试需要"


class _Decided(_Asked):
    class Meta:
        abstract = True

    class Params:
        waiting = factory.Trait(status="requested", approved_by="", approved_by_name="", approved_at=None)

    approved_by = "1000002"
    approved_by_name = "演审批"
    approved_at: datetime | Any = factory.LazyFunction(clock.now)


class RoleGrantFactory(_Decided):
    """An active grant, to an appointment unless ``post=`` is given; ``waiting=True`` is a request."""

    class Meta:
        model = RoleGrant

    role = factory.SubFactory(RoleFactory)
    appointment = factory.Maybe("post", None, factory.SubFactory(AppointmentFactory))
    post = None
    scope = factory.LazyAttribute(lambda o: (o.post or o.appointment.post).organ)
    status = "active"
    valid_from = LONG_AGO


class StandInFactory(factory.django.DjangoModelFactory):
    """A stand-in in force, for everything unless ``permissions=`` and ``covers_all=False``."""

    class Meta:
        model = StandIn

    principal = factory.SubFactory(AppointmentFactory)
    deputy = factory.SubFactory(OfficerFactory)
    valid_from = factory.LazyFunction(lambda: days(-1))
    valid_to = factory.LazyFunction(lambda: days(5))
    reason = "测试出差"
    set_by_name = "演登记"
    set_at = factory.LazyFunction(clock.now)


class AdminDutyFactory(_Decided):
    """An open duty; ``waiting=True`` is a request."""

    class Meta:
        model = AdminDuty

    officer = factory.SubFactory(OfficerFactory)
    duty = Duty.SYSTEM
    status = "open"
    opened_at = factory.LazyFunction(clock.now)


class PasswordResetFactory(_Asked):
    class Meta:
        model = PasswordReset

    officer = factory.SubFactory(OfficerFactory)


class AdminFactory(OfficerFactory):
    """An administrator: ``AdminFactory(duty="system" | "security" | "audit")``, with a post or without."""

    @classmethod
    def _create(cls, model_class: Any, *args: Any, duty: str = "system", **fields: Any) -> Officer:
        officer: Officer = super()._create(model_class, *args, **fields)
        AdminDutyFactory(officer=officer, duty=duty)
        return officer


def acting(officer: Officer, index: int | None = None, session: str = "s1", address: str = "127.0.0.1") -> Actor:
    """The Actor of an officer as after sign-in, or in the index-th line of the switcher."""
    choices = acting_choices(officer)
    chosen = default_acting(choices) if index is None else choices[index]
    return actor_for(officer, chosen.capacity if chosen else None, session, address)
