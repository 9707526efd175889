"""登录会话: who is signed in now, and whose sign-in is paused."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground.ui import parts
from taihe.inner.people.signin import actions as signin
from taihe.inner.people.signin.queries import all_open_sessions, find_guard, find_session, paused_guards
from taihe.inner.people.templatetags.signin import device
from taihe.inner.people.views.common import FormPage, answer_form

from ..forms import ReasonForm
from .common import crumbs, need

HERE = ("登录会话", "security:sessions")
METHODS = {"password": "密码", "totp": "动态口令", "passkey": "通行密钥", "recovery": "恢复码"}


def listing(request: HttpRequest) -> HttpResponse:
    """登录会话."""
    need(request, "sessions.end")
    page = Paginator(all_open_sessions(), 30).get_page(request.GET.get("page"))
    known = {
        "page_obj": page,
        "rows": [(one, METHODS.get(one.method, one.method)) for one in page.object_list],
        "paused": paused_guards(),
        "own": request.session.session_key,
    }
    return render(request, "inner_security/sessions.html", known)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    """结束他人会话."""
    need(request, "sessions.end")
    note = find_session(pk)
    form = ReasonForm(request.POST or None, request=request)
    page = FormPage(
        f"结束{note.officer.name}的会话",
        "结束会话",
        reverse("security:sessions"),
        crumbs(*HERE),
        facts=[
            parts.Detail("人员", note.officer.name),
            parts.Detail("登录时间", note.began_at),
            parts.Detail("地址", note.address),
            parts.Detail("最近使用", note.seen_at),
            parts.Detail("设备", device(note.device), wide=True),
        ],
        effects=["该浏览器立即退出，未提交的内容按表单保护规则暂存。", "账号不停用，本人可以重新登录。"],
        stops=["该会话已经结束。"] if note.ended_at else [],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: signin.end_session(who, pk, **form.cleaned_data),
        to=lambda _: reverse("security:sessions"),
        done="会话已结束。",
    )


def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """解除暂停登录."""
    need(request, "accounts.unlock")
    guard = find_guard(pk)
    form = ReasonForm(request.POST or None, request=request)
    page = FormPage(
        "解除暂停登录",
        "解除暂停",
        reverse("security:sessions"),
        crumbs(*HERE),
        facts=[
            parts.Detail("对象", str(guard)),
            parts.Detail("失败次数", guard.failures),
            parts.Detail("暂停至", guard.locked_until),
            parts.Detail("暂停期间被拒", guard.turned_away),
        ],
        effects=["可以立即重新登录，失败次数重新计算。"],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: signin.lift_pause(who, pk, **form.cleaned_data),
        to=lambda _: reverse("security:sessions"),
        done="已解除暂停。",
    )
