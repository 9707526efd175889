"""Refusals while a document is being written."""

from __future__ import annotations

from taihe.ground.errors import BadInput, CountyError


class BeingEdited(CountyError):
    """Another person is writing: one writer at a time."""

    code = "documents.being_edited"
    http_status = 409
    happened = "{who}正在编辑这件公文（{since}开始，最近保存于{seen}）。"
    done = "您没有进入编辑，对方的文稿没有改动。"
    next_step = "请稍后再来，或与对方联系；确需立即修改的，可填写理由后接管。"


class TakenOver(CountyError):
    """Somebody took the writing over, or went on after the lease had run out."""

    code = "documents.taken_over"
    http_status = 409
    happened = "{who}已于{since}接着编辑这件公文{reason}。"
    done = "您此前保存的文字是第{number}稿，完整保留；本页面尚未保存的文字没有写入当前稿。"
    next_step = "请到“历次稿”核对；需要继续修改的，请与对方联系，或说明理由后接管。"


class StaleText(CountyError):
    """The page that saves is older than the text that is kept: a second tab, most often."""

    code = "documents.stale_text"
    http_status = 409
    happened = "这件公文在另一个页面或由另一个人又保存过（{who}，{seen}）。"
    done = "当前稿没有被覆盖。"
    next_step = "请刷新页面取得最新文稿，再把两处内容合并。"


class MayNotEdit(CountyError):
    """Neither the drafter's side nor the step that now handles the document."""

    code = "documents.may_not_edit"
    http_status = 403
    happened = "《{title}》目前为“{state}”，您当前的岗位不能修改它的文稿。"
    done = "文稿没有改动，已记入审计日志。"
    next_step = "起草中的公文由拟稿人和拟稿单位的文书修改；已送审的，由当前办理环节的人员修改或退回。"


class VersionClosed(CountyError):
    """A closed version is evidence: it never changes."""

    code = "documents.version_closed"
    http_status = 409
    happened = "第{number}稿已经定稿，不能再改动。"
    done = "该稿保持原样。"
    next_step = "请刷新页面，在新的一稿上修改。"


class GenreNotHere(BadInput):
    """A series issues only its own genres."""

    code = "documents.genre_not_here"
    happened = "“{series}”不能使用文种“{genre}”。"


class SeriesNotHere(BadInput):
    """An organ drafts for itself and for those above it."""

    code = "documents.series_not_here"
    happened = "{organ}不能以“{series}”拟稿：只能使用本机关和上级机关（含其办公室）的发文代字。"


class SecretText(CountyError):
    """The text carries a secret mark: an incident; nothing of it was stored (D18, 条例第二十六条)."""

    code = "documents.secret_text"
    http_status = 422
    happened = "文稿中有国家秘密标志（{marks}）。本系统为非涉密系统，严禁存储、处理、传输国家秘密。"
    done = "这次的文字没有保存，仅登记了摘要、操作人和时间，并报告安全管理员；此前保存的文稿没有改动。"
    next_step = "请立即停止输入，联系本单位保密工作人员；文字摘要为 {digest}。"


class NothingOpen(CountyError):
    """There is no version to close."""

    code = "documents.nothing_open"
    http_status = 409
    happened = "自上一稿以来没有改动，不需要另存稿次。"
    done = "没有产生新的稿次。"
    next_step = "修改后再保存稿次。"


class TooManyParked(CountyError):
    """So many stale texts are no accident."""

    code = "documents.too_many_parked"
    http_status = 409
    happened = "这件公文已另存{most}份旧页面文稿，不能再存。"
    done = "旧页面上的文字没有保存。"
    next_step = "请把需要的文字复制出来，刷新页面后再修改。"
