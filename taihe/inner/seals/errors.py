"""Refusals met where seals are made and used."""

from __future__ import annotations

from taihe.ground.errors import BadInput, CountyError


class NoCertifiedProvider(CountyError):
    """Production has no certified provider: nothing is sealed."""

    code = "seals.no_certified_provider"
    http_status = 503
    happened = "正式环境没有接入经认证的电子印章服务（当前为：{provider}），不能用印。"
    done = "文件没有盖章，办理状态没有改变。"
    next_step = "请系统管理员接入经认证的电子印章服务；急件可打印后加盖实物印章。"


class SealKeyMissing(CountyError):
    """The key folder lacks the key of a seal."""

    code = "seals.key_missing"
    http_status = 503
    happened = "本机没有“{title}”的签名密钥，不能用印。"
    done = "文件没有盖章，办理状态没有改变。"
    next_step = "请系统管理员从密钥备份恢复密钥目录中的 seals 文件夹；无法恢复的，由印章备案人员换发证书。"


class NoUsableSeal(CountyError):
    """The organ has no seal that may be used today."""

    code = "seals.none_usable"
    http_status = 409
    happened = "{organ}没有可以使用的印章{why}。"
    done = "没有用印。"
    next_step = "请联系印章备案人员制发、启用或换发印章。"


class SealNotUsable(CountyError):
    """This seal may not be used now."""

    code = "seals.not_usable"
    http_status = 409
    happened = "“{title}”现在不能使用：{why}。"
    done = "没有用印。"
    next_step = "请联系印章备案人员核对印章状态。"


class WrongState(CountyError):
    """The seal is not in a state in which this can be done."""

    code = "seals.wrong_state"
    http_status = 409
    happened = "“{title}”{state}，不能{what}。"
    done = "印章状态没有改变。"
    next_step = "请刷新页面核对印章状态。"


class SamePerson(CountyError):
    """Who asks for destruction may not confirm it."""

    code = "seals.same_person"
    http_status = 403
    happened = "销毁由您本人提出，须由另一名印章备案人员确认。"
    done = "印章仍处于停用状态，没有销毁。"
    next_step = "请由其他印章备案人员确认。"


class SealExists(BadInput):
    """The organ holds such a seal already."""

    code = "seals.exists"
    happened = "{organ}已有名为“{title}”的{kind}。"
    done = "没有制发印章。"
    next_step = "证书到期的请换发证书；确需另制的，请先销毁原印章。"


class BadSealName(BadInput):
    """The name cannot be drawn."""

    code = "seals.bad_name"
    happened = "印章名称“{title}”不能制成印面：{why}。"
    done = "没有制发印章。"
    next_step = "请核对印章名称，一般为单位全称，不超过30个字。"
