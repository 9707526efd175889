"""Refusals of 收文办理."""

from __future__ import annotations

from taihe.ground.errors import BadInput, CountyError


class BadProposal(BadInput):
    """拟办 breaks a rule of 条例第二十四条 (R02, R03), or names somebody who cannot take it."""

    code = "documents.bad_proposal"
    happened = "{what}"
    done = "拟办没有提交，已填内容保留在页面上。"


class ReadersUnread(CountyError):
    """R04: who must read has not read (条例第二十四条: 不得漏传、误传、延误)."""

    code = "documents.readers_unread"
    http_status = 409
    happened = "必阅人员{who}尚未阅读，不能办结。"
    done = "收文没有办结，已填内容保留在页面上。"
    next_step = "请催其阅读，或由发送传阅的人减去该阅读人后再办结。"


class NoResult(CountyError):
    """R04: a matter to be handled has no result yet."""

    code = "documents.no_result"
    http_status = 422
    happened = "“{title}”是办件，还没有办理结果，不能办结。"
    done = "收文没有办结。"
    next_step = "请填写办理结果；由承办单位办理的，待其填写办理情况后再办结。"


class MustBeAccounted(CountyError):
    """What was signed for is registered or returned, never made to vanish."""

    code = "documents.must_be_accounted"
    http_status = 409
    happened = "“{title}”已经签收，收文流程不能撤回或撤销。"
    done = "流程照常进行。"
    next_step = "不属于本单位办理的，请在登记环节选择“退文”；误发的，由发文单位收回。"


class NoReceivingOrgan(BadInput):
    """The acting post belongs to no organ that receives papers."""

    code = "documents.no_receiving_organ"
    happened = "当前岗位不在可以登记收文的单位。"
    done = "没有登记收文。"
    next_step = "请在右上角切换到本单位文书岗位后再登记。"
