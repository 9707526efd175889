"""One's own account: overview, password, acting post, sessions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from taihe.ground import clock
from taihe.ground.errors import CountyError
from taihe.ground.rules import rule
from taihe.ground.ui.parts import Detail

from ...queries import posts_of, stand_ins_of
from .. import actions, proofs, queries
from ..acting import acting_of, actor_of, officer_of, plain_actor
from ..forms import PasswordForm
from ..middleware import PASSWORD, owes
from ..passwords import prepare_password
from ..state import posted, read_state
from .entrance import destination, refused


def overview(request: HttpRequest) -> HttpResponse:
    """Who I am here: data, posts, stand-ins, and how the account is guarded."""
    officer = officer_of(request)
    state = read_state(request)
    known = {
        "officer": officer,
        "details": [
            Detail("姓名", officer.name),
            Detail("登录名", officer.sign_in_name),
            Detail("手机号", officer.phone.masked() or "未登记"),
            Detail("电子邮箱", officer.email or "未登记"),
        ],
        "acting": acting_of(request),
        "posts": posts_of(officer),
        "stand_ins": stand_ins_of(officer),
        "held": queries.factors_of(officer),
        "previous": queries.previous_session(officer, state.note) if state else None,
        "sessions": queries.open_sessions(officer).count(),
        "password_days": rule("signin.password_max_days"),
    }
    return render(request, "inner_people/signin/account.html", known)


_FIELDS = {"signin.wrong_password": "old", "signin.unfit_password": "new"}


def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; the only page there is while that is owed."""
    officer = officer_of(request)
    form = PasswordForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                fresh = prepare_password(
                    officer,
                    form.cleaned_data["old"],
                    form.cleaned_data["new"],
                    lambda plain: proofs.by_password(request, officer, plain),
                )
                actions.change_password(plain_actor(request, officer), request, fresh)
                messages.success(request, "密码已更改，其他设备上的登录已全部退出。")
                return redirect(destination(request, ""))
            except CountyError as refusal:
                status = refused(form, refusal, _FIELDS.get(refusal.code))
    known = {
        "form": form,
        "owed": owes(request) == PASSWORD,
        "officer": officer,
        "rules": password_validators_help_texts(),
    }
    return render(request, "inner_people/signin/password.html", known, status=status)


@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act from another post."""
    title = actions.switch_post(actor_of(request), request, request.POST.get("post", ""))
    messages.success(request, f"已切换到：{title}。")
    return redirect(destination(request, request.POST.get("next", "")))


def sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in, and where I was."""
    officer = officer_of(request)
    state = read_state(request)
    known = {
        "open": queries.open_sessions(officer),
        "ended": [one for one in queries.recent_sessions(officer) if one.ended_at],
        "current": state.note if state else 0,
        "idle": rule("signin.idle_minutes"),
        "lifetime": rule("signin.lifetime_hours"),
        "now": clock.now(),
    }
    return render(request, "inner_people/signin/sessions.html", known)


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my other sessions."""
    officer = officer_of(request)
    actions.end_own_session(plain_actor(request, officer), officer, pk)
    messages.success(request, "该会话已结束。")
    return redirect("signin:sessions")


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all my other sessions."""
    officer = officer_of(request)
    state = read_state(request)
    ended = actions.end_others(plain_actor(request, officer), officer, state.note if state else 0)
    messages.success(request, f"已结束其他 {ended} 个会话。" if ended else "没有其他会话。")
    return redirect("signin:sessions")
