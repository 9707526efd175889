"""SpiffWorkflow, held to what the county needs of it: it decides which step is next, and can run nothing.

Parts of it are replaced by parsers and specs of ours, each because the original does harm (`tests/test_traps.py` shows
every one): conditions are evaluated by the small language of `conditions`; a gateway's flows are tried in the order
of the file, not of their height in the picture; a parallel join counts only branches that wait there now; and scripts
and services are refused outright.
"""

from __future__ import annotations

import logging
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import ExclusiveGateway, ParallelGateway, UserTask
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from taihe.inner.workflow.engine import conditions
from taihe.inner.workflow.engine.gov import work_item

# Spiff narrates every token; what happened to a matter stands in FlowLog.
logging.getLogger("spiff").setLevel(logging.WARNING)


class NothingRuns(BasePythonScriptEngineEnvironment):
    """Conditions by our grammar; no script, no service, ever."""

    def evaluate(self, expression: str, context: dict[str, object], external_context: object = None) -> bool:
        """Whether a condition holds on the facts of this step."""
        return conditions.holds(expression, context)

    def execute(self, script: str, context: object, external_context: object = None) -> bool:
        """Refused: flows carry no scripts."""
        raise PermissionError("scripts are never run")

    def call_service(self, context: object, **kwargs: object) -> None:
        """Refused: flows call no services."""
        raise PermissionError("services are never called")


class LockedEngine(PythonScriptEngine):
    """Spiff's script engine on `NothingRuns`; conditions raise their own error unwrapped."""

    def __init__(self) -> None:
        super().__init__(NothingRuns())

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> bool:
        """Whether a condition holds; raises ConditionWrong."""
        return bool(self.environment.evaluate(expression, task.data))


class WaitingJoin(ParallelGateway):
    """A parallel join that fires when a branch waits on every incoming flow now.

    Spiff's own looks through the whole history: in a loop it takes a branch of the round before for one of this round.
    """

    def _update_hook(self, my_task: Task) -> bool:
        here = [task for task in my_task.workflow.tasks.values() if task.task_spec is self]
        waiting = [task for task in here if task is not my_task and task.state == TaskState.WAITING]
        arrived = {task.parent.task_spec.name for task in (my_task, *waiting)}
        if arrived < {spec.name for spec in self.inputs}:
            my_task._set_state(TaskState.WAITING)
            return False
        for task in waiting:
            task.cancel()
        my_task._inherit_data()
        return True

    def _run_hook(self, my_task: Task) -> bool:
        return True


class StepParser(TaskParser):
    """A userTask with our gov:workItem."""

    def parse_extensions(self, node: etree._Element | None = None) -> dict[str, Any]:
        """The step as people know it."""
        return {"workItem": work_item(self.node)}


class _InFileOrder:
    """Spiff sorts the flows of a gateway by the height of their targets in the picture; here all stand equally high."""

    def get_position(self, node: etree._Element | None = None) -> dict[str, float]:
        return {"x": 0.0, "y": 0.0}


class ChoiceParser(_InFileOrder, ConditionalGatewayParser):
    """An exclusive gateway whose conditions are tried in the order of the file."""


class JoinParser(_InFileOrder, GatewayParser):
    """A parallel gateway."""


class FlowParser(BpmnParser):
    """Spiff's parser with our steps and gateways."""

    OVERRIDE_PARSER_CLASSES = {
        full_tag("userTask"): (StepParser, UserTask),
        full_tag("exclusiveGateway"): (ChoiceParser, ExclusiveGateway),
        full_tag("parallelGateway"): (JoinParser, WaitingJoin),
    }


def parse_spec(root: etree._Element, process: str) -> BpmnProcessSpec:
    """Spiff's specification of a checked drawing."""
    parser = FlowParser()
    parser.add_bpmn_xml(root)
    return parser.process_parsers[process].get_spec()
