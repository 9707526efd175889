"""Moving a matter along its flow.

The kept state is only where the tokens stand: open visits, branches waiting at a join, and the steps done in the
present pass.  For each move SpiffWorkflow is given a fresh tree with those tokens and nothing else.  So the state does
not grow however often a matter goes back and forth, and none of Spiff's reasoning about its own history can go wrong.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.defaults import EndEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from taihe.inner.workflow.engine.checks import examine
from taihe.inner.workflow.engine.conditions import ConditionWrong
from taihe.inner.workflow.engine.gov import find, variables
from taihe.inner.workflow.engine.graph import Marking
from taihe.inner.workflow.engine.layout import layout
from taihe.inner.workflow.engine.model import (
    AlreadyEnded,
    Flow,
    FlowRefused,
    JumpRefused,
    NotAtStep,
    Ready,
    RouteUnclear,
    StateUnreadable,
    Step,
    Variable,
)
from taihe.inner.workflow.engine.spiff import LockedEngine, parse_spec

_FORMAT = 1
_LARGEST_STATE = 256 * 1024
_KINDS: dict[str, type] = {"int": int, "text": str, "bool": bool}


@dataclass(frozen=True)
class _State:
    """Open visits {task id: step}, flows on which a branch waits at a join, steps done in this pass, the end."""

    visits: dict[str, str]
    waiting: frozenset[str]
    done: frozenset[str]
    ended: str | None = None

    @property
    def marking(self) -> Marking:
        return frozenset(self.visits.values()) | self.waiting


def load(bpmn: bytes) -> Flow:
    """Read a flow (cached by the file's sha256).  Raises FlowRefused with every fault when it does not pass `check`."""
    return _load(hashlib.sha256(bpmn).hexdigest(), bpmn)


@lru_cache(maxsize=64)
def _load(sha256: str, bpmn: bytes) -> Flow:
    drawing = examine(bpmn)
    if drawing.root is None or drawing.graph is None or drawing.faults:
        raise FlowRefused(list(drawing.faults))
    process, graph = find(drawing.root, "bpmn:process")[0], drawing.graph
    spec = parse_spec(drawing.root, process.get("id", ""))
    steps = [name for name in sorted(graph.order, key=graph.order.__getitem__) if graph.kinds[name] == "task"]
    return Flow(
        key=process.get("id", ""),
        title=process.get("name", ""),
        sha256=sha256,
        start=graph.start,
        ends={name: graph.titles[name] for name, kind in graph.kinds.items() if kind == "end"},
        nodes={
            name: replace(spec.task_specs[name].extensions["workItem"], order=order) for order, name in enumerate(steps)
        },
        variables=variables(process),
        graph=graph,
        layout=layout(drawing.root, graph),
        spec=spec,
    )


def begin(flow: Flow, data: Mapping[str, object]) -> Step:
    """Start a matter.  `data` is the routing context (declared variables); raises RouteUnclear."""
    workflow = BpmnWorkflow(flow.spec, script_engine=LockedEngine())
    workflow.task_tree.data = _facts(flow, data)
    return _step(flow, _run(flow, workflow, _State({}, frozenset(), frozenset())))


def finish(flow: Flow, blob: bytes, task_id: str, data: Mapping[str, object]) -> Step:
    """Close one visit and go on.

    Conditions see `data` only: the declared variables, `outcome` (key of the decisive outcome) and `outcomes_<node id>`
    (a count per outcome key, e.g. {"approve": 2}).  Raises NotAtStep, AlreadyEnded, RouteUnclear, StateUnreadable.
    """
    state = _read(flow, blob)
    node = _visited(state, task_id)
    left = replace(state, done=state.done | {node})
    workflow = _rebuild(flow, state)
    task = workflow.tasks[UUID(task_id)]
    task.data = _facts(flow, data)
    task.run()
    return _step(flow, _run(flow, workflow, left))


def jump(flow: Flow, blob: bytes, node: str, data: Mapping[str, object]) -> Step:
    """Re-enter an earlier step (退回); the visits it replaces are gone from `ready`, others keep their task_id.

    Raises JumpRefused when it would lose or double a parallel branch or the step was never worked on.
    """
    _facts(flow, data)
    state = _read(flow, blob)
    if state.ended is not None:
        raise AlreadyEnded()
    marking = flow.graph.returned(state.marking, node, state.done)
    if marking is None:
        raise JumpRefused(node=flow.nodes[node].title if node in flow.nodes else node)
    visits = {task: name for task, name in state.visits.items() if name in marking}
    visits[str(uuid4())] = node
    waiting = frozenset(place for place in marking if place in flow.graph.edges)
    return _step(flow, _State(visits, waiting, _still_done(flow, state.done, {node})))


def jump_targets(flow: Flow, blob: bytes, task_id: str) -> tuple[str, ...]:
    """Steps that this visit may be returned to, in the order of the stepper."""
    state = _read(flow, blob)
    here = _visited(state, task_id)
    found = []
    for node in flow.ordered():
        marking = flow.graph.returned(state.marking, node.id, state.done)
        if marking is not None and here not in marking:
            found.append(node.id)
    return tuple(found)


def _visited(state: _State, task_id: str) -> str:
    if state.ended is not None:
        raise AlreadyEnded()
    if task_id not in state.visits:
        raise NotAtStep()
    return state.visits[task_id]


def _facts(flow: Flow, data: Mapping[str, object]) -> dict[str, object]:
    """What conditions may ask for, complete and of the right kinds."""
    counts = {name: data.get(name, {}) for name in (f"outcomes_{node}" for node in flow.nodes)}
    if not all(isinstance(count, Mapping) for count in counts.values()):
        raise RouteUnclear(what="各结论的票数格式不对")
    return {
        "outcome": str(data.get("outcome") or ""),
        **{name: dict(count) for name, count in counts.items() if isinstance(count, Mapping)},
        **{variable.name: _fact(variable, data) for variable in flow.variables},
    }


def _fact(variable: Variable, data: Mapping[str, object]) -> object:
    value = data.get(variable.name, variable.default)
    if type(value) is not _KINDS[variable.kind]:
        raise RouteUnclear(what=f"事项信息“{variable.title}”没有填写或者格式不对")
    return value


def _rebuild(flow: Flow, state: _State) -> BpmnWorkflow:
    """Spiff's tree with the tokens of `state` and nothing else."""
    specs = flow.spec.task_specs
    workflow = BpmnWorkflow(flow.spec, script_engine=LockedEngine(), deserializing=True)
    workflow.task_tree = Task(workflow, flow.spec.start, state=TaskState.COMPLETED)
    for task_id, node in state.visits.items():
        Task(workflow, specs[node], workflow.task_tree, TaskState.READY, UUID(task_id))
    for place in sorted(state.waiting):
        edge = flow.graph.edges[place]
        giver = Task(workflow, specs[edge.source], workflow.task_tree, TaskState.COMPLETED)
        Task(workflow, specs[edge.target], giver, TaskState.WAITING)
    workflow._predict()
    return workflow


def _run(flow: Flow, workflow: BpmnWorkflow, left: _State) -> _State:
    """Let Spiff pass events and gateways, and note where its tokens then stand."""
    ends: list[str] = []

    def passed(task: Task) -> None:
        if isinstance(task.task_spec, EndEvent):
            ends.append(task.task_spec.name)

    try:
        workflow.do_engine_steps(did_complete_task=passed)
    except ConditionWrong as error:
        raise RouteUnclear(what=str(error)) from None
    visits, waiting = {}, set()
    for task in workflow.tasks.values():
        name = task.task_spec.name
        if task.state == TaskState.READY:
            visits[str(task.id)] = name
        elif task.state == TaskState.WAITING and name in flow.graph.kinds:
            waiting.add(next(edge.id for edge in flow.graph.into[name] if edge.source == task.parent.task_spec.name))
    opened = {name for task_id, name in visits.items() if task_id not in left.visits}
    ended = ends[-1] if not visits and not waiting else None
    return _State(visits, frozenset(waiting), _still_done(flow, left.done, opened), ended)


def _still_done(flow: Flow, done: frozenset[str], opened: set[str]) -> frozenset[str]:
    """Whoever enters a step again has not done it in this pass, nor anything after it."""
    again = opened & done
    return done - again - frozenset[str]().union(*(flow.graph.after[node] for node in again))


def _step(flow: Flow, state: _State) -> Step:
    kept = {
        "format": _FORMAT,
        "flow": flow.sha256,
        "visits": state.visits,
        "waiting": sorted(state.waiting),
        "done": sorted(state.done),
        "ended": state.ended,
    }
    blob = zlib.compress(json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
    order = flow.graph.order
    ready = sorted(
        (Ready(task_id, node) for task_id, node in state.visits.items()), key=lambda r: (order[r.node], r.task_id)
    )
    return Step(blob, tuple(ready), state.ended)


def _read(flow: Flow, blob: bytes) -> _State:
    """The kept state; raises StateUnreadable when it is damaged or belongs to another version of the flow."""
    try:
        opened = zlib.decompressobj()
        kept = json.loads(opened.decompress(blob, _LARGEST_STATE))
        state = _State(
            {str(UUID(task_id)): flow.nodes[node].id for task_id, node in kept["visits"].items()},
            frozenset(flow.graph.edges[place].id for place in kept["waiting"]),
            frozenset(flow.nodes[node].id for node in kept["done"]),
            None if kept["ended"] is None else str(kept["ended"]),
        )
        whole = opened.eof and kept["format"] == _FORMAT and kept["flow"] == flow.sha256
    except (zlib.error, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StateUnreadable() from None
    if not whole:
        raise StateUnreadable()
    return state
