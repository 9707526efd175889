"""Where people find documents: the lists and the search of 公文."""

from __future__ import annotations

from taihe.ground.ui.nav import INNER, NavItem, register

GROUP = "公文"
LISTS = "您起草的、本单位印发的和您可以查看的公文。"
SEARCH = "在公文的标题、文号、正文和附件中查找。"


def put() -> None:
    """Register the entries; called once at start."""
    register(NavItem(INNER, GROUP, "documents.list", "发文", "files", "documents:list", 200, help=LISTS))
    register(NavItem(INNER, GROUP, "documents.search", "公文检索", "file-search", "documents:search", 290, help=SEARCH))
