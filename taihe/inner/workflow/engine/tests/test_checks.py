"""Deploy checks: whatever is wrong with a drawing, a sentence names the element, its title and its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.inner.workflow.engine import FlowRefused, check, load
from taihe.inner.workflow.engine.reading import LARGEST_FILE
from taihe.inner.workflow.engine.tests.drawings import END, START, choice, drawing, fork, here, line, task

FLOWS = sorted((Path(__file__).parents[5] / "config").glob("*/flows/*.bpmn"))


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_county_s_own_flows_pass_and_are_drawn(path):
    bpmn = path.read_bytes()
    assert check(bpmn) == []
    flow = load(bpmn)
    assert flow.key == path.stem
    assert b"BPMNShape" in bpmn and flow.layout.labels, "the county's own flows carry their drawing"


def test_there_are_flows_to_test():
    assert FLOWS


@pytest.mark.parametrize("name", ["parallel", "countersign", "vote"])
def test_the_flows_of_the_tests_pass(name):
    assert check(here(name)) == []


A_TO_END = (line("s1", "begun", "a"), line("s2", "a", "over"))


def around(*parts: str, facts: str = "") -> bytes:
    """Start, the parts, end."""
    return drawing(START, *parts, END, facts=facts)


def with_item(item: str, outcomes: str = "ab") -> bytes:
    return around(task("a", "承办", item, outcomes), *A_TO_END)


def chosen(condition: str, facts: str = "") -> bytes:
    """A gateway whose one condition leads past task b."""
    return around(
        task("a"),
        choice("g", "s4"),
        task("b"),
        line("s1", "begun", "a"),
        line("s2", "a", "g"),
        line("asked", "g", "b", condition),
        line("s4", "g", "over"),
        line("s5", "b", "over"),
        facts=facts,
    )


OTHER = '<bpmn:endEvent id="other" name="另结"/>'
REFUSED = {
    "multi-instance": (
        around(
            '<bpmn:userTask id="a" name="会签"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>',
            *A_TO_END,
        ),
        "a",
        "多实例",
    ),
    "timer": (
        around(
            '<bpmn:intermediateCatchEvent id="w" name="等待"><bpmn:timerEventDefinition/>'
            "</bpmn:intermediateCatchEvent>",
            line("s1", "begun", "w"),
            line("s2", "w", "over"),
        ),
        "w",
        "定时事件",
    ),
    "script": (around('<bpmn:scriptTask id="x" name="脚本"/>', *A_TO_END), "x", "脚本任务"),
    "service": (around('<bpmn:serviceTask id="x" name="服务"/>', *A_TO_END), "x", "服务任务"),
    "call": (around('<bpmn:callActivity id="x" name="调用"/>', *A_TO_END), "x", "调用活动"),
    "subprocess": (around('<bpmn:subProcess id="x" name="子流程"/>', *A_TO_END), "x", "子流程"),
    "inclusive gateway": (around('<bpmn:inclusiveGateway id="x"/>', *A_TO_END), "x", "包容网关"),
    "terminate": (
        drawing(
            START,
            task("a"),
            '<bpmn:endEvent id="over" name="办结"><bpmn:terminateEventDefinition/></bpmn:endEvent>',
            *A_TO_END,
        ),
        "over",
        "终止事件",
    ),
    "foreign extension": (
        around(
            '<bpmn:userTask id="a" name="承办"><bpmn:extensionElements>'
            '<x:listener xmlns:x="urn:x" class="run"/></bpmn:extensionElements></bpmn:userTask>',
            *A_TO_END,
        ),
        "a",
        "listener",
    ),
    "attribute": (
        around(task("a").replace("<bpmn:userTask ", '<bpmn:userTask isForCompensation="true" '), *A_TO_END),
        "a",
        "isForCompensation",
    ),
    "schema": (
        around(task("a"), '<bpmn:sequenceFlow id="s1" sourceRef="begun"/>', line("s2", "a", "over")),
        "s1",
        "缺少必需的属性",
    ),
    "two elements of one id": (around(task("a"), task("a", "又一个"), *A_TO_END), "a", "编号重复"),
    "no work item": (around('<bpmn:userTask id="a" name="承办"/>', *A_TO_END), "a", "gov:workItem"),
    "no role": (with_item('mode="any"'), "a", "办理角色"),
    "unknown mode": (with_item('role="demo.x" mode="most"'), "a", "办理方式"),
    "opinion": (with_item('role="demo.x" opinion="maybe"'), "a", "opinion"),
    "limit": (with_item('role="demo.x" limitDays="0.5"'), "a", "办理时限"),
    "limit of 400 days": (with_item('role="demo.x" limitDays="400"'), "a", "办理时限"),
    "form": (with_item('role="demo.x" form="../x"'), "a", "附加表单"),
    "outcome twice": (with_item('role="demo.x"', "aba"), "a", "“a”重复"),
    "no outcome": (with_item('role="demo.x"', ""), "a", "没有写明办理结论"),
    "no title": (around(task("a").replace("环节a", " "), *A_TO_END), "a", "没有中文名称"),
    "id with a dash": (
        around(task("a-1"), line("s1", "begun", "a-1"), line("s2", "a-1", "over")),
        "a-1",
        "编号不能使用",
    ),
    "condition outside the grammar": (chosen("outcome.upper() == 'A'"), "asked", "只能调用"),
    "attribute in a condition": (chosen("outcome.x == 1"), "asked", "Attribute"),
    "unknown variable": (chosen("level == 2"), "asked", "未声明的变量 level"),
    "unknown step": (chosen('outcomes_c["a"] > 1'), "asked", "未声明的变量 outcomes_c"),
    "unknown outcome": (chosen('outcomes_a["z"] > 1'), "asked", "没有的办理结论 z"),
    "kinds": (chosen("outcome > 2"), "asked", "不是同一类信息"),
    "not a question": (chosen("outcome"), "asked", "是”或“否"),
    "variable's type": (
        chosen("levels == 2", '<gov:variable name="levels" type="date"/>'),
        "p",
        "类型只能是",
    ),
    "variable's default": (
        chosen("levels == 2", '<gov:variable name="levels" type="int" default="three"/>'),
        "p",
        "缺省值",
    ),
    "variable called outcome": (
        chosen("outcome == 2", '<gov:variable name="outcome" type="int"/>'),
        "p",
        "名称不能使用",
    ),
    "no default": (chosen('outcome == "a"').replace(b' default="s4"', b""), "g", "没有缺省连线"),
    "flow without condition": (chosen(""), "asked", "没有写条件"),
    "condition after a step": (
        around(task("a"), line("s1", "begun", "a"), line("s2", "a", "over", 'outcome == "a"')),
        "s2",
        "不能带条件",
    ),
    "two ways out of a step": (
        around(task("a"), OTHER, *A_TO_END, line("s3", "a", "other")),
        "a",
        "有 2 条连出的连线",
    ),
    "no way on": (around(task("a"), task("b"), *A_TO_END, line("s3", "begun", "b")), "b", "走不下去"),
    "unreachable": (around(task("a"), task("b"), *A_TO_END, line("s3", "b", "over")), "b", "从开始事件走不到"),
    "no way to an end": (
        around(
            task("a"),
            choice("m"),
            task("b"),
            line("s1", "begun", "m"),
            line("s2", "m", "b"),
            line("s3", "b", "m"),
            line("s4", "a", "over"),
        ),
        "b",
        "走不到任何结束事件",
    ),
    "two starts": (
        around(task("a"), '<bpmn:startEvent id="begun2" name="又"/>', *A_TO_END, line("s3", "begun2", "a")),
        "p",
        "有 2 个开始事件",
    ),
    "no end": (drawing(START, task("a"), line("s1", "begun", "a")), "p", "有 0 个结束事件"),
    "loop of gateways": (
        around(
            task("a"),
            choice("m"),
            choice("g", "s4"),
            line("s1", "begun", "a"),
            line("s2", "a", "m"),
            line("s3", "m", "g"),
            line("s4", "g", "m"),
            line("s5", "g", "over", 'outcome == "a"'),
        ),
        "g",
        "没有任何环节的循环",
    ),
    "join after a choice": (
        around(
            task("a"),
            choice("g", "s4"),
            task("b"),
            task("c"),
            fork("join"),
            line("s1", "begun", "a"),
            line("s2", "a", "g"),
            line("s3", "g", "b", 'outcome == "a"'),
            line("s4", "g", "c"),
            line("s5", "b", "join"),
            line("s6", "c", "join"),
            line("s7", "join", "over"),
        ),
        "join",
        "可能卡住",
    ),
    "choice after a fork": (
        around(
            fork("split"),
            task("a"),
            task("b"),
            task("c"),
            line("s1", "begun", "split"),
            line("s2", "split", "a"),
            line("s3", "split", "b"),
            line("s4", "a", "c"),
            line("s5", "b", "c"),
            line("s6", "c", "over"),
        ),
        "c",
        "被同时进入两次",
    ),
    "loop into a fork": (
        here("parallel").replace(b'sourceRef="enough" targetRef="again"', b'sourceRef="enough" targetRef="split"'),
        "split",
        "可能卡住",
    ),
    "the same flow twice": (around(task("a"), *A_TO_END, line("s3", "a", "over")), "s3", "起点和终点相同"),
    "too wide": (
        around(
            fork("split"),
            fork("join"),
            line("s", "begun", "split"),
            line("e", "join", "over"),
            *(
                text
                for i in range(16)
                for text in (task(f"t{i}"), line(f"i{i}", "split", f"t{i}"), line(f"o{i}", f"t{i}", "join"))
            ),
        ),
        "begun",
        "并行分支过多",
    ),
    "too many": (
        around(
            *(task(f"t{i}") for i in range(130)),
            line("s", "begun", "t0"),
            *(line(f"f{i}", f"t{i}", f"t{i + 1}") for i in range(129)),
            line("e", "t129", "over"),
        ),
        "p",
        "超过 120 个",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_names_the_offending_element(name):
    bpmn, element, phrase = REFUSED[name]
    faults = check(bpmn)
    assert faults
    fault = next((fault for fault in faults if fault.element == element and phrase in fault.sentence), None)
    assert fault, [fault.sentence for fault in faults]
    assert f'id="{element}"' in bpmn.decode().splitlines()[fault.line - 1]
    assert f"编号 {element}" in fault.sentence and f"第 {fault.line} 行" in fault.sentence
    with pytest.raises(FlowRefused) as refused:
        load(bpmn)
    assert refused.value.faults == tuple(faults)


def test_says_everything_at_once():
    bpmn = around(
        task("a", "承办", 'role="demo.x" mode="most" limitDays="x"', "aa"),
        choice("g"),
        task("b", "复核", ""),
        line("s1", "begun", "a"),
        line("s2", "a", "g"),
        line("s3", "g", "b"),
        line("s4", "g", "over"),
        line("s5", "b", "over"),
    )
    assert {fault.element for fault in check(bpmn)} == {"a", "g", "b", "s3", "s4"}
    assert len(check(bpmn)) == 7


SECRET = "only-in-the-file-the-entity-points-at"


class TestHostileFiles:
    GOOD = around(task("a"), *A_TO_END).decode()

    @staticmethod
    def refused(bpmn: bytes) -> str:
        (fault,) = check(bpmn)
        return fault.sentence

    def test_entity_bomb(self):
        layers = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
        bomb = f'<!DOCTYPE d [<!ENTITY l0 "ha">{layers}]>' + self.GOOD.replace("环节a", "&l11;")
        begun = time.monotonic()
        assert "实体" in self.refused(bomb.encode())
        assert time.monotonic() - begun < 1

    def test_external_entity(self, tmp_path):
        (tmp_path / "secret").write_text(SECRET)
        outside = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>' + self.GOOD.replace("环节a", "&x;")
        sentence = self.refused(outside.encode())
        assert "实体" in sentence and SECRET not in sentence

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-7", "utf-32"])
    def test_a_doctype_hidden_by_an_encoding(self, encoding):
        text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY x "y">]>' + self.GOOD
        assert self.refused(text.encode(encoding))

    def test_another_declared_encoding(self):
        assert "编码" in self.refused(('<?xml version="1.0" encoding="gb18030"?>' + self.GOOD).encode())

    def test_include_is_not_followed(self, tmp_path):
        (tmp_path / "secret").write_text(SECRET)
        include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{tmp_path}/secret" parse="text"/>'
        faults = check(around(task("a"), include, *A_TO_END))
        assert faults and not any(SECRET in fault.sentence for fault in faults)

    def test_stylesheet_instruction(self):
        assert "处理指令" in self.refused(b'<?xml-stylesheet href="flow.xsl"?>' + self.GOOD.encode())
        assert any("处理指令" in fault.sentence for fault in check(around("<?run now?>", task("a"), *A_TO_END)))

    def test_too_large(self):
        assert "KB" in self.refused(self.GOOD.encode() + b" " * LARGEST_FILE)

    def test_very_deep(self):
        assert check(b"<a>" * 20_000 + b"</a>" * 20_000)

    def test_not_bpmn(self):
        assert "不是 BPMN" in self.refused(b"<html/>")
        assert "XML" in self.refused(b"PK\x03\x04")
        assert "XML" in self.refused(b"")

    def test_two_processes(self):
        doubled = self.GOOD.replace("</bpmn:definitions>", '<bpmn:process id="q" name="又"/></bpmn:definitions>')
        assert "有且只有一个流程" in self.refused(doubled.encode())


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(junk):
    assert check(junk)


@given(st.data())
def test_a_damaged_drawing_never_breaks_the_check(data):
    """Cut, double or swap parts of a good file: a list of faults comes back, or the file is still good."""
    good = here("parallel")
    start = data.draw(st.integers(0, len(good) - 1))
    length = data.draw(st.integers(1, 60))
    part = data.draw(
        st.sampled_from([b"", good[start : start + length] * 2, b"join", b'"', b"<", b"&#0;", b"&x;", b"\xff"])
    )
    damaged = good[:start] + part + good[start + length :]
    faults = check(damaged)
    if not faults:
        assert load(damaged).nodes
    assert all(fault.sentence.endswith("。") and fault.line >= 1 for fault in faults)


def test_the_example_of_the_handbook_passes():
    page = (Path(__file__).parents[5] / "docs" / "how-we-draw-flows.md").read_text()
    assert check(page.partition("```xml\n")[2].partition("```")[0].encode()) == []
