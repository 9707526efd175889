"""授权管理: roles are asked for by the system administrator and given by the security administrator."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.ui import parts
from taihe.ground.ui.tables import export, wants_export
from taihe.inner.people import actions as people
from taihe.inner.people import queries as read
from taihe.inner.people.models import RoleGrant
from taihe.inner.people.permissions import is_registered, permission_title, scopes_of
from taihe.inner.people.views.common import FormPage, answer_form, laid_out, version_of

from .. import queries
from ..forms import NoteForm, ReasonForm, RefuseForm, RoleForm
from ..tables import GrantTable, holder_words, period_words
from .approvals import asked_facts, stops_for
from .common import crumbs, need

HERE = ("授权管理", "security:roles")
SEE = ("people.grant_role", "people.approve_role")


def listing(request: HttpRequest) -> HttpResponse:
    """授权管理."""
    need(request, *SEE)
    status = request.GET.get("status", RoleGrant.Status.ACTIVE.value)
    status = status if status in (*RoleGrant.Status.values, "all") else RoleGrant.Status.ACTIVE.value
    table = laid_out(request, GrantTable(read.grants(status="" if status == "all" else status)))
    if wants_export(request):
        return export(table, "授权")
    counts = queries.grants_by_status()
    tabs = [
        parts.Tab(title, f"?{urlencode({'status': key})}", counts.get(key, 0), key == status)
        for key, title in RoleGrant.Status.choices
    ]
    tabs.append(parts.Tab("全部", "?status=all", sum(counts.values()), status == "all"))
    known = {"table": table, "tabs": tabs, "may_ask": access.may(request, "people.grant_role")}
    return render(request, "inner_security/roles.html", known)


def new(request: HttpRequest) -> HttpResponse:
    """申请授权."""
    actor = need(request, "people.grant_role")
    asked = request.GET.get("officer", "")
    officer = read.find_officer(int(asked)) if asked.isdigit() else None
    form = RoleForm(request.POST or None, request=request, officer=officer, paths=scopes_of(actor, "people.grant_role"))
    page = FormPage(
        f"为{officer.name}申请授权" if officer else "申请授权",
        "提出申请",
        reverse("security:roles"),
        crumbs(*HERE),
        effects=[
            "申请由安全管理员审批，批准后自起始日期生效；申请人不能审批自己的申请。",
            "现任管理员不能持有业务角色。",
        ],
        help="选择角色、授予的对象和管理范围。授予岗位的，岗位上的人都有该角色；授予任职的，免职时自动终止。",
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: people.request_role(who, **form.wanted()),
        to=lambda made: reverse("security:grant", args=[made.pk]),
        done="授权申请已提出，等待安全管理员审批。",
    )


def _facts(one: RoleGrant) -> list[parts.Detail]:
    allowed = "、".join(permission_title(key) if is_registered(key) else key for key in one.role.permissions)
    rows = [
        parts.Detail("角色", one.role.title),
        parts.Detail("授予", holder_words(one)),
        parts.Detail("管理范围", f"{one.scope.name}及下级"),
        parts.Detail("期间", period_words(one)),
        parts.Detail("权限", allowed or "没有", wide=True),
        *asked_facts(one),
    ]
    if one.approved_at:
        rows += [parts.Detail("审批人", one.approved_by_name), parts.Detail("审批时间", one.approved_at)]
        rows.append(parts.Detail("审批意见", one.decision_note or "未填写", wide=True))
    if one.revoked_at:
        rows += [parts.Detail("收回人", one.revoked_by_name), parts.Detail("收回时间", one.revoked_at)]
    return rows


def grant(request: HttpRequest, pk: int) -> HttpResponse:
    """One grant: what it allows, over what, who asked and who decided."""
    actor = need(request, *SEE)
    one = queries.find_grant(pk)
    waiting, active = one.status == RoleGrant.Status.REQUESTED, one.status == RoleGrant.Status.ACTIVE
    holders = queries.holders_of(one)
    known = {
        "grant": one,
        "facts": _facts(one),
        "holders": holders,
        "may_decide": waiting and access.may(request, "people.approve_role"),
        "stops": _stops(actor, one) if waiting else [],
        "may_revoke": active or (waiting and access.may(request, "people.grant_role")),
    }
    return render(request, "inner_security/grant.html", known)


def _stops(actor: Actor, one: RoleGrant) -> list[str]:
    concerned = {str(held.officer_id) for held in queries.holders_of(one)}
    return stops_for(actor, one, one.status, one.get_status_display(), concerned)


def _page(actor: Actor, one: RoleGrant, title: str, button: str, effects: list[str]) -> FormPage:
    own = reverse("security:grant", args=[one.pk])
    return FormPage(
        title,
        button,
        own,
        [*crumbs(*HERE), (one.role.title, own)],
        facts=_facts(one),
        effects=effects,
        stops=_stops(actor, one),
    )


def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """批准授权."""
    actor = need(request, "people.approve_role")
    one = queries.find_grant(pk)
    form = NoteForm(request.POST or None, request=request, row=one)
    names = "、".join(held.officer.name for held in queries.holders_of(one)) or "目前没有人"
    effects = [f"{names}自 {one.valid_from} 起在{one.scope.short_name}及下级范围内具有“{one.role.title}”的权限。"]
    return answer_form(
        request,
        _page(actor, one, f"批准“{one.role.title}”的授权", "批准", effects),
        form,
        lambda who: people.approve_role(who, pk, version_of(form), **form.cleaned_data),
        to=lambda made: reverse("security:grant", args=[made.pk]),
        done="授权已批准。",
    )


def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """不批准授权."""
    actor = need(request, "people.approve_role")
    one = queries.find_grant(pk)
    form = RefuseForm(request.POST or None, request=request, row=one)
    return answer_form(
        request,
        _page(actor, one, f"不批准“{one.role.title}”的授权", "不批准", ["申请终止，理由对申请人可见。"]),
        form,
        lambda who: people.refuse_role(who, pk, version_of(form), **form.cleaned_data),
        to=lambda made: reverse("security:grant", args=[made.pk]),
        done="已不批准该授权申请。",
    )


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """收回授权."""
    need(request, *SEE)
    one = queries.find_grant(pk)
    own = reverse("security:grant", args=[pk])
    form = ReasonForm(request.POST or None, request=request, row=one)
    ended = one.status not in (RoleGrant.Status.ACTIVE, RoleGrant.Status.REQUESTED)
    page = FormPage(
        f"收回“{one.role.title}”的授权",
        "收回",
        own,
        [*crumbs(*HERE), (one.role.title, own)],
        facts=_facts(one),
        effects=["立即失效，不需要另一人批准；再次授予须重新申请。"],
        stops=[f"该授权当前状态为“{one.get_status_display()}”。"] if ended else [],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: people.revoke_role(who, pk, version_of(form), **form.cleaned_data),
        to=lambda made: reverse("security:grant", args=[made.pk]),
        done="授权已收回。",
    )
