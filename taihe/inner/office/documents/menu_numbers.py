"""Where clerks find the 发文登记簿."""

from __future__ import annotations

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.ui.nav import INNER, NavItem, register

from .rights import NUMBERS, READ

HELP = "各发文代字每年的编号：已编、预留、作废和缺号。"


def _sees(request: HttpRequest) -> bool:
    return access.may(request, NUMBERS) or access.may(request, READ)


def put() -> None:
    """Register the entry; called once at start."""
    register(
        NavItem(
            INNER, "公文", "documents.numbers", "发文登记簿", "notebook", "documents:numbers", 280,
            visible=_sees, help=HELP,
        )
    )  # fmt: skip
