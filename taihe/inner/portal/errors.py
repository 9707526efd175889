"""Refusals of the editorial office."""

from __future__ import annotations

from taihe.ground.errors import CountyError


class ContentBlocked(CountyError):
    """The text holds what may not go out."""

    code = "portal.content_blocked"
    http_status = 422
    happened = "内容检查没有通过：{what}"
    done = "稿件没有送审，已写的内容都保留在编辑台中。"
    next_step = "{fix}"


class InReview(CountyError):
    """The page is under review already."""

    code = "portal.in_review"
    http_status = 409
    happened = "《{title}》正在审核中，不能重复送审。"
    done = "没有新建送审，编辑台中的修改已保留。"
    next_step = "请等待审核结束；确需改动的，请先撤回送审，再重新送审。"


class NothingNew(CountyError):
    """The content is the approved one."""

    code = "portal.nothing_new"
    http_status = 409
    happened = "《{title}》与已发布的内容完全相同，无须送审。"
    done = "没有新建送审。"
    next_step = "如有修改，请先在编辑台保存，再送审。"


class NoReviewer(CountyError):
    """Nobody may review at a level but those who may not."""

    code = "portal.no_reviewer"
    http_status = 409
    happened = "“{level}”环节没有可以审核的人员（撰写人和已审核本稿的人不能再审）。"
    done = "操作没有生效。"
    next_step = "请联系系统管理员为“{organ}”设置{level}人员。"


class OwnText(CountyError):
    """A writer, or somebody who reviewed already, may not approve."""

    code = "portal.own_text"
    http_status = 403
    happened = "{who}{why}，不能再审核《{title}》（先审后发、逐级由不同人员审核）。"
    done = "审核意见没有提交，已记入审计日志。"
    next_step = "请由其他审核人员办理。"


class NotOnline(CountyError):
    """There is nothing to withdraw."""

    code = "portal.not_online"
    http_status = 409
    happened = "该页面当前没有在网站上公开，或者已经撤稿。"
    done = "没有办理撤稿。"
    next_step = "请刷新列表核对状态。"


class StillBelow(CountyError):
    """A column with public pages below."""

    code = "portal.still_below"
    http_status = 409
    happened = "栏目“{title}”下还有公开的页面，不能撤下栏目。"
    done = "没有办理撤稿。"
    next_step = "请先逐一撤下其中的稿件和子栏目。"


class SamePerson(CountyError):
    """The second look at a withdrawal is another person's."""

    code = "portal.same_person"
    http_status = 403
    happened = "撤稿由您本人办理，复核须由另一人进行。"
    done = "复核没有登记。"
    next_step = "请由其他有撤稿权限的人员复核。"


class ReviewIncomplete(CountyError):
    """A content reached its end without the reviews it needs: never goes out."""

    code = "portal.review_incomplete"
    http_status = 409
    happened = "《{title}》的审核不完整：{what}。"
    done = "稿件没有批准。"
    next_step = "请退回后重新送审；反复出现的，请联系系统管理员。"


class NoDocumentColumn(CountyError):
    """The county's folder names no column for documents, or one that is not there."""

    code = "portal.no_document_column"
    http_status = 409
    happened = "没有找到转送公文的栏目“{path}”。"
    done = "公文没有转送，公文本身不受影响。"
    next_step = "请栏目管理员建立该栏目，或由运维人员在县级配置 [portal] document_column 中改正后重试。"
