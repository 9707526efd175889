"""What this module offers in the menu, and the search box of the top bar."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from taihe.ground import access
from taihe.ground.ui import context
from taihe.ground.ui.nav import INNER, NavItem, register

MINE, SYSTEM = "个人办公", "系统管理"


def _imports(request: HttpRequest) -> bool:
    return access.may(request, "people.import")


def _registers(request: HttpRequest) -> bool:
    return access.may(request, "people.edit_officers")


def put() -> None:
    """Register the entries; called once at start."""
    register(NavItem(INNER, MINE, "people.home", "工作台", "home", "people:home", 100))
    register(
        NavItem(
            INNER, MINE, "people.contacts", "通讯录", "phone", "people:contacts", 110,
            help="按姓名、拼音、单位、岗位查找同事。",
        )
    )  # fmt: skip
    register(
        NavItem(
            INNER, MINE, "people.organs", "机构", "sitemap", "people:organs", 120,
            help="全县机构树、岗位和沿革。",
        )
    )  # fmt: skip
    register(
        NavItem(
            INNER, MINE, "people.stand_ins", "我的代理", "switch-horizontal", "people:stand_ins", 130,
            help="出差、休假时登记由谁代为办理。",
        )
    )  # fmt: skip
    register(
        NavItem(
            INNER, SYSTEM, "people.officer_new", "登记人员", "user-plus", "people:officer_new", 905,
            visible=_registers, help="登记新到人员并办理任职。",
        )
    )  # fmt: skip
    register(
        NavItem(
            INNER, SYSTEM, "people.import", "批量导入", "file-import", "people:import_start", 908,
            visible=_imports, help="用表格导入机构和人员，逐行核对。",
        )
    )  # fmt: skip
    context.provide_search(lambda request: reverse("people:search"))
