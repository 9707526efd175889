"""Refusals of 分发 and 签收."""

from __future__ import annotations

from taihe.ground.errors import BadInput, CountyError


class NotReadyToSend(CountyError):
    """The document is not sealed, or has been sent out already."""

    code = "documents.not_ready_to_send"
    http_status = 409
    happened = "“{title}”当前状态为“{status}”，不能分发。"
    done = "没有发出任何文件。"
    next_step = "请刷新页面查看最新进展；已经印发的，请在回执页查看签收情况。"


class NobodyToSend(BadInput):
    """No organ is left to send to."""

    code = "documents.nobody_to_send"
    happened = "{what}"
    done = "没有发出任何文件，已填内容保留在页面上。"
    next_step = "请核对主送、抄送或所选单位后重新提交。"


class NotInForce(CountyError):
    """Only an issued document in force can be sent further, urged, taken back or corrected."""

    code = "documents.not_in_force"
    http_status = 409
    happened = "“{title}”当前为“{status}”，不能{verb}。"
    done = "系统未作任何改动。"
    next_step = "已换版的，请在新的公文中办理。"


class CorrectionUnderWay(CountyError):
    """A corrected version is already being made."""

    code = "documents.correction_under_way"
    http_status = 409
    happened = "“{title}”的更正稿已由{who}起草，当前为“{status}”。"
    done = "没有再建一份更正稿。"
    next_step = "请在该更正稿上继续办理；不再更正的，先撤销办理该稿。"


class DeliveryClosed(CountyError):
    """The copy was signed for, returned, recalled or replaced meanwhile."""

    code = "documents.delivery_closed"
    http_status = 409
    happened = "“{title}”送{organ}的一份{what}，不能再{verb}。"
    done = "系统未作任何改动，没有重复办理。"
    next_step = "请刷新页面查看最新状态。"


class UrgedEnough(CountyError):
    """Reminders are capped, so that they keep being read."""

    code = "documents.urged_enough"
    http_status = 429
    happened = "{who}，催收已达上限（每份每日{day}次，共{all}次）。"
    done = "没有再发催收通知。"
    next_step = "请改为电话联系该单位文书。"
