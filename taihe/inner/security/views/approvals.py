"""审批事项: everything that waits for the security administrator, on one page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground.actor import Actor
from taihe.ground.formsafety.actions import once
from taihe.ground.ui import parts
from taihe.inner.people import actions as people
from taihe.inner.people import queries as read
from taihe.inner.people.models import PasswordReset, TwoPersons
from taihe.inner.people.views.common import FormPage, answer_form

from .. import queries
from ..forms import NoteForm, RefuseForm
from ..tables import holder_words, period_words
from .accounts import shown_once
from .common import crumbs, need

HERE = ("审批事项", "security:approvals")
DECIDE = ("people.approve_role", "people.approve_duty", "accounts.approve_reset")


def listing(request: HttpRequest) -> HttpResponse:
    """审批事项."""
    actor = need(request, *DECIDE)
    known = {
        "actor": actor,
        "grants": [(one, holder_words(one), period_words(one)) for one in read.pending_grants()],
        "duties": read.pending_duties(),
        "resets": read.pending_resets(),
    }
    return render(request, "inner_security/approvals.html", known)


def asked_facts(asked: TwoPersons) -> list[parts.Detail]:
    """Who asked, when and why."""
    return [
        parts.Detail("申请人", asked.requested_by_name),
        parts.Detail("申请时间", asked.requested_at),
        parts.Detail("申请理由", asked.reason or "未填写", wide=True),
    ]


def stops_for(actor: Actor, asked: TwoPersons, status: str, word: str, concerned: set[str]) -> list[str]:
    """Why the asker may not decide, in words; empty when he may."""
    if status != "requested":
        return [f"该申请当前状态为“{word}”，不能再审批。"]
    if actor.person_id == asked.requested_by:
        return ["您是申请人，须由另一名安全管理员审批。"]
    return ["您是当事人，须由另一名安全管理员审批。"] if actor.person_id in concerned else []


def _reset_page(actor: Actor, asked: PasswordReset, title: str, button: str, effects: list[str]) -> FormPage:
    return FormPage(
        title,
        button,
        reverse("security:approvals"),
        crumbs(*HERE),
        facts=[
            parts.Detail("人员", asked.officer.name),
            parts.Detail("登录名", asked.officer.sign_in_name),
            *asked_facts(asked),
        ],
        effects=effects,
        stops=stops_for(actor, asked, asked.status, asked.get_status_display(), {str(asked.officer_id)}),
    )


def approve_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """批准密码重置: the one-time password is shown once."""
    actor = need(request, "accounts.approve_reset")
    asked = queries.find_reset(pk)
    form = NoteForm(request.POST or None, request=request)
    if form.is_valid():
        given = once(
            actor,
            form.form_key,
            lambda who: people.approve_password_reset(who, pk, **form.cleaned_data),
            lambda _: reverse("security:approvals"),
        )
        return shown_once(request, read.find_officer(asked.officer_id), given.result, reverse("security:approvals"))
    effects = [
        "生成一次性密码，只在下一页显示一次；请核实身份后告知本人，首次登录后须立即修改。",
        "原密码立即失效，已登录的会话全部结束。",
    ]
    page = _reset_page(actor, asked, f"批准重置{asked.officer.name}的密码", "批准并生成密码", effects)
    return render(request, page.template, {"page": page, "form": form})


def refuse_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """不批准密码重置."""
    actor = need(request, "accounts.approve_reset")
    asked = queries.find_reset(pk)
    form = RefuseForm(request.POST or None, request=request)
    return answer_form(
        request,
        _reset_page(actor, asked, f"不批准重置{asked.officer.name}的密码", "不批准", ["原密码继续有效。"]),
        form,
        lambda who: people.refuse_password_reset(who, pk, **form.cleaned_data),
        to=lambda _: reverse("security:approvals"),
        done="已不批准该申请。",
    )
