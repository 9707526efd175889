"""What a flow is to the rest of the house: its steps, where a matter stands, and why a drawing is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from taihe.ground.errors import BadInput, CountyError

if TYPE_CHECKING:
    from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

    from taihe.inner.workflow.engine.graph import Graph
    from taihe.inner.workflow.engine.layout import Layout

Mode = Literal["any", "all", "serial"]
OpinionRule = Literal["required", "optional"]
Kind = Literal["int", "text", "bool"]
Value = int | str | bool


@dataclass(frozen=True)
class Fault:
    """One reason why a drawing cannot be put to use: the element's id, its line in the file, and a Chinese sentence."""

    element: str
    line: int
    sentence: str


@dataclass(frozen=True)
class Variable:
    """A fact of the matter that conditions may ask for, e.g. the number of review levels; `default` fills a gap."""

    name: str
    kind: Kind
    title: str
    default: Value | None


@dataclass(frozen=True)
class Node:
    """One step that people work on (a userTask).

    `mode`: any = one signer is enough, all = every signer at once (并行会签), serial = one after another (串行会签).
    `limit_days`: working days, None for no limit.  `outcomes`: (key, Chinese title) in the order of the buttons.
    `veto`: outcomes of which one alone closes a countersigning step.  `explain`: outcomes that need a written reason
    even where the step's opinion is optional.  `form`: key of an extra form, "" for none.  `order`: place in the
    stepper, from 0, loops ignored.
    """

    id: str
    title: str
    role: str
    mode: Mode
    limit_days: int | None
    outcomes: tuple[tuple[str, str], ...]
    opinion: OpinionRule
    form: str
    order: int
    veto: frozenset[str] = frozenset()
    explain: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Flow:
    """A checked flow, read once per process and file; immutable and safe to share between threads."""

    key: str
    title: str
    sha256: str
    start: str
    ends: Mapping[str, str]
    nodes: Mapping[str, Node]
    variables: tuple[Variable, ...]
    graph: Graph = field(repr=False, compare=False)
    layout: Layout = field(repr=False, compare=False)
    spec: BpmnProcessSpec = field(repr=False, compare=False)

    def ordered(self) -> tuple[Node, ...]:
        """The steps in the order of the stepper."""
        return tuple(sorted(self.nodes.values(), key=lambda node: node.order))


@dataclass(frozen=True)
class Ready:
    """A step that waits for people: `task_id` names this one visit (a second visit has another id)."""

    task_id: str
    node: str


@dataclass(frozen=True)
class Step:
    """Where the matter stands: the state to keep, the open visits, and the id of the end event once it has ended."""

    blob: bytes
    ready: tuple[Ready, ...]
    ended: str | None


class FlowRefused(BadInput):
    """The drawing has faults; `faults` names each offending element."""

    code = "workflow.flow_refused"
    happened = "流程图有 {count} 处不符合要求：{first}"
    done = "流程没有部署，正在使用的版本不受影响。"
    next_step = "请按列出的元素逐处修改后重新上传。"

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(faults), first=faults[0].sentence)


class NotAtStep(CountyError):
    """The visit is not open (any more): someone else finished it, or the matter went elsewhere."""

    code = "workflow.not_at_step"
    http_status = 409
    happened = "这一步已经办理完毕，或者事项已转到其他环节。"
    done = "本次操作没有生效，已有的办理结果不变。"
    next_step = "请刷新页面查看事项当前所在环节。"


class AlreadyEnded(NotAtStep):
    """The matter has reached an end event; nothing moves it any more."""

    code = "workflow.already_ended"
    happened = "该事项的流程已经结束。"
    next_step = "如需重新办理，请发起新的流程。"


class JumpRefused(CountyError):
    """The step cannot be returned to without losing or doubling a parallel branch, or was never reached."""

    code = "workflow.jump_refused"
    http_status = 409
    happened = "不能退回到“{node}”：该环节尚未办理过，或者退回会使并行办理的其他环节丢失、重复。"
    done = "事项仍停留在当前环节。"
    next_step = "请在可退回环节的列表中另选一个。"


class RouteUnclear(CountyError):
    """A fact that a condition needs is missing or of the wrong kind."""

    code = "workflow.route_unclear"
    http_status = 422
    happened = "无法判断下一环节：{what}。"
    done = "事项仍停留在当前环节，填写的内容没有提交。"
    next_step = "请联系流程管理员核对该流程的条件与事项信息。"


class StateUnreadable(CountyError):
    """The kept state does not belong to this flow or is damaged."""

    code = "workflow.state_unreadable"
    http_status = 500
    happened = "事项的流程状态无法读取。"
    done = "系统未作任何改动。"
    next_step = "请将错误代码告知系统管理员，由其核对该事项的流程版本。"
