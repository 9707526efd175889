"""Refusals met where releases are built, carried and verified."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class BadRelease(CountyError):
    """Something of a release is not what it must be; `why` says what."""

    code = "releases.bad"
    http_status = 422
    happened = "发布内容不合规定：{why}。"
    done = "内容没有被采用，正在使用的页面不受影响。"
    next_step = "请保留原件并报告安全管理员；如为传输损坏，请重新发送。"


class BadManifest(BadRelease):
    """A release's list of files breaks a rule of its format."""

    code = "releases.bad_manifest"
    happened = "发布清单不合规定：{why}。"


class BadNotice(BadRelease):
    """A notice of withdrawal breaks a rule of its format."""

    code = "releases.bad_notice"
    happened = "撤稿通知不合规定：{why}。"


class BadPack(BadRelease):
    """A pack of a release's contents breaks a rule of its format."""

    code = "releases.bad_pack"
    happened = "发布内容包不合规定：{why}。"


class ObjectLost(BadRelease):
    """A content that a release names does not lie in the store."""

    code = "releases.object_lost"
    happened = "发布内容 {digest} 不在存放处。"
    next_step = "请从另一份副本恢复，或向采编区补要。"


class ObjectDamaged(BadRelease):
    """A content in the store is not what its name says."""

    code = "releases.object_damaged"
    happened = "发布内容 {digest} 已损坏或被改动。"
    next_step = "请从另一份副本恢复，或向采编区补要，并报告安全管理员。"
