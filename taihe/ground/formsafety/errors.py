"""Refusals met around forms."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class AlreadySubmitted(CountyError):
    """The same form was already carried out; `location` is where the first result stands."""

    code = "formsafety.already_submitted"
    http_status = 409
    happened = "这张表单已提交过，未重复办理。"
    done = "第一次提交的结果有效，本次没有产生新的记录。"
    next_step = "请到相应列表中查看办理结果；确需再办一次的，请重新打开表单。"

    def __init__(self, location: str = "") -> None:
        self.location = location
        super().__init__(location=location)


class OtherPersonsForm(CountyError):
    """The page was opened by one person and is sent while another is signed in."""

    code = "formsafety.other_person"
    http_status = 403
    happened = "这张表单是另一位登录人打开的，不能以您的名义提交。"
    done = "内容没有提交，也没有暂存。"
    next_step = "请由原登录人重新登录后填写，或由您重新打开表单。"


class NotParked(CountyError):
    """The session ended and what was typed could not be set aside."""

    code = "formsafety.not_parked"
    http_status = 403
    happened = "登录已过期或页面校验没有通过，而且{why}，所填内容没有暂存。"
    done = "内容没有提交；您填写的文字列在下方。"
    next_step = "请先把需要的文字复制下来，再重新登录、重新填写。"


class ParkedGone(CountyError):
    """No parked form can be opened here any more: expired, used, from another browser, or damaged."""

    code = "formsafety.parked_gone"
    http_status = 410
    happened = "暂存的内容已过期、已提交，或者不是在这个浏览器中暂存的，无法恢复。"
    done = "系统未作任何改动。"
    next_step = "请重新填写。"
