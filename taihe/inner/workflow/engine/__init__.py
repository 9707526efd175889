"""The token router: which step of a flow comes next.

A county's procedure (三审, 会签, 签发 …) is drawn as a BPMN file.  This package reads such a file, says in plain
Chinese what is wrong with it before it is put to use, and then answers one question: given what was decided, at which
steps does the matter lie now?  It knows no people, no deadlines and no opinions: those are the rows of `workflow`.
It touches no database: state goes in and comes out as a few hundred bytes.
"""

from __future__ import annotations

from taihe.inner.workflow.engine.checks import check
from taihe.inner.workflow.engine.model import (
    AlreadyEnded,
    Fault,
    Flow,
    FlowRefused,
    JumpRefused,
    Node,
    NotAtStep,
    Ready,
    RouteUnclear,
    StateUnreadable,
    Step,
)
from taihe.inner.workflow.engine.picture import picture
from taihe.inner.workflow.engine.router import begin, finish, jump, jump_targets, load

__all__ = [
    "AlreadyEnded",
    "Fault",
    "Flow",
    "FlowRefused",
    "JumpRefused",
    "Node",
    "NotAtStep",
    "Ready",
    "RouteUnclear",
    "StateUnreadable",
    "Step",
    "begin",
    "check",
    "finish",
    "jump",
    "jump_targets",
    "load",
    "picture",
]
