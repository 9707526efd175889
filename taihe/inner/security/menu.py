"""What the administrators find in the menu, each his own."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui.nav import INNER, NavItem, register

from . import queries

GROUP = "系统管理"


ACCOUNTS = ("accounts.manage", "accounts.unlock")
ROLES = ("people.grant_role", "people.approve_role")
DUTIES = ("people.request_duty", "people.approve_duty")
AUDIT = ("audit.search", "audit.search_auditors")
_ENTRIES = (
    ("accounts", "账号管理", "users", 901, ACCOUNTS, "账号的登记、停用、恢复和初始密码。"),
    ("roles", "授权管理", "key", 910, ROLES, "角色的申请、现状和收回。"),
    ("duties", "管理员任职", "user-shield", 920, DUTIES, "系统、安全、审计管理员的任职和卸任。"),
    ("sessions", "登录会话", "device-desktop", 930, ("sessions.end",), "当前登录的会话和暂停登录的账号。"),
    ("audit", "审计查询", "file-search", 940, AUDIT, "查询全部操作记录，查看封存位置。"),
    ("verification", "审计链核验", "shield-check", 945, ("audit.verify",), "核验审计记录有没有被改动。"),
)


def _any(*permissions: str) -> Callable[[HttpRequest], bool]:
    def visible(request: HttpRequest) -> bool:
        return any(access.may(request, one) for one in permissions)

    return visible


def _waiting(request: HttpRequest) -> int:
    """Counted once per request, though the first page draws the menu twice."""
    known: int | None = getattr(request, "_approvals_waiting", None)
    if known is None:
        known = queries.waiting()
        request._approvals_waiting = known  # type: ignore[attr-defined]
    return known


def put() -> None:
    """Register the entries; called once at start."""
    for key, title, icon, order, permissions, help_text in _ENTRIES:
        name = f"security:{key}"
        register(NavItem(INNER, GROUP, f"security.{key}", title, icon, name, order, _any(*permissions), help=help_text))
    register(
        NavItem(
            INNER, GROUP, "security.approvals", "审批事项", "rubber-stamp", "security:approvals", 905,
            _any("people.approve_role", "people.approve_duty", "accounts.approve_reset"), _waiting,
            help="等待安全管理员审批的授权、任职和密码重置。",
        )
    )  # fmt: skip
