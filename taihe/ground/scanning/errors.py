"""How a scan's verdict is told to the person who sent the file."""

from __future__ import annotations

from ..errors import CountyError
from .report import ScanReport


class FileRefused(CountyError):
    """The file may not be stored."""

    code = "scanning.refused"
    http_status = 422
    happened = "文件没有通过安全检查：{reasons}"
    done = "文件没有保存，已记录文件摘要。"
    next_step = "请按提示更换文件后重新上传；认为有误的，请将文件摘要 {digest} 告知系统管理员。"


class FileHeld(CountyError):
    """The file needs a person's look before anybody may open it."""

    code = "scanning.held"
    http_status = 422
    happened = "文件中有需要人工核实的内容：{reasons}"
    done = "文件没有直接接收。"
    next_step = "请去除上述内容后重新上传，或联系安全管理员核实；文件摘要为 {digest}。"


class SecretMarkFound(CountyError):
    """The file carries a secret mark: an incident, which the caller must record and report."""

    code = "scanning.secret_mark"
    http_status = 422
    happened = "文件带有国家秘密标志。本系统为非涉密系统，严禁存储、处理、传输国家秘密。"
    done = "文件没有保存，仅登记了文件摘要、上传人和时间，并报告安全管理员。"
    next_step = "请立即停止操作，保护现场并联系本单位保密工作人员；文件摘要为 {digest}。"


def require_clean(report: ScanReport) -> ScanReport:
    """Return a clean report; raise SecretMarkFound, FileRefused or FileHeld for any other."""
    if report.verdict == "clean":
        return report
    refusal: type[CountyError] = FileRefused if report.verdict == "refused" else FileHeld
    if report.secret_mark_found:
        refusal = SecretMarkFound
    raise refusal(reasons=report.reasons, digest=report.sha256)
