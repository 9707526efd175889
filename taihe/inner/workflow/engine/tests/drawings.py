"""Small drawings for tests: each function gives one element, `drawing` puts them into a file."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from taihe.inner.workflow.engine import Flow, Step, finish

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gov="urn:taihe:bpmn:gov:1" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="file" targetNamespace="urn:taihe:flows">'
)
START = '<bpmn:startEvent id="begun" name="发起"/>'
END = '<bpmn:endEvent id="over" name="办结"/>'


def here(name: str) -> bytes:
    """A flow file of the tests."""
    return (Path(__file__).parent / "flows" / f"{name}.bpmn").read_bytes()


def drawing(*parts: str, facts: str = "", after: str = "") -> bytes:
    """A file of one process `p`, one element a line."""
    facts = f"<bpmn:extensionElements>{facts}</bpmn:extensionElements>" if facts else ""
    body = "\n".join([facts, *parts])
    process = f'<bpmn:process id="p" name="流程" isExecutable="true">{body}\n</bpmn:process>'
    return f"{HEAD}\n{process}{after}</bpmn:definitions>".encode()


def task(name: str, title: str = "", item: str = 'role="demo.someone"', outcomes: str = "ab") -> str:
    """A userTask with one-letter outcomes."""
    keys = "".join(f'<gov:outcome key="{key}" title="结论{key}"/>' for key in outcomes)
    return (
        f'<bpmn:userTask id="{name}" name={quoteattr(title or "环节" + name)}><bpmn:extensionElements>'
        f"<gov:workItem {item}>{keys}</gov:workItem></bpmn:extensionElements></bpmn:userTask>"
    )


def choice(name: str, default: str = "") -> str:
    """An exclusive gateway."""
    return f'<bpmn:exclusiveGateway id="{name}"{f""" default="{default}" """ if default else ""}/>'


def fork(name: str) -> str:
    """A parallel gateway."""
    return f'<bpmn:parallelGateway id="{name}"/>'


def line(name: str, source: str, target: str, condition: str = "") -> str:
    """A sequence flow."""
    inside = (
        f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
        if condition
        else ""
    )
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{inside}</bpmn:sequenceFlow>'


def close(flow: Flow, step: Step, node: str, outcome: str = "", **data: object) -> Step:
    """Finish the open visit of `node`."""
    visit = next(ready for ready in step.ready if ready.node == node)
    return finish(flow, step.blob, visit.task_id, {"outcome": outcome, **data})


def standing(step: Step) -> list[str]:
    """The open steps."""
    return [ready.node for ready in step.ready]
