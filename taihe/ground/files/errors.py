"""Refusals met when files are stored, attached or opened."""

from __future__ import annotations

from taihe.ground.errors import CountyError, DiskFull


class StoreFull(DiskFull):
    """The disk of the file store has no room left."""

    code = "files.disk_full"
    http_status = 507
    happened = "服务器存放文件的磁盘空间已满。"
    done = "文件没有保存，也没有留下不完整的内容。"
    next_step = "请保留原文件，稍后重新上传；同时请通知系统管理员清理或扩充磁盘。"


class FileTooLarge(CountyError):
    """The stream held more than its caller takes."""

    code = "files.too_large"
    http_status = 413
    happened = "文件超过了允许的大小（{limit_mb} MB）。"
    done = "文件没有保存。"
    next_step = "请压缩、拆分或降低扫描分辨率后重新上传。"


class FileLost(CountyError):
    """The store has no file of this content."""

    code = "files.lost"
    http_status = 503
    happened = "文件内容不在存储中（摘要 {digest}）。"
    done = "登记信息没有改动。"
    next_step = "请稍后重试；仍不成功的，请将错误代码和摘要告知系统管理员，从备份恢复。"


class FileDamaged(CountyError):
    """The stored bytes are no longer those that were put."""

    code = "files.damaged"
    http_status = 503
    happened = "存储中的文件已损坏或被改动（摘要 {digest}）。"
    done = "文件没有打开。"
    next_step = "请立即报告系统管理员，从备份恢复该文件。"


class FileTooMany(CountyError):
    """The person has brought in as much as one may in a day."""

    code = "files.day_limit"
    http_status = 429
    happened = "您今天上传的文件已达上限（{count}件或{mb} MB）。"
    done = "这个文件没有保存。"
    next_step = "请明日再传；确有大批文件需要上传的，请联系系统管理员。"


class FileChanged(CountyError):
    """The bytes scanned are not the bytes stored."""

    code = "files.changed"
    http_status = 409
    happened = "文件在安全检查期间发生了变化。"
    done = "文件没有保存。"
    next_step = "请关闭正在编辑该文件的程序后重新上传。"


class IncidentClosed(CountyError):
    """Another security officer was first."""

    code = "files.incident_closed"
    http_status = 409
    happened = "该涉密标志事件已经处置。"
    done = "原处置记录没有改动。"
    next_step = "请返回列表查看处置情况。"


class NobodyTold(CountyError):
    """No module took the duty of telling the security officer."""

    code = "files.nobody_told"
    http_status = 503
    happened = "发现涉密标志文件（事件{incident}），但没有登记安全管理员的通知方式。"
    done = "事件记录已保存，通知暂未发出。"
    next_step = "请系统管理员启用通知模块后，在搁置任务中重试。"
