"""Refusals met where personal data is opened."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class VaultKeyLost(CountyError):
    """The value was sealed with a key that is not in the zone's key folder."""

    code = "vault.key_lost"
    http_status = 503
    happened = "该项个人信息（{where}）由密钥 {key_id} 加密，本机没有这把密钥，无法打开。"
    done = "加密内容原样保留，没有丢失。"
    next_step = "请系统管理员从密钥备份中恢复该密钥（密钥目录的 vault 文件夹）后再试。"


class VaultTampered(CountyError):
    """The stored bytes are not what the vault wrote for this field of this row."""

    code = "vault.tampered"
    http_status = 422
    happened = "该项个人信息（{where}）的加密内容与所在记录不符，可能被改动或从别处移入。"
    done = "内容没有打开。"
    next_step = "请勿改动该记录，立即报告安全管理员；核实后从备份恢复。"


class UnknownPurpose(CountyError):
    """Nobody registered this purpose, so nothing may be opened for it."""

    code = "vault.unknown_purpose"
    http_status = 422
    happened = "没有登记“{purpose}”这一查看用途。"
    done = "个人信息没有打开。"
    next_step = "请从业务页面按规定的用途查看；页面出现此提示的，请告知系统管理员。"


class PurposeUnfit(CountyError):
    """The purpose is registered, but not for this kind of value."""

    code = "vault.purpose_unfit"
    http_status = 403
    happened = "“{title}”这一用途不能查看{kind}（{where}）。"
    done = "个人信息没有打开，本次请求已记入审计日志。"
    next_step = "请选用与办理事项相符的用途，或联系系统管理员。"
