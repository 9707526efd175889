"""Where officers find the calendar in their menu."""

from __future__ import annotations

from taihe.ground.ui.nav import INNER, NavItem, register


def put() -> None:
    """Register the entry; called once at start."""
    register(
        NavItem(
            INNER, "个人办公", "workdays.year", "工作日历", "calendar", "workdays:now", 140,
            help="全年工作日、休息日、节假日和调休安排，以及依据的通知。",
        )
    )  # fmt: skip
