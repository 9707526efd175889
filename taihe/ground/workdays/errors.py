"""Refusals met when a year's calendar is confirmed."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class CalendarUnfit(CountyError):
    """The announcement as entered contradicts itself or the statutory number of days off."""

    code = "workdays.unfit"
    http_status = 422
    happened = "{year}年的放假安排没有通过核对：{problems}"
    done = "日历没有改动。"
    next_step = "请对照国务院办公厅的通知逐日核对后重新提交；通知本身如此的，请写明原因后按例外确认。"
