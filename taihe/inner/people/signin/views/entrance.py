"""The door: name and password, second proof, and the way out."""

from __future__ import annotations

from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_POST

from taihe.ground.errors import CountyError
from taihe.ground.rules import rule

from ...models import Officer
from .. import actions, proofs, queries
from ..acting import officer_of, plain_actor
from ..demo import demo_accounts, demo_code, demo_password
from ..errors import WrongCode
from ..forms import RecoveryForm, SecondForm, SignInForm
from ..passkeys import host_can_have_passkeys
from ..state import Pending, drop_pending, posted, read_pending, seconds, write_pending

# Why the person stands at the door again: words of SessionNote.Ended, and two of our own.
REASONS = {
    "idle": "您已超过 {idle} 分钟没有操作，系统已自动退出。",
    "expired": "本次登录已满 {lifetime} 小时，请重新登录。",
    "elsewhere": "您在另一处结束了本会话。",
    "crowded": "您的账号同时登录的设备过多，最久未用的会话已结束。",
    "password": "您的密码已更改，请用新密码登录。",
    "admin": "安全管理员结束了您的会话，请重新登录；有疑问请与其联系。",
    "locked": "您的会话已结束。如不能登录，请联系本单位管理员。",
    "left": "您的会话已结束。如不能登录，请联系本单位管理员。",
    "step": "第二步验证已超时，请重新输入密码。",
}


def why_text(why: str) -> str:
    """The reason as a sentence; empty for anything we did not write."""
    figures = {"idle": rule("signin.idle_minutes"), "lifetime": rule("signin.lifetime_hours")}
    return REASONS.get(why, "").format_map(figures)


def destination(request: HttpRequest, wanted: str) -> str:
    """Where to go after sign-in: the wanted page when it is ours, else the first page."""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else str(settings.LOGIN_REDIRECT_URL)


def refused(form: forms.Form, refusal: CountyError, field: str | None = None) -> int:
    """Put a refusal on the form, in its own words; returns the status to answer with."""
    happened, done, next_step = refusal.sentences()
    form.add_error(field, f"{happened}{done}{next_step}")
    return refusal.http_status


@login_not_required
def enter(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if request.user.is_authenticated:
        return redirect(destination(request, wanted))
    form = SignInForm(posted(request), initial={"name": request.GET.get("name", "")[:40]})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                officer = proofs.open_door(request, form.cleaned_data["name"], form.cleaned_data["password"])
                return _after_password(request, officer, wanted)
            except CountyError as refusal:
                status = refused(form, refusal)
    known = {
        "form": form,
        "next": wanted,
        "why": why_text(request.GET.get("why", "")) if request.method == "GET" else "",
        "accounts": demo_accounts(),
        "demo_password": demo_password(),
    }
    return render(request, "inner_people/signin/enter.html", known, status=status)


def _after_password(request: HttpRequest, officer: Officer, wanted: str) -> HttpResponse:
    if not queries.has_factor(officer):
        return _come_in(request, officer, "password", wanted)
    write_pending(request, Pending(officer.pk, officer.get_session_auth_hash(), seconds(), wanted))
    return redirect("signin:second")


def _come_in(request: HttpRequest, officer: Officer, method: str, wanted: str) -> HttpResponse:
    actions.sign_in(plain_actor(request, officer), request, officer, method=method)
    return redirect(destination(request, wanted))


def _waiting(request: HttpRequest) -> tuple[Officer, Pending] | None:
    """Who waits for the second proof here, if the password is still the one that was right, and not too long ago."""
    pending = read_pending(request)
    if pending is None or seconds() - pending.at > rule("signin.second_step_minutes") * 60:
        drop_pending(request)
        return None
    officer = queries.find_waiting(pending.officer)
    if officer is None or officer.get_session_auth_hash() != pending.secret:
        drop_pending(request)
        return None
    return officer, pending


def _back_to_door(request: HttpRequest) -> HttpResponse:
    return redirect(f"{reverse('signin:enter')}?{urlencode({'why': 'step'})}")


@login_not_required
def second(request: HttpRequest) -> HttpResponse:
    """The second proof: a TOTP code, or a passkey where the browser has one."""
    waiting = _waiting(request)
    if waiting is None:
        return _back_to_door(request)
    officer, pending = waiting
    form = SecondForm(posted(request))
    status = 200
    if request.method == "POST":
        method = "passkey" if request.POST.get("credential") else "totp"
        status = _prove(request, officer, form, method)
        if status == PROVED:
            return _come_in(request, officer, method, pending.next)
    held = queries.factors_of(officer)
    passkeys = bool(held.passkeys) and host_can_have_passkeys(request)
    known = {
        "form": form,
        "officer": officer,
        "held": held,
        "passkeys": passkeys,
        "options": webauthn.begin_authentication(officer) if passkeys else None,
        "demo_code": demo_code(held),
    }
    return render(request, "inner_people/signin/second.html", known, status=status)


PROVED = 0
# Proof, the field it comes from, what it is called, what to do when it fails.
PROOFS = {
    "totp": (proofs.by_totp, "code", "动态口令", "请等验证器换出新的数字后再输入；多次不符的，请核对手机时间。"),
    "passkey": (proofs.by_passkey, "credential", "通行密钥", "请重试，或改用动态口令、恢复码。"),
    "recovery": (proofs.by_recovery_code, "code", "恢复码", "请换一个未用过的恢复码；都已用完的，请联系安全管理员。"),
}


def _prove(request: HttpRequest, officer: Officer, form: forms.Form, method: str) -> int:
    """PROVED when the posted proof holds; else the status to answer with, the reason put on the form."""
    proof, field, what, hint = PROOFS[method]
    if not form.is_valid():
        return 422
    try:
        if proof(request, officer, form.cleaned_data[field]):
            return PROVED
        raise WrongCode(what=what, hint=hint)
    except CountyError as refusal:
        return refused(form, refusal)


@login_not_required
def recovery(request: HttpRequest) -> HttpResponse:
    """The second proof by one of the printed codes."""
    waiting = _waiting(request)
    if waiting is None:
        return _back_to_door(request)
    officer, pending = waiting
    form = RecoveryForm(posted(request))
    status = 200
    if request.method == "POST":
        status = _prove(request, officer, form, "recovery")
        if status == PROVED:
            return _come_in(request, officer, "recovery", pending.next)
    return render(request, "inner_people/signin/recovery.html", {"form": form, "officer": officer}, status=status)


@require_POST
def out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    officer = officer_of(request)
    actions.sign_out(plain_actor(request, officer), request, officer)
    return redirect("signin:gone")


@login_not_required
def gone(request: HttpRequest) -> HttpResponse:
    """The page after signing out."""
    return render(request, "inner_people/signin/gone.html")
