"""What seals offer in the menu."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground.access import may
from taihe.ground.ui import nav
from taihe.ground.ui.nav import NavItem

from . import rights

GROUP = "公文"


def _keeps(request: HttpRequest) -> bool:
    return may(request, rights.USE) or may(request, rights.MANAGE)


def put() -> None:
    """Register the entries; called once at start."""
    nav.register(
        NavItem(
            nav.INNER, GROUP, "seals.list", "印章", "rubber-stamp", "seals:list", order=380, visible=_keeps,
            help="本单位和所管单位的印章：制发、停用、启用、换发、销毁。内置签章为样章，只用于演练。",
        )
    )  # fmt: skip
    nav.register(
        NavItem(
            nav.INNER, GROUP, "seals.uses", "用印登记", "list-check", "seals:uses", order=385, visible=_keeps,
            help="每次用印自动登记，不能修改和删除；可按单位、日期查询并导出。",
        )
    )  # fmt: skip
    nav.register(
        NavItem(
            nav.INNER, GROUP, "seals.verify", "文件核验", "shield-check", "seals:verify", order=390,
            help="上传带有电子印章的 PDF，核对是不是本县机关签发、签章后有没有改动。文件不保存。",
        )
    )  # fmt: skip
