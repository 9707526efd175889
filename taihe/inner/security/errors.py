"""Refusals met at the consoles."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class OwnIncident(CountyError):
    """The security officer brought the file in himself."""

    code = "security.own_incident"
    http_status = 403
    happened = "这起涉密标志事件由您本人上传引起。"
    done = "处置情况没有保存，已记入审计日志。"
    next_step = "请由另一名安全管理员处置。"


class NoSecurityOfficer(CountyError):
    """An incident has nobody to see it."""

    code = "security.no_security_officer"
    http_status = 503
    happened = "发现涉密标志文件（事件{incident}），但目前没有在任的安全管理员。"
    done = "事件记录已保存。"
    next_step = "请任命安全管理员后，在搁置任务中重试。"
