"""代理: who acts for me while I am away, and for whom I act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access, clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.ui import parts

from .. import actions, permissions, queries
from ..catalogue import county_catalogue
from ..forms.stand_ins import RevokeStandInForm, StandInForm
from ..models import Officer, StandIn
from ..permissions import is_registered, may, permission_title
from ..queries import pages
from .common import FormPage, answer_form, officer_of, signed_in, version_of

STAND_IN = "people.stand_in"


def matter_titles(keys: list[str]) -> str:
    """Permissions and duties of posts in words."""
    duties = county_catalogue().duties
    return "、".join(permission_title(key) if is_registered(key) else duties.get(key, key) for key in keys)


def listing(request: HttpRequest) -> HttpResponse:
    """我的代理."""
    actor, officer = signed_in(request), officer_of(request)
    today = clock.today()
    rows = [(one, _state(one), matter_titles(one.permissions)) for one in pages.my_stand_ins(officer)]
    known = {
        "officer": officer,
        "running": [row for row in rows if row[0].status == "active" and (row[0].valid_to or today) >= today],
        "past": [row for row in rows if row[0].status != "active" or (row[0].valid_to or today) < today],
        "has_posts": queries.posts_of(officer).exists(),
        "alone": not actor.on_behalf_of,
    }
    return render(request, "inner_people/stand_ins.html", known)


def _state(one: StandIn) -> tuple[str, str]:
    """The state in a word, and its tone."""
    today = clock.today()
    if one.status == StandIn.Status.REVOKED:
        return "已撤销", "plain"
    if one.valid_from > today:
        return "尚未开始", "info"
    if one.valid_to is not None and one.valid_to < today:
        return "已结束", "plain"
    return "代理中", "ok"


def new(request: HttpRequest) -> HttpResponse:
    """登记代理, for myself or, by whoever keeps the organ, for another."""
    actor = signed_in(request)
    officer = _principal(request, actor)
    held = list(queries.posts_of(officer))
    form = StandInForm(request.POST or None, request=request, appointments=held, matters=_matters(officer))
    mine = officer.pk == officer_of(request).pk
    back = reverse("people:stand_ins") if mine else reverse("people:officer", args=[officer.pk])
    page = FormPage(
        "登记代理" if mine else f"为{officer.name}登记代理",
        "登记代理",
        back,
        [("我的代理", back)] if mine else [(officer.name, back)],
        effects=[
            f"代理期间，代理人可在右上角切换为“代{officer.name}”办理，记录显示“代理人代{officer.name}”。",
            f"{officer.name}仍可办理自己的事项；代理人不能再转给他人代理。",
            "任职截止时代理同时终止，期间可以随时撤销。",
        ],
        stops=[] if held else [f"{officer.name}今天没有在任的岗位。"],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.set_stand_in(who, **form.wanted()),
        to=lambda _: back,
        done="代理已登记。",
    )


def _principal(request: HttpRequest, actor: Actor) -> Officer:
    """Whom the form is about: oneself, or ``?officer=`` when the asker keeps that person's organ."""
    asked = request.GET.get("officer", "")
    if actor.on_behalf_of:
        raise NotAllowed(what=permission_title(STAND_IN))
    if not asked.isdigit() or asked == actor.person_id:
        return officer_of(request)
    officer = queries.find_officer(int(asked))
    if not any(may(actor, STAND_IN, one.post.organ) for one in queries.posts_of(officer)):
        raise NotAllowed(what=permission_title(STAND_IN))
    return officer


def _matters(officer: Officer) -> list[tuple[str, str]]:
    """Duties of the posts held and permissions granted, each once."""
    duties = county_catalogue().duties
    found = {key: duties.get(key, key) for one in queries.posts_of(officer) for key in one.post.duties}
    for grant in pages.grants_of(officer):
        found |= {
            key: permission_title(key)
            for key in grant.role.permissions
            if is_registered(key) and key not in permissions.NEVER_BY_ROLE
        }
    return list(found.items())


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销代理."""
    actor, covering = access.actor_of(request), pages.find_stand_in(pk)
    _may_end(actor, covering)
    form = RevokeStandInForm(request.POST or None, request=request, row=covering)
    post = covering.principal.post
    state, _ = _state(covering)
    page = FormPage(
        "撤销代理",
        "确认撤销",
        reverse("people:stand_ins"),
        [("我的代理", reverse("people:stand_ins"))],
        facts=[
            parts.Detail("代理人", covering.deputy.name),
            parts.Detail("被代理人", covering.principal.officer.name),
            parts.Detail("岗位", f"{post.organ.short_name} {post.title}"),
            parts.Detail("期间", f"{covering.valid_from} 至 {covering.valid_to}"),
        ],
        effects=["代理立即终止，代理人不能再以该身份办理；已办的记录保留。"],
        stops=[f"该代理{state}。"] if state in ("已撤销", "已结束") else [],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.revoke_stand_in(who, pk, version_of(form), **form.cleaned_data),
        to=lambda _: reverse("people:stand_ins"),
        done="代理已撤销。",
    )


def _may_end(actor: Actor, covering: StandIn) -> None:
    """The principal, the deputy, or whoever keeps the organ.  Raises NotAllowed."""
    concerned = {str(covering.deputy_id), str(covering.principal.officer_id)}
    if actor.person_id not in concerned or actor.on_behalf_of:
        permissions.require(actor, STAND_IN, covering.principal.post.organ)
