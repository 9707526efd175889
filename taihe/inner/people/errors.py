"""Refusals met when organs, posts and people change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taihe.ground.errors import CountyError

if TYPE_CHECKING:
    from .importing import Report


class OrganInUse(CountyError):
    """People or organs below stand in the way of ending an organ or a post."""

    code = "people.organ_in_use"
    http_status = 409
    happened = "{name}还有{what}，不能{verb}。"
    done = "机构和岗位未作任何改动。"
    next_step = "请先办理这些人员的免职或调任、调整下级机构的隶属，再办理。"


class WrongOrganState(CountyError):
    """The organ was merged or abolished and takes no more changes."""

    code = "people.organ_ended"
    http_status = 409
    happened = "{name}{status}，不能再{verb}。"
    done = "系统未作任何改动。"
    next_step = "请核对机构沿革，在承接机构上办理。"


class CircularParent(CountyError):
    """An organ would stand below itself."""

    code = "people.circular_parent"
    http_status = 422
    happened = "{parent}是{name}的下级（或其本身），不能作为它的上级。"
    done = "隶属关系未作改动。"
    next_step = "请另选上级机构。"


class PostFull(CountyError):
    """The post already has as many holders as it may have in that period."""

    code = "people.post_full"
    http_status = 409
    happened = "{organ}“{post}”的任职人数已达上限（{limit} 人）。"
    done = "本次任职没有登记。"
    next_step = "请先办理在任人员的免职，或调整该岗位的人数上限。"


class MainPostTaken(CountyError):
    """The officer already has a main post in that period."""

    code = "people.main_post_taken"
    http_status = 409
    happened = "{name}在该期间已有主岗“{post}”。"
    done = "本次任职没有登记。"
    next_step = "请登记为兼任，或先办理原主岗的免职。"


class SamePerson(CountyError):
    """The one who asked, or the one concerned, may not decide."""

    code = "people.same_person"
    http_status = 403
    happened = "{what}须由申请人和当事人以外的另一人审批，您是{who}。"
    done = "申请仍在等待审批，本次操作已记入审计日志。"
    next_step = "请由另一名安全管理员审批。"


class AlreadyDecided(CountyError):
    """Somebody decided this request before."""

    code = "people.already_decided"
    http_status = 409
    happened = "该{what}当前状态为“{status}”，不能再{verb}。"
    done = "系统未作任何改动。"
    next_step = "请刷新列表查看最新结果；需要重新办理的，请重新申请。"


class DutyTaken(CountyError):
    """The officer already has an administrator's duty open, and the three exclude one another."""

    code = "people.duty_taken"
    http_status = 409
    happened = "{name}已担任{duty}，系统、安全、审计管理员不得由一人兼任。"
    done = "管理员任职未作改动。"
    next_step = "请先办理其现任职责的卸任，或另选人员。"


class LastAdministrator(CountyError):
    """The county would be left without an administrator of this kind."""

    code = "people.last_administrator"
    http_status = 409
    happened = "{name}是唯一在任的{duty}，不能{verb}。"
    done = "系统未作任何改动。"
    next_step = "请先任命另一名{duty}。"


class DutyAndRole(CountyError):
    """An administrator may hold no role, and a role holder may not become an administrator."""

    code = "people.duty_excludes_role"
    http_status = 409
    happened = "{name}{held}，管理员职责与业务角色不得由一人兼有。"
    done = "申请没有通过，状态不变。"
    next_step = "请先收回其业务角色或办理管理员卸任。"


class ImportRefused(CountyError):
    """At least one row of the file is bad, so nothing of it was loaded."""

    code = "people.import_refused"
    http_status = 422
    happened = "文件中有 {bad} 处不合要求，共 {rows} 行。"
    done = "没有导入任何一行。"
    next_step = "请按逐行报告改正后重新上传整个文件。"
    report: Report[Any]


class UnreadableFile(CountyError):
    """The file cannot be read as a table at all."""

    code = "people.unreadable_file"
    http_status = 422
    happened = "文件无法作为表格读取：{why}。"
    done = "没有导入任何内容。"
    next_step = "请另存为 CSV（UTF-8）或 .xlsx 后重新上传。"


class AlreadySetUp(CountyError):
    """The first administrators are made once only."""

    code = "people.already_set_up"
    http_status = 409
    happened = "本系统已有管理员任职记录，不能再次设立首任管理员。"
    done = "系统未作任何改动。"
    next_step = "新的管理员请由在任系统管理员提出申请、安全管理员审批。"
