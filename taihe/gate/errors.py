"""Why a letter is stopped.  `consumes` says whether the stopped letter takes its number with it."""

from __future__ import annotations

from typing import ClassVar

from taihe.ground.errors import CountyError


class LetterStopped(CountyError):
    """A file in the incoming spool that may not come in."""

    code = "gate.stopped"
    consumes: ClassVar[bool] = True
    done = "信件已隔离，未办理。"
    next_step = "请在“隔离交换”页面查看原因，与对方区操作员核对。"


class NotALetter(LetterStopped):
    code = "gate.not_a_letter"
    consumes = False
    happened = "文件不是一封完整的信，或签名不是对方区的。"


class TooLarge(LetterStopped):
    code = "gate.too_large"
    consumes = False
    happened = "文件超过信件大小上限（{limit} 字节）。"


class LetterTooLarge(LetterStopped):
    code = "gate.letter_too_large"
    happened = "信件“{kind}”超过这类信件的大小上限（{limit} 字节）。"


class ChangedReplay(LetterStopped):
    code = "gate.changed_replay"
    consumes = False
    happened = "序号 {sequence} 已收过另一封内容不同的信。"


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
    happened = "信件已过有效期（{expires_at}）。"


class BadBody(LetterStopped):
    code = "gate.bad_body"
    happened = "信件“{kind}”的内容不符合约定：{detail}。"


class BadAttachment(LetterStopped):
    code = "gate.bad_attachment"
    happened = "信件“{kind}”的附件“{name}”未通过检查：{detail}。"
