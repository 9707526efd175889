"""Opening a drawing that may be hostile: plain UTF-8 XML, no DTD, no entities, only elements the county's flows use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from lxml import etree
from SpiffWorkflow.bpmn.parser.BpmnParser import XSD_PATH

from taihe.inner.workflow.engine.gov import BPMN, DC, DI, GOV, LINE, Faulty
from taihe.inner.workflow.engine.model import Fault

LARGEST_FILE = 256 * 1024
_ENCODING = re.compile(rb"""<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']""")

CALLED = {
    "definitions": "流程文件",
    "process": "流程",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "userTask": "环节",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "sequenceFlow": "连线",
}
_NAMESPACE = re.compile(r"\{[^}]*\}")
_NAMED = {"id", "name"}
# Attributes without a namespace; anything else on these elements could change what happens at run time.
_ALLOWED: dict[str, set[str]] = {
    "definitions": _NAMED | {"targetNamespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"},
    "process": _NAMED | {"isExecutable", "processType", "isClosed"},
    "startEvent": _NAMED,
    "endEvent": _NAMED,
    "userTask": _NAMED,
    "exclusiveGateway": _NAMED | {"default", "gatewayDirection"},
    "parallelGateway": _NAMED | {"gatewayDirection"},
    "sequenceFlow": _NAMED | {"sourceRef", "targetRef"},
    "conditionExpression": {"id"},
    "documentation": {"id", "textFormat"},
    "incoming": set(),
    "outgoing": set(),
    "extensionElements": set(),
    "laneSet": _NAMED,
    "lane": _NAMED,
    "flowNodeRef": set(),
}
_GOV_ALLOWED: dict[str, set[str]] = {
    "workItem": {"role", "mode", "limitDays", "opinion", "form"},
    "outcome": {"key", "title", "veto", "explain"},
    "variable": {"name", "type", "title", "default"},
}
_DRAWING = {
    DI: {"BPMNDiagram", "BPMNPlane", "BPMNShape", "BPMNEdge", "BPMNLabel", "BPMNLabelStyle"},
    DC: {"Bounds", "Font"},
    LINE: {"waypoint"},
}
_FORBIDDEN = {
    "multiInstanceLoopCharacteristics": "多实例（会签请用办理方式 all 或 serial）",
    "standardLoopCharacteristics": "循环标记（请用连线画出循环）",
    "boundaryEvent": "边界事件",
    "timerEventDefinition": "定时事件（时限请用 limitDays）",
    "scriptTask": "脚本任务",
    "serviceTask": "服务任务",
    "sendTask": "发送任务",
    "receiveTask": "接收任务",
    "businessRuleTask": "业务规则任务",
    "manualTask": "手工任务（请用用户任务）",
    "task": "未定类型的任务（请用用户任务）",
    "callActivity": "调用活动",
    "subProcess": "子流程",
    "adHocSubProcess": "即席子流程",
    "transaction": "事务子流程",
    "inclusiveGateway": "包容网关",
    "complexGateway": "复杂网关",
    "eventBasedGateway": "事件网关",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "terminateEventDefinition": "终止事件",
}
_XSD_HINTS = {
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "缺少必需的属性",
    "SCHEMAV_ELEMENT_CONTENT": "下级元素的种类或先后顺序不对",
    "SCHEMAV_CVC_IDC": "编号重复或引用不存在",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "编号重复，或者有的值写法不对",
}


def open_drawing(bpmn: bytes) -> tuple[etree._Element | None, list[Fault]]:
    """The root element and the faults of form; None when the file cannot be read at all.  Fetches nothing."""
    refusal = _unsafe(bpmn)
    if refusal:
        return None, [Fault("", 1, f"流程文件{refusal}")]
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(bpmn, parser)
    except etree.XMLSyntaxError as error:
        line = (error.position or (1, 0))[0]
        return None, [Fault("", line, f"流程文件第 {line} 行不是完整的 XML，可能在传输中损坏。")]
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{BPMN}}}definitions":
        return None, [Fault("", 1, "流程文件不是 BPMN 2.0 文件，或者带有 DTD。")]
    outside = root.xpath("/processing-instruction()")
    faults = [fault for element in (*outside, *root.iter()) for fault in _vocabulary(element)]
    return root, faults or _schema_faults(root)


def _unsafe(bpmn: bytes) -> str:
    if len(bpmn) > LARGEST_FILE:
        return f"超过 {LARGEST_FILE // 1024} KB。"
    try:
        bpmn.decode("utf-8")
    except UnicodeDecodeError:
        return "不是 UTF-8 编码。"
    declared = _ENCODING.search(bpmn[:200])
    if declared and declared.group(1).lower() not in (b"utf-8", b"utf8"):
        return "声明的编码不是 UTF-8。"
    if b"<!DOCTYPE" in bpmn or b"<!ENTITY" in bpmn:
        return "带有 DTD 或实体定义，可能是攻击文件。"
    return ""


def located(element: etree._Element, sentence: str) -> Fault:
    """A fault of an element, with its kind, Chinese title, id and line said in the sentence."""
    named = element
    while named.get("id") is None and named.getparent() is not None:
        named = named.getparent()
    kind = CALLED.get(etree.QName(named).localname, etree.QName(named).localname)
    title, identity, line = named.get("name", ""), named.get("id", ""), int(element.sourceline or 1)
    return Fault(identity, line, f"{kind}“{title or identity}”（编号 {identity}，第 {line} 行）{sentence}")


def located_all(faulty: Faulty) -> list[Fault]:
    """The same for many."""
    return [located(element, sentence) for element, sentence in faulty]


def _vocabulary(element: etree._Element) -> list[Fault]:
    if element.tag is etree.Comment:
        return []
    if not isinstance(element.tag, str):
        return [
            Fault("", int(element.sourceline or 1), f"流程文件第 {element.sourceline or 1} 行带有处理指令或实体引用。")
        ]
    name = etree.QName(element)
    if name.localname in _DRAWING.get(name.namespace, ()):
        return []
    allowed = {BPMN: _ALLOWED, GOV: _GOV_ALLOWED}.get(name.namespace, {}).get(name.localname)
    if allowed is None:
        what = _FORBIDDEN.get(name.localname, f"元素 {name.localname}")
        return [located(element, f"处使用了不支持的{what}。")]
    extra = sorted(key for key in element.attrib if not key.startswith("{") and key not in allowed)
    return [located(element, f"的 {name.localname} 带有不支持的属性 {key}。") for key in extra]


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(Path(XSD_PATH)))


def _schema_faults(root: etree._Element) -> list[Fault]:
    """Against the OMG's BPMN 2.0 schema, as shipped with SpiffWorkflow."""
    schema = _schema()
    if schema.validate(root):
        return []
    faults = []
    for entry in schema.error_log:
        found = [
            element for element in root.iter() if element.sourceline == entry.line and isinstance(element.tag, str)
        ]
        hint = _XSD_HINTS.get(entry.type_name, "写法有误")
        said = _NAMESPACE.sub("", entry.message).rstrip(".")
        faults.append(located(found[-1] if found else root, f"不符合 BPMN 2.0 规范：{hint}（{said}）。"))
    return faults
