"""Why a letter is stopped, or cannot be posted, or an operator's wish cannot be met.

`consumes` says whether a stopped letter takes its number with it: only one whose signature and place
in the chain are right does; anything else could be a stranger's file, and the true letter will come.
"""

from __future__ import annotations

from typing import ClassVar

from taihe.ground.errors import CountyError


class LetterStopped(CountyError):
    """A file in the incoming spool that may not come in."""

    code = "gate.stopped"
    consumes: ClassVar[bool] = True
    # Whether a person may let it in all the same, having looked at it.
    releasable: ClassVar[bool] = False
    done = "信件已隔离，未办理。"
    next_step = "请在“隔离交换”页面查看原因，与对方区操作员核对。"


class NotALetter(LetterStopped):
    code = "gate.not_a_letter"
    consumes = False
    happened = "文件不是一封完整的信，或签名不是对方区的。"


class BadReceipt(LetterStopped):
    code = "gate.bad_receipt"
    consumes = False
    happened = "回执不完整，或签名不是对方区的。"
    done = "回执未采用，已隔离；相关信件将继续等待确认。"


class WrongName(LetterStopped):
    code = "gate.wrong_name"
    consumes = False
    happened = "文件名与信内的通道、世代、序号不一致。"


class TooLarge(LetterStopped):
    code = "gate.too_large"
    consumes = False
    happened = "文件超过大小上限（{limit} 字节）。"


class LetterTooLarge(LetterStopped):
    code = "gate.letter_too_large"
    happened = "信件“{kind}”超过这类信件的大小上限（{limit} 字节）。"


class ChangedReplay(LetterStopped):
    code = "gate.changed_replay"
    consumes = False
    happened = "序号 {sequence} 已收过另一封内容不同的信。"


class FormerEpoch(LetterStopped):
    code = "gate.former_epoch"
    consumes = False
    happened = "这封信属于已结束的世代，且没有在新世代重发。"


class BrokenChain(LetterStopped):
    code = "gate.broken_chain"
    consumes = False
    happened = "序号 {sequence} 的信与上一封接不上。"


class WrongAddress(LetterStopped):
    code = "gate.wrong_address"
    consumes = False
    happened = "这封信不是对方区写给本区的。"


class UnknownKind(LetterStopped):
    code = "gate.unknown_kind"
    happened = "信件“{kind}”第 {version} 版不在可交换清单内。"


class WrongDirection(LetterStopped):
    code = "gate.wrong_direction"
    happened = "信件“{kind}”不允许从这个方向进来。"


class WrongLane(LetterStopped):
    code = "gate.wrong_lane"
    happened = "信件“{kind}”不走“{lane}”通道。"


class Expired(LetterStopped):
    code = "gate.expired"
    releasable = True
    happened = "信件已过有效期（{expires_at}）。"


class BadBody(LetterStopped):
    code = "gate.bad_body"
    happened = "信件“{kind}”的内容不符合约定：{detail}。"


class BadAttachment(LetterStopped):
    code = "gate.bad_attachment"
    happened = "信件“{kind}”的附件“{name}”未通过检查：{detail}"


class HeldAttachment(BadAttachment):
    code = "gate.held_attachment"
    releasable = True
    happened = "信件“{kind}”的附件“{name}”需要人工核实：{detail}"


class SecretAttachment(BadAttachment):
    code = "gate.secret_mark"
    done = "信件已隔离，附件内容没有保存，仅登记了摘要。"
    next_step = "请立即报告安全管理员和保密工作人员，并通知对方区操作员。"


class CannotPost(CountyError):
    """What a person wrote does not fit into a letter."""

    code = "gate.cannot_post"
    http_status = 422
    happened = "内容无法送往对方区：{why}。"
    done = "本次操作没有生效。"
    next_step = "请减少文字或附件后重新提交。"


class NeedsReason(CountyError):
    """An operator's act that must be explained."""

    code = "gate.needs_reason"
    http_status = 422
    happened = "没有写明原因（不少于4个字）。"
    done = "操作未执行。"
    next_step = "请写明原因后重新提交。"


class NotReleasable(CountyError):
    """Only what a person can judge may be released from quarantine."""

    code = "gate.not_releasable"
    http_status = 409
    happened = "这封信因“{code}”被隔离，不能放行。"
    done = "信件仍在隔离区。"
    next_step = "请与对方区操作员核对，由对方重新发送；核对完毕后可关闭本条记录。"
