"""What our flows say beyond BPMN: who works on a step, how, until when, and with which outcomes.

Written inside `<bpmn:extensionElements>`: `gov:workItem` (with `gov:outcome`) in a userTask, `gov:variable` in the
process.
"""

from __future__ import annotations

import re
from typing import cast

from lxml import etree

from taihe.inner.workflow.engine.model import Kind, Mode, Node, OpinionRule, Value, Variable

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
LINE = "http://www.omg.org/spec/DD/20100524/DI"
GOV = "urn:taihe:bpmn:gov:1"
NAMES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": LINE, "gov": GOV}

MODES = ("any", "all", "serial")
KINDS = ("int", "text", "bool")
SAFE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
ROLE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
LONGEST_LIMIT = 365

Faulty = list[tuple[etree._Element, str]]


def find(element: etree._Element, path: str) -> list[etree._Element]:
    """Elements below, by a path with our fixed prefixes."""
    return cast("list[etree._Element]", element.findall(path, NAMES))


def work_item(task: etree._Element, order: int = 0) -> Node:
    """The step that a checked userTask describes."""
    item = find(task, "bpmn:extensionElements/gov:workItem")[0]
    outcomes = find(item, "gov:outcome")
    days = item.get("limitDays")
    return Node(
        id=task.get("id", ""),
        title=task.get("name", ""),
        role=item.get("role", ""),
        mode=cast("Mode", item.get("mode", "any")),
        limit_days=int(days) if days else None,
        outcomes=tuple((outcome.get("key", ""), outcome.get("title", "")) for outcome in outcomes),
        opinion=cast("OpinionRule", item.get("opinion", "optional")),
        form=item.get("form", ""),
        order=order,
        veto=frozenset(outcome.get("key", "") for outcome in outcomes if outcome.get("veto") == "true"),
        explain=frozenset(outcome.get("key", "") for outcome in outcomes if outcome.get("explain") == "true"),
    )


def work_item_faults(task: etree._Element) -> Faulty:
    """What is missing or wrong in a userTask's gov:workItem."""
    items = find(task, "bpmn:extensionElements/gov:workItem")
    if len(items) != 1:
        return [(task, "必须有且只有一个 gov:workItem，写明由谁办理、如何办理。")]
    item = items[0]
    rules = {
        "role": (ROLE.fullmatch(item.get("role", "")), "没有写明办理角色（role）或者写法不对，例如 portal.first。"),
        "mode": (item.get("mode", "any") in MODES, "的办理方式（mode）只能是 any、all、serial。"),
        "opinion": (
            item.get("opinion", "optional") in ("required", "optional"),
            "的 opinion 只能是 required、optional。",
        ),
        "limitDays": (
            _days(item.get("limitDays")),
            f"的办理时限（limitDays）只能是 1 到 {LONGEST_LIMIT} 的整数工作日。",
        ),
        "form": (not item.get("form") or ROLE.fullmatch(item.get("form", "")), "的附加表单（form）写法不对。"),
    }
    faults: Faulty = [(task, sentence) for holds, sentence in rules.values() if not holds]
    return faults + _outcome_faults(task, find(item, "gov:outcome"))


def _days(text: str | None) -> bool:
    return not text or (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= LONGEST_LIMIT)


def _outcome_faults(task: etree._Element, outcomes: list[etree._Element]) -> Faulty:
    faults: Faulty = [] if outcomes else [(task, "没有写明办理结论（gov:outcome），至少要有一个。")]
    seen: set[str] = set()
    for outcome in outcomes:
        key = outcome.get("key", "")
        if not SAFE_KEY.fullmatch(key) or not outcome.get("title"):
            faults.append((task, f"的办理结论“{key}”要写明 key（字母开头的英文、数字、下划线）和中文名称 title。"))
        if key in seen:
            faults.append((task, f"的办理结论“{key}”重复。"))
        if {outcome.get("veto", "false"), outcome.get("explain", "false")} - {"true", "false"}:
            faults.append((task, f"的办理结论“{key}”的 veto、explain 只能是 true、false。"))
        seen.add(key)
    return faults


def variables(process: etree._Element) -> tuple[Variable, ...]:
    """The facts that a checked process declares."""
    return tuple(
        Variable(
            name=element.get("name", ""),
            kind=cast("Kind", element.get("type", "")),
            title=element.get("title") or element.get("name", ""),
            default=_typed(element.get("type", ""), element.get("default")),
        )
        for element in find(process, "bpmn:extensionElements/gov:variable")
    )


def variable_faults(process: etree._Element) -> Faulty:
    """What is wrong with the declared facts."""
    faults: Faulty = []
    seen: set[str] = set()
    for element in find(process, "bpmn:extensionElements/gov:variable"):
        name, kind = element.get("name", ""), element.get("type", "")
        if not SAFE_KEY.fullmatch(name) or name.startswith("outcome") or name in ("len", "min", "max", "sum"):
            faults.append((process, f"声明的变量“{name}”名称不能使用。"))
        if name in seen:
            faults.append((process, f"声明的变量“{name}”重复。"))
        if kind not in KINDS:
            faults.append((process, f"声明的变量“{name}”类型只能是 int、text、bool。"))
        elif element.get("default") is not None and _typed(kind, element.get("default")) is None:
            faults.append((process, f"声明的变量“{name}”的缺省值与类型不符。"))
        seen.add(name)
    return faults


def _typed(kind: str, text: str | None) -> Value | None:
    if text is None or kind == "text":
        return text
    if kind == "bool":
        return {"true": True, "false": False}.get(text)
    return int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else None
