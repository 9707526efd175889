"""What the editorial office offers in the menu."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground.access import may
from taihe.ground.ui import nav
from taihe.ground.ui.nav import NavItem

from . import rights

GROUP = "门户网站"


def _writes(request: HttpRequest) -> bool:
    return may(request, rights.EDIT) or may(request, rights.STRUCTURE)


def _withdraws(request: HttpRequest) -> bool:
    return may(request, rights.WITHDRAW) or may(request, rights.EDIT)


def put() -> None:
    """Register the entries; called once at start."""
    nav.register(
        NavItem(
            nav.INNER,
            GROUP,
            "portal.mine",
            "我的稿件",
            "file-text",
            "portal:mine",
            order=500,
            visible=_writes,
            help="稿件写好后送审，逐级审核同意后由系统发布；发布以审核时的内容为准，之后的修改须重新送审。",
        )
    )
    nav.register(
        NavItem(
            nav.INNER,
            GROUP,
            "portal.desk",
            "采编工作台",
            "edit",
            "wagtailadmin_explore_root",
            order=505,
            visible=_writes,
        )
    )
    nav.register(
        NavItem(
            nav.INNER,
            GROUP,
            "portal.withdrawals",
            "撤稿",
            "arrow-back-up",
            "portal:withdrawals",
            order=510,
            visible=_withdraws,
            help="需要立即下线的页面在这里撤稿，一人即可办理，事后由另一人复核；恢复须重新送审。",
        )
    )
