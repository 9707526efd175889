"""Refusals met where signatures and keys are handled."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class BadSignature(CountyError):
    """The bytes or the signature changed, or another key made it."""

    code = "signing.bad_signature"
    http_status = 422
    happened = "签名核验没有通过：内容或签名已被改动，或者不是由密钥 {key_id} 签署（用途：{purpose}）。"
    done = "内容没有被采用。"
    next_step = "请勿使用该内容，保留原件并报告安全管理员；如为传输损坏，请对方重新发送。"


class UnknownKey(CountyError):
    """A signature or sealed message names a key that this ring does not hold."""

    code = "signing.unknown_key"
    http_status = 422
    happened = "本机没有密钥 {key_id}（用途：{purpose}，来源：{owner}）。"
    done = "内容没有被采用。"
    next_step = "请系统管理员核对双方密钥，必要时重新导出、导入公钥文件并当面比对指纹。"


class FingerprintDiffers(CountyError):
    """The key file is not the one whose fingerprint was read out by the other side."""

    code = "signing.fingerprint_differs"
    http_status = 422
    happened = "公钥文件的指纹是 {found}，与您输入的 {expected} 不一致。"
    done = "公钥文件没有导入，原有密钥未作改动。"
    next_step = "请通过电话或当面向对方核对指纹；仍不一致的，请停止操作并报告安全管理员。"


class BadKeyFile(CountyError):
    """A file of public keys cannot be read, is incomplete, or its own signature fails."""

    code = "signing.bad_key_file"
    http_status = 422
    happened = "公钥文件不能使用：{why}。"
    done = "公钥文件没有导入，原有密钥未作改动。"
    next_step = "请对方重新导出公钥文件后再试。"


class CannotOpen(CountyError):
    """A message sealed to this zone cannot be opened: damaged, or sealed to another key."""

    code = "signing.cannot_open"
    http_status = 422
    happened = "加密内容无法打开：内容已损坏或被改动，或者不是发给本区的。"
    done = "内容没有被采用。"
    next_step = "请对方重新发送；多次出现的，请核对双方的加密密钥。"
