"""Refusals met at the register."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class RegisterClosed(CountyError):
    """The register takes no new numbers."""

    code = "registers.closed"
    http_status = 409
    happened = "登记簿“{title}”已停用，不能再编新号。"
    done = "没有编号。"
    next_step = "请选用现行的登记簿，或联系管理员启用。"


class AlreadyNumbered(CountyError):
    """The subject already holds a number of this register."""

    code = "registers.already_numbered"
    http_status = 409
    happened = "“{title}”已编号为 {text}，一件只编一个号。"
    done = "没有另编新号。"
    next_step = "请直接使用该编号；确需重编的，请先将原编号作废并写明原因。"


class WrongState(CountyError):
    """The number's state does not allow this."""

    code = "registers.wrong_state"
    http_status = 409
    happened = "编号 {text} 目前为“{now}”，不能改为“{wanted}”。"
    done = "登记簿没有改动。"
    next_step = "请刷新登记簿核对该编号的情况。"


class ReservationOver(CountyError):
    """The reservation's last day is past."""

    code = "registers.reservation_over"
    http_status = 409
    happened = "编号 {text} 的预留已于{day}到期。"
    done = "没有使用该编号，到期的预留将登记为作废。"
    next_step = "请按顺序编取新号。"


class BackdateRefused(CountyError):
    """A number of another year needs the named permission and a reason."""

    code = "registers.backdate_refused"
    http_status = 403
    happened = "现在是{this_year}年，不能编{year}年的号：{why}。"
    done = "没有编号，本次请求已记入审计日志。"
    next_step = "请编今年的号；确需补编上年编号的，由有“补编上年编号”权限的人员写明原因后办理。"
