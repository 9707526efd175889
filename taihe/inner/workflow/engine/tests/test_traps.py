"""Where bare SpiffWorkflow does harm, and what we do instead.

Each trap is first shown on the library as it comes (a test that fails when a new version has mended it: then our own
part may go), and then on our router.
"""

from __future__ import annotations

import json
import zlib
from io import BytesIO

import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from taihe.inner.workflow.engine import begin, check, finish, jump, jump_targets, load
from taihe.inner.workflow.engine.conditions import ConditionWrong, holds
from taihe.inner.workflow.engine.spiff import LockedEngine
from taihe.inner.workflow.engine.tests.drawings import (
    END,
    START,
    choice,
    close,
    drawing,
    fork,
    here,
    line,
    standing,
    task,
)


def bare(bpmn: bytes, **kwargs) -> BpmnWorkflow:
    """SpiffWorkflow as it comes, at its first step."""
    parser = BpmnParser()
    parser.add_bpmn_io(BytesIO(bpmn))
    workflow = BpmnWorkflow(parser.get_process_parser(parser.get_process_ids()[0]).get_spec(), **kwargs)
    workflow.do_engine_steps()
    return workflow


def ready(workflow: BpmnWorkflow, name: str):
    """The open task of that name."""
    return next(t for t in workflow.get_tasks(state=TaskState.READY) if t.task_spec.name == name)


def run(workflow: BpmnWorkflow, name: str, **data):
    """Finish the open task of that name; returns it."""
    found = ready(workflow, name)
    found.data.update(data)
    found.run()
    workflow.do_engine_steps()
    return found


def open_names(workflow: BpmnWorkflow) -> list[str]:
    return sorted(t.task_spec.name for t in workflow.get_tasks(state=TaskState.READY))


SIMPLE = drawing(
    START,
    task("a"),
    task("b"),
    task("c"),
    END,
    line("s1", "begun", "a"),
    line("s2", "a", "b"),
    line("s3", "b", "c"),
    line("s4", "c", "over"),
)
PARALLEL = drawing(
    START,
    task("a"),
    fork("split"),
    task("left"),
    task("right"),
    fork("join"),
    task("after"),
    END,
    line("s1", "begun", "a"),
    line("s2", "a", "split"),
    line("s3", "split", "left"),
    line("s4", "split", "right"),
    line("s5", "left", "join"),
    line("s6", "right", "join"),
    line("s7", "join", "after"),
    line("s8", "after", "over"),
)


class TestResetDeletesHistory:
    def test_spiff(self):
        workflow = bare(SIMPLE)
        first = run(workflow, "a")
        second = run(workflow, "b", opinion="同意")
        removed = workflow.reset_from_task_id(first.id)
        assert second in removed and second.id not in workflow.tasks

    def test_ours_holds_no_history_to_lose(self):
        """Opinions and history are rows of `workflow`; a return names a new visit and leaves no trace to be deleted."""
        flow = load(SIMPLE)
        there = close(flow, close(flow, begin(flow, {}), "a"), "b")
        back = jump(flow, there.blob, "a", {})
        assert standing(back) == ["a"]
        assert "opinion" not in zlib.decompress(there.blob).decode()


class TestResetLeavesBoundaryTimers:
    TIMED = drawing(
        START,
        task("a"),
        task("b"),
        '<bpmn:boundaryEvent id="late" attachedToRef="b"><bpmn:timerEventDefinition id="t"><bpmn:timeDuration'
        ' xsi:type="bpmn:tFormalExpression">"P1D"</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>',
        task("c"),
        END,
        line("s1", "begun", "a"),
        line("s2", "a", "b"),
        line("s3", "b", "over"),
        line("s4", "late", "c"),
        line("s5", "c", "over"),
    )

    def test_spiff(self):
        workflow = bare(self.TIMED)
        first = run(workflow, "a")
        workflow.reset_from_task_id(first.id)
        left = [t for t in workflow.event_manager.tasks.values() if t.id not in workflow.tasks]
        assert left, "a timer of a removed branch still waits"

    def test_ours_refuses_timers_and_boundary_events(self):
        sentences = [fault.sentence for fault in check(self.TIMED)]
        assert any("边界事件" in sentence and "late" in sentence for sentence in sentences)
        assert any("定时事件" in sentence for sentence in sentences)


class TestMultiInstance:
    SIGNED = drawing(
        START,
        '<bpmn:userTask id="sign" name="会签"><bpmn:multiInstanceLoopCharacteristics>'
        '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">3</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>",
        END,
        line("s1", "begun", "sign"),
        line("s2", "sign", "over"),
    )

    def test_spiff_never_ends_once_a_signer_is_cancelled(self):
        workflow = bare(self.SIGNED)
        signers = list(workflow.get_tasks(state=TaskState.READY))
        signers[0].cancel()
        for signer in signers[1:]:
            signer.run()
        workflow.do_engine_steps()
        assert not workflow.get_tasks(state=TaskState.READY) and not workflow.is_completed()

    def test_ours_countersigns_in_rows_and_refuses_it(self):
        (fault,) = [fault for fault in check(self.SIGNED) if "多实例" in fault.sentence]
        assert fault.element == "sign" and fault.line == 4 and "会签" in fault.sentence


class TestResetAcrossAJoin:
    @staticmethod
    def spiff(first: str, second: str, target: str) -> list[str]:
        workflow = bare(PARALLEL)
        run(workflow, "a")
        done = {name: run(workflow, name) for name in (first, second)}
        workflow.reset_from_task_id(done[target].id)
        workflow.do_engine_steps()
        return open_names(workflow)

    def test_spiff_depends_on_who_finished_first(self):
        assert self.spiff("right", "left", "left") == ["left"]
        assert self.spiff("left", "right", "left") == ["after", "left"], "the matter is now at two steps"

    @pytest.mark.parametrize("order", [("right", "left"), ("left", "right")])
    def test_ours_does_not(self, order):
        flow = load(PARALLEL)
        step = close(flow, begin(flow, {}), "a")
        for name in order:
            step = close(flow, step, name)
        assert jump_targets(flow, step.blob, step.ready[0].task_id) == ("a", "left", "right")
        back = jump(flow, step.blob, "left", {})
        assert standing(back) == ["left"]
        assert standing(close(flow, back, "left")) == ["after"], "the other branch stays done"


class TestJoinInALoop:
    """A second round through a parallel block."""

    LOOP = drawing(
        START,
        choice("again"),
        fork("split"),
        task("left"),
        task("right"),
        fork("join"),
        task("judge"),
        choice("enough", "out"),
        END,
        line("s1", "begun", "again"),
        line("s2", "again", "split"),
        line("s3", "split", "left"),
        line("s4", "split", "right"),
        line("s5", "left", "join"),
        line("s6", "right", "join"),
        line("s7", "join", "judge"),
        line("s8", "judge", "enough"),
        line("s9", "enough", "again", 'outcome == "b"'),
        line("out", "enough", "over"),
    )

    def test_spiff_takes_a_branch_of_the_round_before(self):
        workflow = bare(self.LOOP)
        for name in ("left", "right"):
            run(workflow, name)
        run(workflow, "judge", outcome="b")
        assert open_names(workflow) == ["left", "right"]
        run(workflow, "right")
        assert "judge" in open_names(workflow), "left is still open in this round"

    def test_ours_waits_for_both_in_every_round(self):
        flow = load(self.LOOP)
        step = begin(flow, {})
        for _ in range(3):
            step = close(flow, step, "left")
            assert standing(step) == ["right"]
            step = close(flow, step, "right")
            assert standing(step) == ["judge"]
            step = close(flow, step, "judge", "b")
        assert standing(step) == ["left", "right"]


class TestOrderOfConditions:
    """Two conditions hold at once: the file decides, not the height in the picture."""

    @staticmethod
    def drawn(high: str, low: str) -> bytes:
        shapes = "".join(
            f'<bpmndi:BPMNShape id="{name}_shape" bpmnElement="{name}">'
            f'<dc:Bounds x="0" y="{y}" width="9" height="9"/></bpmndi:BPMNShape>'
            for name, y in ((high, 10), (low, 500))
        )
        plane = f'<bpmndi:BPMNPlane id="pl" bpmnElement="p">{shapes}</bpmndi:BPMNPlane>'
        return drawing(
            START,
            task("a"),
            choice("which", "s4"),
            task("one"),
            task("two"),
            END,
            line("s1", "begun", "a"),
            line("s2", "a", "which"),
            line("first", "which", "one", 'outcome == "a"'),
            line("second", "which", "two", 'outcome in ("a", "b")'),
            line("s4", "which", "over"),
            line("s5", "one", "over"),
            line("s6", "two", "over"),
            after=f'<bpmndi:BPMNDiagram id="d">{plane}</bpmndi:BPMNDiagram>',
        )

    def test_spiff_goes_by_the_picture(self):
        found = []
        for high, low in (("one", "two"), ("two", "one")):
            workflow = bare(self.drawn(high, low))
            run(workflow, "a", outcome="a")
            found.append(open_names(workflow))
        assert found == [["one"], ["two"]]

    @pytest.mark.parametrize("places", [("one", "two"), ("two", "one")])
    def test_ours_goes_by_the_file(self, places):
        flow = load(self.drawn(*places))
        assert standing(close(flow, begin(flow, {}), "a", "a")) == ["one"]


class TestEscape:
    """Spiff's documented lock-down hands eval a list of allowed names."""

    ESCAPE = "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'Popen'] != None"

    def test_spiff(self):
        locked = TaskDataEnvironment({"__builtins__": {}})
        assert locked.evaluate(self.ESCAPE, {}) is True
        assert locked.evaluate("().__class__.__base__.__subclasses__()", {}), "every class of the process is in reach"

    def test_ours(self):
        with pytest.raises(ConditionWrong):
            holds(self.ESCAPE, {})
        faults = check(
            drawing(
                START,
                task("a"),
                choice("g", "s4"),
                END,
                '<bpmn:endEvent id="other" name="另结"/>',
                line("s1", "begun", "a"),
                line("s2", "a", "g"),
                line("bad", "g", "other", self.ESCAPE),
                line("s4", "g", "over"),
            )
        )
        assert [fault.element for fault in faults] == ["bad"]


class TestScripts:
    SCRIPTED = drawing(
        START,
        '<bpmn:scriptTask id="run" name="脚本"><bpmn:script>open("/etc/hostname")</bpmn:script></bpmn:scriptTask>',
        task("a"),
        END,
        line("s1", "begun", "run"),
        line("s2", "run", "a"),
        line("s3", "a", "over"),
    )

    def test_spiff_runs_them(self):
        workflow = bare(self.SCRIPTED)
        assert open_names(workflow) == ["a"]

    def test_ours_refuses_them_twice(self):
        assert any("脚本任务" in fault.sentence for fault in check(self.SCRIPTED))
        with pytest.raises(Exception, match="scripts are never run"):
            bare(self.SCRIPTED, script_engine=LockedEngine())

    def test_services_are_never_called(self):
        with pytest.raises(PermissionError, match="services are never called"):
            LockedEngine().environment.call_service({}, operation_name="x")


class TestLoadedState:
    def test_spiff_forgets_the_locked_engine_and_carries_the_definition(self):
        serializer = BpmnWorkflowSerializer()
        workflow = bare(SIMPLE, script_engine=LockedEngine())
        kept = serializer.serialize_json(workflow)
        assert type(serializer.deserialize_json(kept).script_engine) is PythonScriptEngine, "plain eval again"
        assert "task_specs" in kept and len(zlib.compress(kept.encode())) > 1000

    def test_ours_is_locked_at_every_move_and_small(self):
        """A condition that Spiff's own engine would answer with eval is answered by ours, after the state was kept."""
        flow = load(here("parallel"))
        step = begin(flow, {})
        for name in ("draft", "law", "law_head", "money"):
            step = close(flow, step, name)
        kept = json.loads(zlib.decompress(step.blob))
        assert kept["flow"] == flow.sha256 and "spec" not in kept and len(step.blob) < 400
        spec = flow.spec.task_specs["enough"]
        text = next(condition.args[0] for condition, _ in spec.cond_task_specs if condition is not None)
        assert text == 'outcome == "again"'
        assert standing(close(flow, step, "total", "again")) == ["money", "law"]


class TestNamesOfSpiff:
    """An element called like one of Spiff's own inner tasks is silently taken for it."""

    NAMED = drawing(START, task("End"), END, line("s1", "begun", "End"), line("s2", "End", "over"))

    def test_spiff_skips_the_step(self):
        assert bare(self.NAMED).is_completed()

    def test_ours_refuses_the_name(self):
        (fault,) = check(self.NAMED)
        assert fault.element == "End" and "编号不能使用" in fault.sentence


def test_state_does_not_grow_with_returns():
    """Spiff's tree grows by every round; ours is the same size after a hundred."""
    flow = load(here("countersign"))
    step = close(flow, begin(flow, {}), "draft")
    size = len(step.blob)
    for _ in range(100):
        visit = step.ready[0].task_id
        step = finish(flow, step.blob, visit, {"outcomes_sign": {"disagree": 1}})
        step = close(flow, step, "draft")
    assert abs(len(step.blob) - size) < 20
