"""Refusals as sentences for the person who meets them.

Every refusal says what happened, what the system did about it, and what to do next, and carries a
stable code that a help desk can look up.  Nothing else in the house is raised towards a person.
"""

from __future__ import annotations

from typing import ClassVar


class CountyError(Exception):
    """A refusal with a stable code and three Chinese sentences.

    Subclasses set `code` (``area.what``), `http_status` and the three templates; keyword arguments
    fill the templates by ``str.format_map`` and stay readable as ``error.params``.
    """

    code: ClassVar[str] = "ground.error"
    http_status: ClassVar[int] = 400
    happened: ClassVar[str] = "操作没有完成。"
    done: ClassVar[str] = "系统未作任何改动。"
    next_step: ClassVar[str] = "请稍后重试；仍不成功的，请将错误代码告知系统管理员。"

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence())

    def _fill(self, template: str) -> str:
        return template.format_map(self.params)

    def sentences(self) -> tuple[str, str, str]:
        """What happened, what was done, what to do next, with the parameters filled in."""
        return self._fill(self.happened), self._fill(self.done), self._fill(self.next_step)

    def sentence(self) -> str:
        """The three sentences and the code in one line, for logs and plain-text answers."""
        return "".join(self.sentences()) + f"（{self.code}）"


class NotAllowed(CountyError):
    """The asker's acting post gives no right to this action."""

    code = "ground.not_allowed"
    http_status = 403
    happened = "您当前的岗位没有“{what}”的权限。"
    done = "操作未执行，已记入审计日志。"
    next_step = "请切换到有权限的岗位，或联系系统管理员申请授权。"


class StaleVersion(CountyError):
    """Another person changed the record after this form was opened."""

    code = "ground.stale_version"
    http_status = 409
    happened = "您打开表单之后，{what}已被他人修改。"
    done = "您的改动没有覆盖对方的内容，已填内容保留在页面上。"
    next_step = "请核对最新内容后重新提交。"


class Missing(CountyError):
    """The record does not exist, or the asker may not know that it does."""

    code = "ground.missing"
    http_status = 404
    happened = "没有找到{what}，或者您无权查看。"
    done = "系统未作任何改动。"
    next_step = "请从列表重新进入，或联系管理员确认。"


class BadInput(CountyError):
    """A value cannot be accepted as it stands."""

    code = "ground.bad_input"
    http_status = 422
    happened = "{what}"
    done = "内容没有保存，已填内容保留在页面上。"
    next_step = "请按提示修改后重新提交。"


class BadSetup(CountyError):
    """The installation is incomplete: a key, secret, file or package is missing or unfit."""

    code = "ground.bad_setup"
    http_status = 503
    happened = "{what}"
    done = "相关功能没有启动。"
    next_step = "{fix}"


class DiskFull(CountyError):
    """The disk has no room left, so that nothing can be recorded (see `fulldisk`)."""

    code = "ground.disk_full"
    http_status = 507
    happened = "服务器磁盘空间已满，或者无法写入。"
    done = "本次操作没有生效，也没有留下不完整的内容；已保存的内容不受影响。"
    next_step = "请通知系统管理员清理或扩充磁盘，之后重新操作。"
