"""One's own second factors: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError
from taihe.ground.rules import rule
from taihe.ground.ui.parts import Confirm, Detail

from ...models import Officer
from .. import actions, proofs, queries
from ..acting import officer_of, plain_actor
from ..errors import AlreadyActive, WrongCode, WrongPassword
from ..forms import ConfirmForm, PasskeyForm, TotpForm
from ..middleware import FACTOR, owes
from ..passkeys import host_can_have_passkeys
from ..qr import qr_svg
from ..state import posted
from .entrance import refused


def overview(request: HttpRequest) -> HttpResponse:
    """What guards my account beside the password."""
    officer = officer_of(request)
    known = {
        "held": queries.factors_of(officer),
        "owed": owes(request) == FACTOR,
        "required": queries.must_have_factor(officer),
        "low": rule("signin.recovery_codes_low"),
        "passkeys_here": host_can_have_passkeys(request),
    }
    return render(request, "inner_people/signin/factors.html", known)


def _confirmed(request: HttpRequest, officer: Officer, form: forms.Form) -> None:
    """Raises WrongPassword or SignInPaused unless the password typed again is right."""
    if not proofs.by_password(request, officer, form.cleaned_data["password"]):
        raise WrongPassword


def _on(refusal: CountyError) -> str | None:
    return {"signin.wrong_password": "password", "signin.wrong_code": "code"}.get(refusal.code)


def totp(request: HttpRequest) -> HttpResponse:
    """Bind an authenticator app: scan, then prove with its first code."""
    officer = officer_of(request)
    if queries.factors_of(officer).totp is not None:
        raise AlreadyActive
    form = TotpForm(posted(request))
    secret = get_totp_secret(regenerate=request.method == "GET" and "new" in request.GET)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _confirmed(request, officer, form)
                actor = plain_actor(request, officer)
                codes = actions.activate_totp(actor, request, officer, secret, form.cleaned_data["code"])
                clear_totp_secret(request)
                return _show_codes(request, codes, "动态口令已绑定。")
            except CountyError as refusal:
                status = refused(form, refusal, _on(refusal))
    known = {
        "form": form,
        "secret": " ".join(secret[place : place + 4] for place in range(0, len(secret), 4)),
        "qr": qr_svg(get_adapter().build_totp_url(officer, secret)),
        "owed": owes(request) == FACTOR,
    }
    return render(request, "inner_people/signin/totp.html", known, status=status)


def _show_codes(request: HttpRequest, codes: list[str], done: str) -> HttpResponse:
    known = {"codes": [f"{code[:4]} {code[4:]}" for code in codes], "done": done, "officer": officer_of(request)}
    return render(request, "inner_people/signin/codes_shown.html", known)


def codes(request: HttpRequest) -> HttpResponse:
    """Make new recovery codes; they are shown this once."""
    officer = officer_of(request)
    form = ConfirmForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _confirmed(request, officer, form)
                fresh = actions.renew_recovery_codes(plain_actor(request, officer), officer)
                return _show_codes(request, fresh, "新的恢复码已生成，原有的恢复码全部失效。")
            except CountyError as refusal:
                status = refused(form, refusal, _on(refusal))
    known = {"form": form, "held": queries.factors_of(officer)}
    return render(request, "inner_people/signin/codes.html", known, status=status)


def passkey_add(request: HttpRequest) -> HttpResponse:
    """Register a passkey of this browser or a security key."""
    officer = officer_of(request)
    here = host_can_have_passkeys(request)
    form = PasskeyForm(posted(request), initial={"name": ""})
    status = 200
    if request.method == "POST" and here:
        status = 422
        if form.is_valid():
            try:
                _confirmed(request, officer, form)
                if not proofs.registers(form.cleaned_data["credential"]):
                    raise WrongCode(what="通行密钥的应答", hint="请重新操作一次；仍不成功的，请换用其他浏览器。")
                cleaned = form.cleaned_data
                actor = plain_actor(request, officer)
                fresh = actions.add_passkey(actor, request, officer, cleaned["name"], cleaned["credential"])
                return _after_passkey(request, fresh)
            except CountyError as refusal:
                status = refused(form, refusal, "password" if _on(refusal) == "password" else None)
    known = {
        "form": form,
        "here": here,
        "options": webauthn.begin_registration(officer, False) if here else None,
        "owed": owes(request) == FACTOR,
    }
    return render(request, "inner_people/signin/passkey_add.html", known, status=status)


def _after_passkey(request: HttpRequest, fresh: list[str]) -> HttpResponse:
    if fresh:
        return _show_codes(request, fresh, "通行密钥已添加。")
    messages.success(request, "通行密钥已添加。")
    return redirect("signin:factors")


def totp_remove(request: HttpRequest) -> HttpResponse:
    """Unbind the authenticator app, after the password."""
    officer = officer_of(request)
    held = queries.factors_of(officer)
    question = Confirm(
        title="解除动态口令",
        question="确定解除动态口令绑定吗？",
        consequence=_consequence(held),
        button="解除绑定",
        cancel_url="../../",
        danger=True,
    )
    return _remove(request, officer, question, lambda actor: actions.remove_totp(actor, officer))


def passkey_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove one passkey, after the password."""
    officer = officer_of(request)
    held = queries.factors_of(officer)
    key = queries.passkey_of(held, pk)
    question = Confirm(
        title="移除通行密钥",
        question=f"确定移除通行密钥“{key.name}”吗？",
        consequence=_consequence(held),
        button="移除",
        cancel_url="../../../",
        details=[Detail("添加时间", key.added_at), Detail("最近使用", key.used_at)],
        danger=True,
    )
    return _remove(request, officer, question, lambda actor: actions.remove_passkey(actor, officer, pk))


def _consequence(held: queries.Factors) -> str:
    if held.count > 1:
        return "移除后不能再用它登录，其余验证方式不受影响。"
    return "这是最后一种第二验证方式，移除后恢复码同时失效，登录时只核对密码。"


def _remove(request: HttpRequest, officer: Officer, question: Confirm, remove: Callable[[Actor], None]) -> HttpResponse:
    form = ConfirmForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _confirmed(request, officer, form)
                remove(plain_actor(request, officer))
                messages.success(request, "已移除。")
                return redirect("signin:factors")
            except CountyError as refusal:
                status = refused(form, refusal, _on(refusal))
    return render(request, "gov/confirm.html", {"confirm": question, "form": form}, status=status)
