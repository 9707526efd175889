"""Registering people and changing what they hold."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.ui import parts

from .. import actions, permissions, queries
from ..forms.officers import (
    AppointForm,
    EditOfficerForm,
    EndAppointmentForm,
    LeaveForm,
    NewOfficerForm,
    PlainForm,
)
from ..models import Appointment, Officer
from ..queries import pages
from .common import FormPage, answer_form, version_of

EDIT, APPOINT = "people.edit_officers", "people.appoint"


def _page_of(person: Officer | Appointment) -> str:
    return reverse("people:officer", args=[person.officer_id if isinstance(person, Appointment) else person.pk])


def _crumbs(person: Officer | None = None) -> list[tuple[str, str]]:
    trail = [("通讯录", reverse("people:contacts"))]
    return [*trail, (person.name, _page_of(person))] if person else trail


def _facts(person: Officer) -> list[parts.Detail]:
    posts = "、".join(f"{one.post.organ.short_name} {one.post.title}" for one in queries.posts_of(person))
    return [
        parts.Detail("姓名", person.name),
        parts.Detail("登录名", person.sign_in_name),
        parts.Detail("现任岗位", posts or "没有", wide=True),
    ]


def _kept(request: HttpRequest, permission: str, pk: int) -> tuple[Actor, Officer]:
    """The asker and a person whom his post keeps.  Raises Missing, NotAllowed."""
    actor, person = access.actor_of(request), queries.find_officer(pk)
    if not pages.keeps(actor, permission, person):
        raise NotAllowed(what=permissions.permission_title(permission))
    return actor, person


def new(request: HttpRequest) -> HttpResponse:
    """登记人员."""
    access.require(request, EDIT, permissions.permission_title(EDIT))
    form = NewOfficerForm(request.POST or None, request=request)
    page = FormPage(
        "登记人员",
        "登记",
        reverse("people:contacts"),
        _crumbs(),
        help="登记后请为其办理任职；首次登录的密码由系统管理员发放。",
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.create_officer(who, **form.cleaned_data),
        to=lambda made: reverse("people:officer_appoint", args=[made.pk]),
        done="人员已登记，请继续办理任职。",
    )


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改人员登记."""
    _, person = _kept(request, EDIT, pk)
    form = EditOfficerForm(request.POST or None, request=request, person=person)
    page = FormPage("修改人员登记", "保存", _page_of(person), _crumbs(person), facts=_facts(person))
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.edit_officer(who, pk, version_of(form), **form.wanted()),
        to=_page_of,
        done="人员登记已保存。",
    )


def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """办理离岗."""
    actor, person = _leaver(request, pk)
    form = LeaveForm(request.POST or None, request=request, row=person)
    held = queries.posts_of(person).count()
    page = FormPage(
        f"办理{person.name}离岗",
        "确认离岗",
        _page_of(person),
        _crumbs(person),
        facts=_facts(person),
        effects=[
            f"现任 {held} 个岗位的任职截止于最后在岗日，随任职的角色、代理同时终止。",
            "账号立即停用，已登录的会话全部结束，不能再登录，不能撤回。",
            "在办事项按各业务的规则移交；已签发的文件和办理记录保留其姓名和当时的岗位。",
        ],
        danger=True,
        stops=["不能为自己办理离岗。"] if actor.person_id == str(pk) else [],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.leave_officer(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done=f"{person.name}已办理离岗。",
    )


def _leaver(request: HttpRequest, pk: int) -> tuple[Actor, Officer]:
    """An administrator is let go by administrators; anybody else by the keeper of the organ."""
    actor, person = access.actor_of(request), queries.find_officer(pk)
    if not pages.may_let_go(actor, person):
        raise NotAllowed(what=permissions.permission_title(APPOINT))
    return actor, person


def appoint_to(request: HttpRequest, pk: int) -> HttpResponse:
    """任命 to a post: whom."""
    actor, post = access.actor_of(request), pages.find_post(pk)
    permissions.require(actor, APPOINT, post.organ)
    organ_url = reverse("people:organ", args=[post.organ_id])
    page = FormPage(
        f"任命{post.organ.short_name}{post.title}",
        "任命",
        organ_url,
        [("机构", reverse("people:organs")), (post.organ.short_name, organ_url)],
        effects=["自起始日期起，可以该岗位办理事项，并具有随岗位授予的角色。"],
    )
    form = AppointForm(request.POST or None, request=request, officer=None, post=post, paths=())
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.appoint(who, **form.cleaned_data),
        to=lambda _: organ_url,
        done="任职已登记。",
    )


def appoint_person(request: HttpRequest, pk: int) -> HttpResponse:
    """任职 of a person: where."""
    actor = access.require(request, APPOINT, permissions.permission_title(APPOINT))
    person = queries.find_officer(pk)
    page = FormPage(
        f"{person.name}任职",
        "登记任职",
        _page_of(person),
        _crumbs(person),
        facts=_facts(person),
        effects=["自起始日期起，可以该岗位办理事项，并具有随岗位授予的角色。"],
    )
    paths = permissions.scopes_of(actor, APPOINT)
    form = AppointForm(request.POST or None, request=request, officer=person, post=None, paths=paths)
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.appoint(who, **form.cleaned_data),
        to=_page_of,
        done="任职已登记。",
    )


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """免职."""
    held = _appointment(request, pk)
    form = EndAppointmentForm(request.POST or None, request=request, row=held)
    page = FormPage(
        f"免去{held.officer.name}的{held.post.title}",
        "免职",
        _page_of(held),
        _crumbs(held.officer),
        facts=_held_facts(held),
        effects=[
            "最后任职日的次日起，不能再以该岗位办理事项；随任职的角色、代理同时终止。",
            "任职经历和已办的记录保留。",
        ],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.end_appointment(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done="免职已登记。",
    )


def _appointment(request: HttpRequest, pk: int) -> Appointment:
    actor, held = access.actor_of(request), pages.find_appointment(pk)
    permissions.require(actor, APPOINT, held.post.organ)
    return held


def _held_facts(held: Appointment) -> list[parts.Detail]:
    return [
        parts.Detail("人员", held.officer.name),
        parts.Detail("单位", held.post.organ.name),
        parts.Detail("岗位", held.post.title),
        parts.Detail("任职起始", held.valid_from),
    ]


def make_main(request: HttpRequest, pk: int) -> HttpResponse:
    """设为主岗."""
    held = _appointment(request, pk)
    form = PlainForm(request.POST or None, request=request, row=held)
    page = FormPage(
        f"将{held.post.title}设为主岗",
        "设为主岗",
        _page_of(held),
        _crumbs(held.officer),
        facts=_held_facts(held),
        effects=["原主岗改为兼任，任职期间不变。", "下次登录时默认以新的主岗办理。"],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.make_main(who, pk, version_of(form)),
        to=_page_of,
        done="主岗已调整。",
    )
