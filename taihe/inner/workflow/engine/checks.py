"""What a drawing must satisfy before the county works by it; every fault names its element.

In four rounds, each only when the one before found nothing: form (safe XML, known elements, the BPMN schema), content
(titles, work items, conditions, links), the graph (nothing unreachable, no loop without people), and the token game
(nothing gets stuck, no step is entered twice at once).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from taihe.inner.workflow.engine import conditions
from taihe.inner.workflow.engine.gov import (
    SAFE_KEY,
    Faulty,
    find,
    variable_faults,
    variables,
    work_item,
    work_item_faults,
)
from taihe.inner.workflow.engine.graph import Edge, Graph, Kind, Unsound
from taihe.inner.workflow.engine.model import Fault
from taihe.inner.workflow.engine.reading import CALLED, located, located_all, open_drawing

MOST_ELEMENTS = 120
LONGEST_TITLE = 60
KINDS: dict[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "userTask": "task",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
}
# Names of SpiffWorkflow's own inner tasks: an element of that id would silently be taken for them.
_RESERVED = {"Start", "End", "Root", "StartEventSplit", "StartEventJoin"}


@dataclass(frozen=True)
class Drawing:
    """A file that has been read; `graph` is None unless the file has no fault of form or content."""

    root: etree._Element | None
    graph: Graph | None
    faults: tuple[Fault, ...]


def check(bpmn: bytes) -> list[Fault]:
    """All faults of a BPMN file, [] when it may be deployed; never raises on hostile input."""
    return list(examine(bpmn).faults)


def examine(bpmn: bytes) -> Drawing:
    """Read and check a file."""
    root, faults = open_drawing(bpmn)
    if root is None or faults:
        return Drawing(root, None, tuple(faults))
    processes = find(root, "bpmn:process")
    if len(processes) != 1:
        return Drawing(root, None, (located(root, "必须有且只有一个流程（process）。"),))
    process = processes[0]
    faults = located_all(_content(process))
    if faults:
        return Drawing(root, None, tuple(faults))
    graph = graph_of(process)
    by_id = {element.get("id"): element for element in process}
    faults = [located(by_id[name], sentence) for name, sentence in _graph_faults(graph)]
    return Drawing(root, graph, tuple(faults))


def graph_of(process: etree._Element) -> Graph:
    """The elements and flows of a process whose links are known to be right."""
    elements = _elements(process)
    defaults = {element.get("default") for element in elements}
    edges = {}
    for flow in find(process, "bpmn:sequenceFlow"):
        text = None if flow.get("id") in defaults else _condition(flow)
        edges[flow.get("id")] = Edge(
            flow.get("id"), flow.get("sourceRef"), flow.get("targetRef"), flow.get("name", ""), text
        )
    return Graph(
        kinds={element.get("id"): KINDS[etree.QName(element).localname] for element in elements},
        titles={element.get("id"): element.get("name", "") for element in elements},
        edges=edges,
    )


def _elements(process: etree._Element) -> list[etree._Element]:
    return [element for element in process.iterchildren("{*}*") if etree.QName(element).localname in KINDS]


def _condition(flow: etree._Element) -> str | None:
    texts = [part.text or "" for part in find(flow, "bpmn:conditionExpression")]
    return texts[0].strip() if texts else None


def _content(process: etree._Element) -> Faulty:
    elements = _elements(process)
    faults = [*_process_faults(process, elements), *variable_faults(process)]
    for element in [process, *elements, *find(process, "bpmn:sequenceFlow")]:
        faults += _identity_faults(element)
    for element in elements:
        if element.tag.endswith("}userTask"):
            faults += work_item_faults(element)
    faults += _link_faults(process, elements)
    return faults or _condition_faults(process)


def _process_faults(process: etree._Element, elements: list[etree._Element]) -> Faulty:
    faults: Faulty = []
    if process.get("isExecutable") == "false":
        faults.append((process, "标为不可执行（isExecutable）。"))
    if len(elements) > MOST_ELEMENTS:
        faults.append((process, f"的元素超过 {MOST_ELEMENTS} 个，请拆成几个流程。"))
    for name, least, most in (("startEvent", 1, 1), ("endEvent", 1, MOST_ELEMENTS), ("userTask", 1, MOST_ELEMENTS)):
        count = len(find(process, f"bpmn:{name}"))
        if not least <= count <= most:
            faults.append(
                (process, f"有 {count} 个{CALLED[name]}，应当{'有且只有一个' if most == 1 else '至少有一个'}。")
            )
    return faults


def _identity_faults(element: etree._Element) -> Faulty:
    identity, title = element.get("id", ""), element.get("name", "")
    faults: Faulty = []
    if not SAFE_KEY.fullmatch(identity) or identity in _RESERVED:
        faults.append((element, "的编号不能使用：只能用英文字母开头的字母、数字、下划线，不超过 40 个字符。"))
    if len(title) > LONGEST_TITLE:
        faults.append((element, f"的名称超过 {LONGEST_TITLE} 个字。"))
    if not title.strip() and etree.QName(element).localname in ("process", "userTask", "endEvent"):
        faults.append((element, "没有中文名称（name）。"))
    return faults


def _link_faults(process: etree._Element, elements: list[etree._Element]) -> Faulty:
    known = {element.get("id"): etree.QName(element).localname for element in elements}
    flows = find(process, "bpmn:sequenceFlow")
    faults: Faulty = []
    pairs: set[tuple[str, str]] = set()
    for flow in flows:
        pair = flow.get("sourceRef", ""), flow.get("targetRef", "")
        if not set(pair) <= known.keys():
            faults.append((flow, "的一端没有连在流程的环节、网关或事件上。"))
        if pair in pairs:
            faults.append((flow, "与另一条连线的起点和终点相同。"))
        if known.get(pair[0]) == "endEvent" or known.get(pair[1]) == "startEvent":
            faults.append((flow, "不能从结束事件连出，也不能连入开始事件。"))
        pairs.add(pair)
    for element in elements:
        leaving = [flow for flow in flows if flow.get("sourceRef") == element.get("id")]
        faults += _leaving_faults(element, known[element.get("id")], leaving)
    return faults


def _leaving_faults(element: etree._Element, kind: str, leaving: list[etree._Element]) -> Faulty:
    conditional = [flow for flow in leaving if _condition(flow) is not None]
    if kind == "exclusiveGateway" and len(leaving) > 1:
        return _exclusive_faults(element, leaving)
    faults: Faulty = [(flow, "不是从多个出口的排他网关连出的，不能带条件。") for flow in conditional]
    if element.get("default"):
        faults.append((element, "只有一个出口，不需要缺省连线（default）。"))
    if not leaving and kind != "endEvent":
        faults.append((element, "没有连出的连线，走到这里就走不下去了。"))
    if len(leaving) > 1 and kind in ("userTask", "startEvent"):
        faults.append((element, f"有 {len(leaving)} 条连出的连线，分支请用排他网关或并行网关。"))
    return faults


def _exclusive_faults(gateway: etree._Element, leaving: list[etree._Element]) -> Faulty:
    default = gateway.get("default")
    faults: Faulty = []
    if default not in [flow.get("id") for flow in leaving]:
        faults.append((gateway, "没有缺省连线（default）：各条件都不成立时，事项将无处可去。"))
    for flow in leaving:
        if flow.get("id") == default and _condition(flow) is not None:
            faults.append((flow, "是缺省连线，不能带条件。"))
        if flow.get("id") != default and not _condition(flow):
            faults.append((flow, "从排他网关连出，没有写条件。"))
    return faults


def _condition_faults(process: etree._Element) -> Faulty:
    """Grammar, names, kinds: every condition is tried once with sample facts (nothing is short-circuited)."""
    tasks = {task.get("id"): work_item(task) for task in find(process, "bpmn:userTask")}
    samples: dict[str, object] = {"outcome": "", **{f"outcomes_{name}": {} for name in tasks}}
    kinds: dict[str, object] = {"int": 1, "text": "", "bool": True}
    samples |= {variable.name: kinds[variable.kind] for variable in variables(process)}
    keys = {f"outcomes_{name}": {key for key, _ in node.outcomes} for name, node in tasks.items()}
    faults: Faulty = []
    for flow in find(process, "bpmn:sequenceFlow"):
        if text := _condition(flow):
            faults += [(flow, sentence) for sentence in _expression_faults(text, samples, keys)]
    return faults


def _expression_faults(text: str, samples: dict[str, object], keys: dict[str, set[str]]) -> list[str]:
    try:
        tree = conditions.parse(text)
    except conditions.ConditionWrong as error:
        return [f"的条件写法不对：{error}。"]
    unknown = sorted(conditions.names(tree) - samples.keys())
    if unknown:
        return [f"的条件用到了未声明的变量 {name}。" for name in unknown]
    missing = sorted(key for name, key in conditions.counted(tree) if key not in keys.get(name, ()))
    if missing:
        return [f"的条件用到了该环节没有的办理结论 {key}。" for key in missing]
    try:
        conditions.holds(text, samples)
    except conditions.ConditionWrong as error:
        return [f"的条件不成立：{error}。"]
    return []


def _graph_faults(graph: Graph) -> list[tuple[str, str]]:
    faults = [(name, "从开始事件走不到。") for name in graph.kinds if name not in graph.order]
    ending = {name for name, kind in graph.kinds.items() if kind == "end"}
    while more := {edge.source for edge in graph.edges.values() if edge.target in ending} - ending:
        ending |= more
    faults += [(name, "走不到任何结束事件。") for name in graph.kinds if name not in ending and name in graph.order]
    faults += [(name, "在一个没有任何环节的循环里，系统会无休止地转下去。") for name in _empty_loops(graph)]
    if faults:
        return faults
    try:
        _ = graph.markings
    except Unsound as error:
        return [(error.element, str(error))]
    return []


def _empty_loops(graph: Graph) -> list[str]:
    """Gateways that lie on a loop of gateways only."""
    gateways = {name for name, kind in graph.kinds.items() if kind in ("exclusive", "parallel")}
    while leaves := {name for name in gateways if not any(edge.target in gateways for edge in graph.out[name])}:
        gateways -= leaves
    return sorted(gateways)
