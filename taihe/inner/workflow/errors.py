"""Refusals of the flows."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class NotYourItem(CountyError):
    """The item lies on another desk, or with another holder of the same post."""

    code = "workflow.not_your_item"
    http_status = 403
    happened = "“{title}”当前由{holder}办理，不在您以当前岗位可以办理的范围内。"
    done = "操作未执行，已记入审计日志。"
    next_step = "如该事项应由您办理，请切换岗位，或请{holder}转办。"


class ItemClosed(CountyError):
    """The item is no longer open: done, sent back, withdrawn, or ended by another's decision."""

    code = "workflow.item_closed"
    http_status = 409
    happened = "“{title}”的这一环节当前状态为“{status}”，不能再{verb}。"
    done = "系统未作任何改动，您填写的内容保留在页面上。"
    next_step = "请刷新待办列表，查看事项的最新进展。"


class FlowClosed(CountyError):
    """The whole flow is suspended, finished or cancelled."""

    code = "workflow.flow_closed"
    http_status = 409
    happened = "“{title}”的流程{status}，不能{verb}。"
    done = "系统未作任何改动，您填写的内容保留在页面上。"
    next_step = "请在流程页查看原因；已暂停的，恢复后再办理。"


class AlreadyRunning(CountyError):
    """The matter is already on its way."""

    code = "workflow.already_running"
    http_status = 409
    happened = "“{title}”已有流程在办，不能重复发起。"
    done = "没有发起新的流程。"
    next_step = "请在流程页查看进展；需要重新发起的，请先撤回或撤销原流程。"


class OpinionRequired(CountyError):
    """This outcome needs words."""

    code = "workflow.opinion_required"
    http_status = 422
    happened = "结论为“{outcome}”的，须填写意见。"
    done = "办理结果没有提交，已填内容保留在页面上。"
    next_step = "请写明意见后重新提交。"


class UnknownOutcome(CountyError):
    """The node does not offer this outcome."""

    code = "workflow.unknown_outcome"
    http_status = 422
    happened = "环节“{node}”没有所选的结论。"
    done = "办理结果没有提交。"
    next_step = "请刷新页面，在所列结论中选择。"


class NoFlow(CountyError):
    """No version of the flow is deployed."""

    code = "workflow.no_flow"
    http_status = 503
    happened = "“{module}”的流程（{key}）还没有部署。"
    done = "没有发起流程。"
    next_step = "请系统管理员将流程文件放入县级配置的 flows 目录，重新运行 taihe prepare。"


class NoSigner(CountyError):
    """Nobody can be found to sign at the next node."""

    code = "workflow.no_signer"
    http_status = 409
    happened = "环节“{node}”没有找到承办的岗位或人员。"
    done = "流程停留在原环节，本次操作没有提交。"
    next_step = "请联系系统管理员核对该环节的岗位设置和任职。"


class BadSigner(CountyError):
    """The post has ended, the person does not hold it, or it is listed twice."""

    code = "workflow.bad_signer"
    http_status = 422
    happened = "{who}不能作为承办人：{why}。"
    done = "承办人没有变动。"
    next_step = "请重新选择在任的岗位或人员。"


class AlreadySigner(CountyError):
    """The signer already has this item."""

    code = "workflow.already_signer"
    http_status = 409
    happened = "{who}已在本环节的办理人之中。"
    done = "没有重复添加。"
    next_step = "请选择其他人员。"


class CannotDrop(CountyError):
    """Only signers one added oneself, or whom the opener may take away, before they have signed, and never the last."""

    code = "workflow.cannot_drop"
    http_status = 409
    happened = "不能减去{who}：{why}。"
    done = "办理人没有变动，已有意见全部保留。"
    next_step = "可以请{who}转办，或由流程管理员改派。"


class CannotSendBack(CountyError):
    """The step cannot be gone back to from here."""

    code = "workflow.cannot_send_back"
    http_status = 409
    happened = "不能退回到所选环节：{why}。"
    done = "流程停留在原环节。"
    next_step = "请在页面所列的可退回环节中选择。"


class AlreadyRead(CountyError):
    """The next one has opened it: what was sent cannot be pulled back any more."""

    code = "workflow.already_read"
    http_status = 409
    happened = "下一环节的{who}已于{when}阅读，不能撤回。"
    done = "流程停留在原环节。"
    next_step = "请联系{who}将事项退回给您。"


class CannotWithdraw(CountyError):
    """There is nothing that could be pulled back."""

    code = "workflow.cannot_withdraw"
    http_status = 409
    happened = "“{title}”不能撤回：{why}。"
    done = "流程停留在原环节。"
    next_step = "需要修改的，请联系当前办理人将事项退回给您。"


class UrgedEnough(CountyError):
    """Reminders are capped per person and day."""

    code = "workflow.urged_enough"
    http_status = 429
    happened = "今天对{who}的催办已达上限（{limit} 次）。"
    done = "没有再次催办。"
    next_step = "请明日再催，或直接电话联系；逾期未反馈的，可提请协调。"


class ReadersWait(CountyError):
    """Readers who must read have not read yet."""

    code = "workflow.readers_wait"
    http_status = 409
    happened = "必阅人员{who}尚未阅读。"
    done = "办理结果没有提交，已填内容保留在页面上。"
    next_step = "请待其阅读，或由您减去该阅读人后再提交。"


class SignersWait(CountyError):
    """The item waits for those one asked to sign first."""

    code = "workflow.signers_wait"
    http_status = 409
    happened = "“{title}”正等待{who}先行办理，暂不能{verb}。"
    done = "系统未作任何改动。"
    next_step = "请待其办理完毕；不再需要的，可以减签。"


class NotRecordable(CountyError):
    """At this node, or for this post, nobody can enter another's opinion."""

    code = "workflow.not_recordable"
    http_status = 409
    happened = "该环节不能代录意见：{why}。"
    done = "没有录入意见。"
    next_step = "请由{who}本人办理，或登记代理后由代理人办理。"


class NothingToConfirm(CountyError):
    """The opinion was not recorded by another, or has been confirmed or disputed."""

    code = "workflow.nothing_to_confirm"
    http_status = 409
    happened = "该意见当前为“{status}”，无须再确认。"
    done = "系统未作任何改动。"
    next_step = "请刷新页面查看最新状态。"
