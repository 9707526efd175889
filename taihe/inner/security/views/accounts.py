"""Accounts: what the system administrator issues and stops, and the security administrator restores."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.formsafety.actions import once
from taihe.ground.ui import parts
from taihe.ground.ui.tables import export, wants_export
from taihe.inner.people import actions as people
from taihe.inner.people import queries as read
from taihe.inner.people.models import Officer
from taihe.inner.people.queries import pages
from taihe.inner.people.signin import actions as signin
from taihe.inner.people.signin.queries import factors_of, open_sessions
from taihe.inner.people.views.common import FormPage, answer_form, laid_out, version_of

from .. import queries
from ..forms import AccountFilter, EmptyForm, ReasonForm
from ..tables import AccountTable, password_state
from .common import crumbs, need

HERE = ("账号管理", "security:accounts")


def listing(request: HttpRequest) -> HttpResponse:
    """账号管理."""
    need(request, "accounts.manage", "accounts.unlock")
    form = AccountFilter(request.GET or None, auto_id="filter_%s")
    text = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    status = request.GET.get("status", "")
    status = status if status in Officer.Status.values else ""
    table = laid_out(request, AccountTable(queries.accounts(text=text, status=status)))
    if wants_export(request):
        return export(table, "账号")
    counts = queries.accounts_by_status()
    tabs = [
        parts.Tab(title, f"?{urlencode({'status': key, 'q': text})}", counts.get(key, 0), key == status)
        for key, title in Officer.Status.choices
    ]
    known = {
        "table": table,
        "form": form,
        "tabs": [parts.Tab("全部", f"?{urlencode({'q': text})}", sum(counts.values()), not status), *tabs],
        "may_create": access.may(request, "people.edit_officers"),
    }
    return render(request, "inner_security/accounts.html", known)


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its state, what it holds, what may be done."""
    need(request, "accounts.manage", "accounts.unlock")
    person = read.find_officer(pk)
    held = factors_of(person)
    word, tone = password_state(person)
    known = {
        "person": person,
        "facts": _facts(person),
        "password": (word, tone, person.password_expires_at if person.must_change_password else None),
        "factors": held,
        "sessions": open_sessions(person).count(),
        "posts": read.posts_of(person),
        "grants": pages.grants_of(person),
        "duties": queries.duties_of(person),
        "reset": queries.open_reset_of(person),
        "links": _links(request, person, has_factors=held.any),
        "may_grant": access.may(request, "people.grant_role"),
    }
    return render(request, "inner_security/account.html", known)


def _facts(person: Officer) -> list[parts.Detail]:
    rows: list[tuple[str, object]] = [
        ("姓名", person.name),
        ("登录名", person.sign_in_name),
        ("手机号", person.phone.masked() if person.phone else "未登记"),
        ("电子邮箱", person.email),
        ("停用原因", person.locked_reason),
        ("离岗日期", str(person.left_on or "")),
        ("备注", person.note),
    ]
    return [parts.Detail(name, str(value)) for name, value in rows if value]


def _links(request: HttpRequest, person: Officer, *, has_factors: bool) -> list[tuple[str, str, str]]:
    """What may be done to the account: title, address, icon."""
    manage, unlock = access.may(request, "accounts.manage"), access.may(request, "accounts.unlock")
    active, left = person.status == Officer.Status.ACTIVE, person.status == Officer.Status.LEFT
    offered = [
        (manage and not left, "修改登记", "people:officer_edit", "edit"),
        (manage and not left, "办理任职", "people:officer_appoint", "id-badge"),
        (manage and active and person.must_change_password, "发放初始密码", "security:account_password", "key"),
        (manage and not left and not person.must_change_password, "申请密码重置", "security:account_reset", "refresh"),
        (manage and active, "停用账号", "security:account_lock", "lock"),
        (unlock and person.status == Officer.Status.LOCKED, "恢复账号", "security:account_unlock", "lock-open"),
        (unlock and has_factors, "重置第二验证", "security:account_factors", "shield"),
        (manage and not left, "办理离岗", "people:officer_leave", "logout"),
    ]
    return [(title, reverse(name, args=[person.pk]), icon) for allowed, title, name, icon in offered if allowed]


def _page(person: Officer, title: str, button: str, effects: list[str], *, danger: bool = False) -> FormPage:
    own = reverse("security:account", args=[person.pk])
    return FormPage(
        title,
        button,
        own,
        [*crumbs(*HERE), (person.name, own)],
        facts=_facts(person),
        effects=effects,
        danger=danger,
    )


def _to(person: Officer) -> str:
    return reverse("security:account", args=[person.pk])


def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """停用账号."""
    need(request, "accounts.manage")
    person = read.find_officer(pk)
    form = ReasonForm(request.POST or None, request=request, row=person)
    effects = ["账号立即不能登录，已登录的会话全部结束。", "任职和角色不变；恢复须由安全管理员办理。"]
    return answer_form(
        request,
        _page(person, f"停用{person.name}的账号", "停用账号", effects, danger=True),
        form,
        lambda who: people.lock_officer(who, pk, version_of(form), **form.cleaned_data),
        to=_to,
        done="账号已停用。",
    )


def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """恢复账号."""
    need(request, "accounts.unlock")
    person = read.find_officer(pk)
    form = ReasonForm(request.POST or None, request=request, row=person)
    effects = [f"账号恢复使用，停用原因：{person.locked_reason or '未填写'}。", "原密码继续有效。"]
    return answer_form(
        request,
        _page(person, f"恢复{person.name}的账号", "恢复账号", effects),
        form,
        lambda who: people.unlock_officer(who, pk, version_of(form), **form.cleaned_data),
        to=_to,
        done="账号已恢复。",
    )


def request_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """申请密码重置."""
    need(request, "accounts.request_reset")
    person = read.find_officer(pk)
    form = ReasonForm(request.POST or None, request=request)
    effects = ["申请由安全管理员审批，批准时生成一次性密码。", "批准前原密码继续有效，批准后已登录的会话全部结束。"]
    return answer_form(
        request,
        _page(person, f"申请重置{person.name}的密码", "提出申请", effects),
        form,
        lambda who: people.request_password_reset(who, pk, **form.cleaned_data),
        to=lambda _: reverse("security:account", args=[pk]),
        done="密码重置申请已提出，等待安全管理员审批。",
    )


def reset_factors(request: HttpRequest, pk: int) -> HttpResponse:
    """重置第二验证."""
    need(request, "accounts.approve_reset")
    person = read.find_officer(pk)
    form = ReasonForm(request.POST or None, request=request)
    effects = [
        "动态口令、通行密钥和恢复码全部解除，已登录的会话全部结束。",
        "本人下次凭密码登录后重新设置；须设置而未设置的，不能办理业务。",
    ]
    return answer_form(
        request,
        _page(person, f"重置{person.name}的第二验证", "重置第二验证", effects, danger=True),
        form,
        lambda who: signin.reset_factors(who, pk, **form.cleaned_data),
        to=lambda _: reverse("security:account", args=[pk]),
        done="第二验证已重置。",
    )


def initial_password(request: HttpRequest, pk: int) -> HttpResponse:
    """发放初始密码: shown once, on the answer itself."""
    actor = need(request, "accounts.manage")
    person = read.find_officer(pk)
    form = EmptyForm(request.POST or None, request=request, row=person)
    if form.is_valid():
        version = version_of(form)
        given = once(
            actor,
            form.form_key,
            lambda who: people.set_initial_password(who, pk, version),
            lambda _: reverse("security:account", args=[pk]),
        )
        return shown_once(request, read.find_officer(pk), given.result, reverse("security:account", args=[pk]))
    effects = [
        "生成一次性密码，只在下一页显示一次，系统不保存原文。",
        "请当面或电话核实身份后告知本人，首次登录后须立即修改。",
    ]
    page = _page(person, f"为{person.name}发放初始密码", "生成一次性密码", effects)
    return render(request, page.template, {"page": page, "form": form})


def shown_once(request: HttpRequest, person: Officer, plain: str, back: str) -> HttpResponse:
    """The page that shows a one-time password; no browser may keep it."""
    known = {"person": person, "plain": plain, "back": back}
    answer = render(request, "inner_security/one_time_password.html", known)
    answer["Cache-Control"] = "no-store"
    return answer
