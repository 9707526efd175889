"""管理员任职: who keeps the accounts, who decides, who watches; never one person in two of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.ui import parts
from taihe.inner.people import actions as people
from taihe.inner.people import queries as read
from taihe.inner.people.models import AdminDuty, Duty
from taihe.inner.people.permissions import DUTY_PERMISSIONS, permission_title
from taihe.inner.people.views.common import FormPage, answer_form, version_of

from .. import queries
from ..forms import DutyForm, NoteForm, ReasonForm, RefuseForm
from .approvals import asked_facts, stops_for
from .common import crumbs, need

HERE = ("管理员任职", "security:duties")
SEE = ("people.request_duty", "people.approve_duty")


def listing(request: HttpRequest) -> HttpResponse:
    """管理员任职."""
    actor = need(request, *SEE)
    rows = list(read.duties()[:200])
    known = {
        "actor": actor,
        "kinds": [
            (
                duty.label,
                "、".join(sorted(permission_title(key) for key in DUTY_PERMISSIONS[duty.value])),
                [one for one in rows if one.duty == duty and one.status == AdminDuty.Status.OPEN],
            )
            for duty in Duty
        ],
        "waiting": [one for one in rows if one.status == AdminDuty.Status.REQUESTED],
        "past": [one for one in rows if one.status in (AdminDuty.Status.CLOSED, AdminDuty.Status.REFUSED)],
        "may_decide": access.may(request, "people.approve_duty"),
    }
    return render(request, "inner_security/duties.html", known)


def new(request: HttpRequest) -> HttpResponse:
    """申请管理员任职."""
    need(request, *SEE)
    form = DutyForm(request.POST or None, request=request)
    page = FormPage(
        "申请管理员任职",
        "提出申请",
        reverse("security:duties"),
        crumbs(*HERE),
        effects=[
            "申请由申请人和当事人以外的安全管理员审批，批准后立即就任。",
            "系统、安全、审计管理员不得由一人兼任；管理员不能持有业务角色。",
        ],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: people.request_duty(who, **form.cleaned_data),
        to=lambda _: reverse("security:duties"),
        done="管理员任职申请已提出，等待审批。",
    )


def _facts(one: AdminDuty) -> list[parts.Detail]:
    return [
        parts.Detail("人员", one.officer.name),
        parts.Detail("职责", one.get_duty_display()),
        *asked_facts(one),
    ]


def _decision(actor: Actor, one: AdminDuty, title: str, button: str, effects: list[str]) -> FormPage:
    return FormPage(
        title,
        button,
        reverse("security:duties"),
        crumbs(*HERE),
        facts=_facts(one),
        effects=effects,
        stops=stops_for(actor, one, one.status, one.get_status_display(), {str(one.officer_id)}),
    )


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """批准管理员任职."""
    actor = need(request, "people.approve_duty")
    one = queries.find_duty(pk)
    form = NoteForm(request.POST or None, request=request, row=one)
    effects = [f"{one.officer.name}立即就任{one.get_duty_display()}，登录时须使用第二验证。"]
    return answer_form(
        request,
        _decision(actor, one, f"批准{one.officer.name}任{one.get_duty_display()}", "批准", effects),
        form,
        lambda who: people.approve_duty(who, pk, version_of(form), **form.cleaned_data),
        to=lambda _: reverse("security:duties"),
        done="已批准，管理员已就任。",
    )


def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """不批准管理员任职."""
    actor = need(request, "people.approve_duty")
    one = queries.find_duty(pk)
    form = RefuseForm(request.POST or None, request=request, row=one)
    return answer_form(
        request,
        _decision(actor, one, f"不批准{one.officer.name}任{one.get_duty_display()}", "不批准", ["申请终止。"]),
        form,
        lambda who: people.refuse_duty(who, pk, version_of(form), **form.cleaned_data),
        to=lambda _: reverse("security:duties"),
        done="已不批准该申请。",
    )


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """办理卸任."""
    need(request, "people.approve_duty")
    one = queries.find_duty(pk)
    form = ReasonForm(request.POST or None, request=request, row=one)
    page = FormPage(
        f"办理{one.officer.name}卸任{one.get_duty_display()}",
        "办理卸任",
        reverse("security:duties"),
        crumbs(*HERE),
        facts=_facts(one),
        effects=["立即失去管理员权限；账号和业务岗位不变。", "唯一在任的管理员不能卸任，须先任命另一名。"],
        stops=[] if one.status == AdminDuty.Status.OPEN else [f"该任职当前状态为“{one.get_status_display()}”。"],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: people.close_duty(who, pk, version_of(form), **form.cleaned_data),
        to=lambda _: reverse("security:duties"),
        done="已办理卸任。",
    )
