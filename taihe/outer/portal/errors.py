"""Refusals of the site's own."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class OldRelease(CountyError):
    """A release numbered no higher than one accepted before."""

    code = "portal.old_release"
    http_status = 409
    happened = "收到的第 {number} 号发布不比已采用的第 {highest} 号新。"
    done = "旧发布没有采用，公众看到的页面不变。"
    next_step = "需要恢复旧内容的，请在采编区用“回退”生成新编号的发布；来源不明的，请报告安全管理员。"


class BrokenReleaseChain(CountyError):
    """The next number, but not made on top of what was accepted before."""

    code = "portal.broken_chain"
    http_status = 409
    happened = "第 {number} 号发布不是接着已采用的第 {highest} 号做的。"
    done = "这一发布没有采用，公众看到的页面不变。"
    next_step = "采编区从备份恢复过的，请跳过一个编号重新发布；否则请报告安全管理员核查签署密钥。"


class SitePreparing(CountyError):
    """The site is still loading its pages, or has none it could vouch for."""

    code = "portal.preparing"
    http_status = 503
    happened = "网站页面正在核对和恢复，暂时不能打开。"
    done = "系统正在自动处理，缺少的页面已向采编区索取。"
    next_step = "请几分钟后再打开；急需办理的，请在办公时间到政务服务大厅窗口办理。"
