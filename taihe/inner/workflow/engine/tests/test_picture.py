"""The picture of a flow: what it marks, what it says aloud, and that it needs no inline style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from taihe.inner.workflow.engine import load, picture
from taihe.inner.workflow.engine.picture import _TEXT, _width, travelled_edges, wrap
from taihe.inner.workflow.engine.tests.drawings import END, START, drawing, here, line, task

REVIEW = load((Path(__file__).parents[5] / "config" / "taihe" / "flows" / "portal_review.bpmn").read_bytes())
CSS = (Path(__file__).parents[2] / "static" / "workflow" / "flow.css").read_text()
SVG = "{http://www.w3.org/2000/svg}"


def read(flow, current=(), done=()):
    return etree.fromstring(picture(flow, set(current), set(done)))


def classes(svg, attribute):
    return {
        element.get(attribute): element.get("class").split()[1:] for element in svg.iter() if element.get(attribute)
    }


def test_marks_where_the_matter_is_and_was():
    nodes = classes(read(REVIEW, ["second"], ["first"]), "data-node")
    assert nodes["second"] == ["gv-flow-task", "is-current"]
    assert nodes["first"] == ["gv-flow-task", "is-done"]
    assert nodes["final"] == ["gv-flow-task"]
    assert set(nodes) == set(REVIEW.graph.kinds)


@pytest.mark.parametrize(
    ("current", "done", "ways"),
    [
        (["first"], [], "to_first"),
        (["second"], ["first"], "to_first first_done to_second"),
        (["final"], ["first"], "to_first first_done skip_second"),
        (["final"], ["first", "second"], "to_first first_done to_second second_done second_to_final"),
        ([], ["first", "second", "returned"], "to_first first_done to_second second_done second_returns"),
        ([], ["first", "returned"], "to_first first_done first_returns"),
    ],
)
def test_marks_the_way_taken(current, done, ways):
    assert travelled_edges(REVIEW.graph, set(current), set(done)) == set(ways.split())


def test_marks_branches_that_wait_at_a_join():
    flow = load(here("parallel"))
    assert travelled_edges(flow.graph, {"law"}, {"draft", "money"}) == {"s1", "s2", "s2b", "s3", "s4", "money_in"}


@pytest.mark.parametrize("name", ["parallel", "countersign", "vote"])
def test_a_flow_without_drawing_is_laid_out(name):
    flow = load(here(name))
    boxes = list(flow.layout.boxes.values())
    assert set(flow.layout.boxes) == set(flow.graph.kinds) and set(flow.layout.lines) == set(flow.graph.edges)
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = (
                one.x + one.width <= other.x
                or other.x + other.width <= one.x
                or one.y + one.height <= other.y
                or other.y + other.height <= one.y
            )
            assert apart
    for edge in flow.graph.edges.values():
        if edge.id not in flow.graph.back:
            assert flow.graph.order[edge.source] < flow.graph.order[edge.target]
            assert flow.layout.boxes[edge.source].x < flow.layout.boxes[edge.target].x, "from left to right"


def test_needs_no_inline_style_and_no_script():
    text = picture(REVIEW, {"second"}, {"first"})
    assert "style" not in text and "<script" not in text and " on" not in text.lower().replace(" one", "")
    used = {name for element in etree.fromstring(text).iter() for name in (element.get("class") or "").split()}
    unknown = {name for name in used if f".{name}" not in CSS} - {"gv-flow-start", "gv-flow-task", "gv-flow-exclusive"}
    assert used and not unknown, "every class is styled or a plain kind"


def test_is_told_to_those_who_cannot_see_it():
    svg = read(REVIEW, ["second"], ["first"])
    assert svg.get("role") == "img"
    ids = svg.get("aria-labelledby").split()
    title, desc = (svg.find(f"{SVG}{tag}") for tag in ("title", "desc"))
    assert [title.get("id"), desc.get("id")] == ids
    assert title.text == "网站信息三审流程图"
    assert desc.text == "环节依次为：初审、复审、终审；已办：初审；当前环节：复审。"
    assert sum(element.get("class") == "gv-flow-tick" for element in svg.iter()) == 1, "done is told by a tick as well"


def test_every_point_lies_in_the_frame():
    for flow in (REVIEW, load(here("parallel")), load(here("vote"))):
        svg = read(flow)
        left, top, width, height = (float(part) for part in svg.get("viewBox").split())
        points = [point for drawn in flow.layout.lines.values() for point in drawn]
        points += [(float(t.get("x")), float(t.get("y"))) for t in svg.iter(f"{SVG}tspan")]
        assert all(left <= x <= left + width and top <= y <= top + height for x, y in points)


def test_titles_are_text_and_never_markup():
    title = "<b>&\"'"
    flow = load(drawing(START, task("a", title), END, line("s1", "begun", "a"), line("s2", "a", "over")))
    svg = read(flow, ["a"])
    assert title in "".join(svg.itertext()) and svg.find(f".//{SVG}b") is None


def test_a_drawing_beyond_reason_is_laid_out_instead():
    good = (Path(__file__).parents[5] / "config" / "taihe" / "flows" / "portal_review.bpmn").read_text()
    for wrong in ("NaN", "1e308", "-99999"):
        flow = load(good.replace('x="126" y="122"', f'x="{wrong}" y="122"').encode())
        assert all(0 <= box.x < 3000 for box in flow.layout.boxes.values())


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("初审", ["初审"]),
        ("法制机构负责人审核", ["法制机构负责", "人审核"]),
        ("财政（国资）部门会签意见", ["财政（国资）", "部门会签意见"]),
        ("OA system 登记", ["OA system", "登记"]),
        ("一二三四五六七八九十" * 3, ["一二三四五六", "七八九十一二", "三四五六七…"]),
        ("", [""]),
    ],
)
def test_wraps_chinese_titles(title, lines):
    assert wrap(title, 80) == lines


@given(st.text(alphabet="县政府办公室，。（）《》OA system 2026", max_size=60), st.integers(30, 200))
def test_wrapping_loses_nothing_and_keeps_the_width(title, width):
    rows = wrap(title, width, most=1000)
    assert re.sub(r"\s", "", "".join(rows)) == re.sub(r"\s", "", title)
    for row in rows:
        marks = len(row) - len(row.rstrip("，。）》"))
        words = row[: len(row) - marks] if marks else row
        assert _width(words) <= max(width, 2 * _TEXT) or len(words.split()) <= 1
