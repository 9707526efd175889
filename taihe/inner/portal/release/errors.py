"""Refusals met where releases are made and decided."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class SourcesMoved(CountyError):
    """Something was withdrawn, or another release made, while this one was in the making."""

    code = "portal.sources_moved"
    http_status = 409
    happened = "制作发布内容期间，批准或撤稿情况有了变化。"
    done = "这次制作的内容没有发出。"
    next_step = "系统会按最新情况自动重新制作，无须处理。"


class CannotCross(CountyError):
    """Contents that the gate would stop, and that are of no single article."""

    code = "portal.cannot_cross"
    http_status = 422
    happened = "发布内容不能通过隔离交换的检查：{why}"
    done = "发布内容没有发出，公众看到的页面不变。"
    next_step = "请按告警中写明的内容修改或撤下有关稿件；仍不能发出的，请联系系统管理员。"


class AlreadyAsked(CountyError):
    """A roll-back is waiting for its second person, or being carried out."""

    code = "portal.rollback_already_asked"
    http_status = 409
    happened = "已经有一项回退申请尚未办结（回退到第{number}号）。"
    done = "新的申请没有登记。"
    next_step = "请先确认或驳回原来的申请。"


class OwnRequest(CountyError):
    """The person who asked for the roll-back may not confirm it."""

    code = "portal.rollback_own_request"
    http_status = 403
    happened = "这项回退申请是您本人提出的。"
    done = "申请仍待确认，系统未作任何改动。"
    next_step = "请由另一位有发布权限的人员确认。"


class NotOpen(CountyError):
    """The request or alarm was dealt with already."""

    code = "portal.release_not_open"
    http_status = 409
    happened = "{what}已经办结。"
    done = "系统未作任何改动。"
    next_step = "请返回列表查看最新情况。"


class NothingPinned(CountyError):
    """Publishing runs: there is nothing to resume."""

    code = "portal.not_pinned"
    http_status = 409
    happened = "发布没有处于回退状态。"
    done = "系统未作任何改动。"
    next_step = "如需全部重新制作，请使用“全量重制”。"


class NoLongerKept(CountyError):
    """The contents of a release were let go."""

    code = "portal.release_not_kept"
    http_status = 409
    happened = "第{number}号发布的页面内容已超过保留次数，已经清除。"
    done = "申请没有登记，系统未作任何改动。"
    next_step = "请选择较近的一次发布，或修改、撤下有关稿件后重新发布。"
