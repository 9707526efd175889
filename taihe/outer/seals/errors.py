"""Refusals of the public check of files."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class NoTrustYet(CountyError):
    """The office side has not yet told whom to believe."""

    code = "seals.no_trust_yet"
    http_status = 503
    happened = "核验所需的资料还没有从办公区送达，暂时不能核验。"
    done = "文件没有核验，也没有保存；系统已向办公区索取资料。"
    next_step = "请几分钟后再试，或在办公时间向发文单位电话核实。"


class VerifyTooFast(CountyError):
    """One address checks more often than people do."""

    code = "seals.too_fast"
    http_status = 429
    happened = "您所在的网络一分钟内核验的次数较多。"
    done = "这一次没有核验，文件没有保存。"
    next_step = "请等一分钟再试。"


class VerifyBusy(CountyError):
    """All places to check are taken."""

    code = "seals.busy"
    http_status = 503
    happened = "同时核验的人较多，暂时没有轮到您。"
    done = "这一次没有核验，文件没有保存。"
    next_step = "请稍等片刻再试。"
