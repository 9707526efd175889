"""Refusals met at the door."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class WrongNameOrPassword(CountyError):
    """The pair does not open: the same words whether the name, the password or the account is at fault."""

    code = "signin.wrong"
    http_status = 422
    happened = "登录名或密码不正确。"
    done = "没有登录，本次失败已记录。"
    next_step = "请核对大小写后重试；忘记密码请联系本单位管理员办理重置。"


class WrongPassword(CountyError):
    """A signed-in person's own password, asked for again, is wrong."""

    code = "signin.wrong_password"
    http_status = 422
    happened = "当前密码不正确。"
    done = "设置没有改动，本次失败已记录。"
    next_step = "请核对大小写后重试。"


class UnfitPassword(CountyError):
    """A new password breaks one rule or several."""

    code = "signin.unfit_password"
    http_status = 422
    happened = "新密码不合要求：{why}"
    done = "密码没有更改。"
    next_step = "请换一个密码，连同当前密码重新填写。"


class WrongCode(CountyError):
    """A TOTP code, recovery code or passkey does not prove the person."""

    code = "signin.wrong_code"
    http_status = 422
    happened = "{what}不正确、已过期或已使用过。"
    done = "没有通过验证，本次失败已记录。"
    next_step = "{hint}"


class SignInPaused(CountyError):
    """Too many failures on this account or from this address; the same words for names that do not exist."""

    code = "signin.paused"
    http_status = 429
    happened = "登录失败次数过多，该账号或所在地址的登录已暂停。"
    done = "本次没有核对密码。"
    next_step = "请于 {until} 后再试，或请安全管理员解除。"


class PasswordLapsed(CountyError):
    """A one-time password was not used in time; told only to who knows it."""

    code = "signin.password_lapsed"
    http_status = 422
    happened = "这个一次性密码已过有效期。"
    done = "没有登录。"
    next_step = "请联系系统管理员重新发放。"


class ActingEnded(CountyError):
    """The post acted from has ended since the page was opened."""

    code = "signin.acting_ended"
    http_status = 409
    happened = "您打开页面时使用的岗位或代理已经结束。"
    done = "本次操作没有执行，当前岗位已切换为“{now}”。"
    next_step = "请返回上一页核对内容，确认以当前岗位办理后重新提交。"


class NoSuchPost(CountyError):
    """The post chosen in the switcher is not one the person may act from today."""

    code = "signin.no_such_post"
    http_status = 409
    happened = "您今天不能以所选岗位办理事项，任职或代理可能已经结束。"
    done = "当前岗位没有改变。"
    next_step = "请刷新页面后从列表中重新选择；有疑问的，请联系系统管理员核对任职。"


class FactorNeeded(CountyError):
    """The last second factor of an account that must have one cannot be taken away."""

    code = "signin.factor_needed"
    http_status = 409
    happened = "您的账号必须保留至少一种第二验证方式。"
    done = "设置没有改动。"
    next_step = "请先添加另一种验证方式，再移除这一种。"


class AlreadyActive(CountyError):
    """A TOTP app is bound already."""

    code = "signin.already_active"
    http_status = 409
    happened = "您的账号已经绑定了动态口令。"
    done = "设置没有改动。"
    next_step = "更换手机的，请先移除原绑定，再重新绑定。"


class FactorMissing(CountyError):
    """There is no such factor to use or remove."""

    code = "signin.factor_missing"
    http_status = 404
    happened = "没有找到这项验证方式，可能已经移除。"
    done = "系统未作任何改动。"
    next_step = "请返回“第二验证”页面查看。"
