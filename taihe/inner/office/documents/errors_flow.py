"""Refusals on a document's way from 送审 to 用印."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class WrongStage(CountyError):
    """The document stands where this cannot be done."""

    code = "documents.wrong_stage"
    http_status = 409
    happened = "《{title}》目前为“{state}”，不能{verb}。"
    done = "公文没有改动。"
    next_step = "请刷新页面，查看公文所在环节。"


class ChecksFailed(CountyError):
    """The checks found what blocks the next step."""

    code = "documents.checks_failed"
    http_status = 422
    happened = "检查发现{count}处必须改正：{first}"
    done = "没有提交，稿件内容都已保留。"
    next_step = "请返回编辑页，按“检查”中列出的条目改正后再提交。"


class SeriesEnded(CountyError):
    """No 发文立户, no document (条例第三十七条; D17)."""

    code = "documents.series_ended"
    http_status = 409
    happened = "发文代字“{code}”已停用（或尚未启用），{organ}不能再以此行文。"
    done = "公文停留在原环节。"
    next_step = "请改用现行的发文代字；机构有变动的，由承接单位另行拟稿。"


class OwnDraft(CountyError):
    """Whoever drafted does not verify the draft."""

    code = "documents.own_draft"
    http_status = 403
    happened = "{who}是《{title}》的拟稿人，不能核本人起草的稿件。"
    done = "核稿意见没有提交，已记入审计日志。"
    next_step = "请由部门其他负责人核稿。"


class NobodyFits(CountyError):
    """No post can be found for a step."""

    code = "documents.nobody_fits"
    http_status = 409
    happened = "“{node}”环节没有可以办理的人员（{where}）。"
    done = "公文停留在原环节。"
    next_step = "请联系系统管理员核对{where}的岗位职责和任职。"


class NotTheSigner(CountyError):
    """签发 is for the series' signers; what goes up and what is important for the principal (条例第二十二条; D04)."""

    code = "documents.not_the_signer"
    http_status = 403
    happened = "{who}不能签发《{title}》：{why}。"
    done = "没有签发，已记入审计日志。"
    next_step = "请由{titles}签发。"


class SigningNotDelegated(CountyError):
    """The right to sign goes over by written 授权 only, never with a general stand-in."""

    code = "documents.signing_not_delegated"
    http_status = 403
    happened = "{who}的代理登记没有写明签发公文，不能代为签发《{title}》。"
    done = "没有签发，已记入审计日志。"
    next_step = "请由本人签发；确需授权的，凭书面授权在代理登记中单独写明“办理公文待办”。"


class NotReviewed(CountyError):
    """No 签发 without the office's 审核 (条例第二十条; D14)."""

    code = "documents.not_reviewed"
    http_status = 409
    happened = "《{title}》没有经过办公室审核，不能签发。"
    done = "没有签发。"
    next_step = "请退回办公室审核后再送签。"


class NotAgreed(CountyError):
    """Without agreement between the departments nothing goes downwards (条例第十六条第四项; D11)."""

    code = "documents.not_agreed"
    http_status = 409
    happened = "会签单位{who}不同意，部门之间未协商一致，不得向下行文。"
    done = "没有送签，会签意见全部保留。"
    next_step = "请退回起草单位协商，修改后重新会签。"


class ChangedSinceSigning(CountyError):
    """What was signed is not what stands there now (条例第二十五条第一项; D15)."""

    code = "documents.changed_since_signing"
    http_status = 409
    happened = "《{title}》签发后正文有修改，或者签发已经失效，须由原签发人复审。"
    done = "没有继续办理，修改的内容和原签发记录都已保留。"
    next_step = "请按“送原签发人复审”，由签发人重新签发后再复核、编号、用印。"


class NothingToSignAgain(CountyError):
    """The text is the signed one."""

    code = "documents.nothing_to_sign_again"
    http_status = 409
    happened = "《{title}》的正文与签发时相同，不需要复审。"
    done = "公文停留在原环节。"
    next_step = "请继续办理；确需退回的，请在办理页选择“退回”并写明原因。"


class SignAgainFromStart(CountyError):
    """Back across the signature only by running the flow again."""

    code = "documents.sign_again"
    http_status = 409
    happened = "公文已经签发，退回签发以前的环节须重新签发，不能改后直送。"
    done = "公文停留在原环节。"
    next_step = "请选择“重走流程”后再退回。"


class UseItsPage(CountyError):
    """Seal and distribution are done on their own pages."""

    code = "documents.use_its_page"
    http_status = 409
    happened = "“{node}”要在公文的{node}页办理。"
    done = "没有办结。"
    next_step = "请打开公文，按“{node}”。"


class SealingUnderWay(CountyError):
    """The worker is putting the seal on."""

    code = "documents.sealing"
    http_status = 409
    happened = "《{title}》正在用印。"
    done = "没有重复用印，公文没有改动。"
    next_step = "请稍候片刻，用印完成后页面会自动更新。"


class CannotSeal(CountyError):
    """The sealing could not be finished."""

    code = "documents.cannot_seal"
    http_status = 409
    happened = "《{title}》没有用印：{why}"
    done = "公文停留在用印环节，没有盖印，也没有记用印登记。"
    next_step = "请排除原因后重新用印。"


class NoNumber(CountyError):
    """Numbers are given after 签发 and 复核 (条例第二十五条第二项; D16)."""

    code = "documents.no_number"
    http_status = 409
    happened = "《{title}》尚未签发并复核，不能编发文字号。"
    done = "没有编号。"
    next_step = "请在登记编号环节编号。"
