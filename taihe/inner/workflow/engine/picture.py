"""The flow as a picture, drawn by the server.

No script, no inline style (the pages' CSP forbids both): every element carries classes of `flow.css`, and the picture
scales by its viewBox down to a phone.  Read aloud, it says which step the matter is at and which are done.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from html import escape
from itertools import pairwise

from taihe.inner.workflow.engine.graph import Graph
from taihe.inner.workflow.engine.layout import Box, Point
from taihe.inner.workflow.engine.model import Flow

_TEXT, _LINE = 13, 17
_MARGIN = 20


def picture(flow: Flow, current: set[str], done: set[str]) -> str:
    """An SVG of the flow with the steps of `current` and `done` (step and end event ids) marked by class."""
    travelled = travelled_edges(flow.graph, current, done)
    parts = [
        *(_lane(title, box) for title, box in flow.layout.lanes),
        *(
            _edge(flow, name, name in travelled)
            for name in sorted(flow.graph.edges, key=lambda name: name in travelled)
        ),
        *(_node(flow, name, _state(name, current, done)) for name in flow.graph.kinds),
    ]
    mark = f"flow-{flow.sha256[:8]}"
    x, y, width, height = _frame(flow)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="gv-flow" role="img" aria-labelledby="{mark}-t {mark}-d" '
        f'viewBox="{x:g} {y:g} {width:g} {height:g}" width="{width:g}" height="{height:g}">'
        f'<title id="{mark}-t">{escape(flow.title)}流程图</title>'
        f'<desc id="{mark}-d">{escape(_spoken(flow, current, done))}</desc>'
        f"<defs>{_arrow(f'{mark}-a', '')}{_arrow(f'{mark}-b', ' is-travelled')}</defs>"
        f"{''.join(parts)}</svg>"
    )


def travelled_edges(graph: Graph, current: set[str], done: set[str]) -> set[str]:
    """Flows between two places the matter has been at, through gateways only; loops back are left out.

    Told from the set of places, not from a record: where a gateway offers a short cut past a step that was worked on,
    the short cut is taken not to have been used.
    """
    reached = current | done
    marked: set[str] = set()
    for source in ({graph.start} | done) & graph.kinds.keys():
        for edge in graph.out[source]:
            marked |= _ways(graph, edge.id, reached)[0]
    return marked


def _ways(graph: Graph, name: str, reached: set[str]) -> tuple[set[str], set[str]]:
    """The flows from this one on that lead through gateways to reached places, and those places."""
    edge = graph.edges[name]
    kind = graph.kinds[edge.target]
    if name in graph.back:
        return set(), set()
    if kind in ("task", "end"):
        return ({name}, {edge.target}) if edge.target in reached else (set(), set())
    onward = [ways for out in graph.out[edge.target] if (ways := _ways(graph, out.id, reached))[0]]
    if kind == "exclusive":
        places = set[str]().union(*(found for _, found in onward))
        onward = [ways for ways in onward if not any(ways[1] <= graph.after[place] for place in places)]
    if not onward and kind == "exclusive":
        return set(), set()
    return {name}.union(*(flows for flows, _ in onward)), set[str]().union(*(found for _, found in onward))


def _state(name: str, current: set[str], done: set[str]) -> str:
    return " is-current" if name in current else " is-done" if name in done else ""


def _spoken(flow: Flow, current: set[str], done: set[str]) -> str:
    titles = {**{node.id: node.title for node in flow.ordered()}, **flow.ends}
    lists = (("已办", done - current), ("当前环节", current))
    said = [
        f"{label}：{'、'.join(titles[name] for name in titles if name in names)}" for label, names in lists if names
    ]
    steps = "环节依次为：" + "、".join(node.title for node in flow.ordered())
    return "；".join([steps, *said]) + "。"


def _frame(flow: Flow) -> tuple[float, float, float, float]:
    boxes = [*flow.layout.boxes.values(), *flow.layout.labels.values(), *(box for _, box in flow.layout.lanes)]
    points = [point for line in flow.layout.lines.values() for point in line]
    points += [(box.x, box.y) for box in boxes] + [(box.x + box.width, box.y + box.height) for box in boxes]
    # Names of events without a drawn label are written below them.
    points += [(box.centre[0], box.y + box.height + 2 * _LINE) for box in flow.layout.boxes.values()]
    left, top = min(x for x, _ in points) - _MARGIN, min(y for _, y in points) - _MARGIN
    return left, top, max(x for x, _ in points) + _MARGIN - left, max(y for _, y in points) + _MARGIN - top


def _arrow(name: str, state: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" '
        f'markerUnits="userSpaceOnUse" orient="auto">'
        f'<path class="gv-flow-arrow{state}" d="M0 1 L10 5 L0 9 z"/></marker>'
    )


def _lane(title: str, box: Box) -> str:
    return (
        f'<g class="gv-flow-lane">{_rect(box, 0)}{_text([title], (box.x + 8 + _TEXT / 2, box.y + _LINE), "start")}</g>'
    )


def _rect(box: Box, radius: float) -> str:
    return f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{radius:g}"/>'


def _edge(flow: Flow, name: str, travelled: bool) -> str:
    points, edge = flow.layout.lines[name], flow.graph.edges[name]
    state, arrow = (" is-travelled", "b") if travelled else ("", "a")
    path = "M" + " L".join(f"{x:g} {y:g}" for x, y in points)
    line = f'<path class="gv-flow-line" marker-end="url(#flow-{flow.sha256[:8]}-{arrow})" d="{path}"/>'
    label = flow.layout.labels.get(name)
    at = label.centre if label else _middle(points)
    words = _text(wrap(edge.title, 96), at, "middle") if edge.title else ""
    return f'<g class="gv-flow-edge{state}" data-edge="{name}">{line}{words}</g>'


def _middle(points: tuple[Point, ...]) -> Point:
    """Just above the middle of the longest stretch."""
    (x1, y1), (x2, y2) = max(
        pairwise(points), key=lambda pair: abs(pair[0][0] - pair[1][0]) + abs(pair[0][1] - pair[1][1])
    )
    return (x1 + x2) / 2, (y1 + y2) / 2 - _LINE / 2


def _node(flow: Flow, name: str, state: str) -> str:
    kind, box, title = flow.graph.kinds[name], flow.layout.boxes[name], flow.graph.titles[name]
    x, y = box.centre
    if kind == "task":
        shape, words = _rect(box, 6) + _tick(box, state), _text(wrap(title, box.width - 12), (x, y), "middle")
    else:
        shape = _gateway(kind, box) if kind in ("exclusive", "parallel") else _event(box)
        label = flow.layout.labels.get(name)
        lines = wrap(title, label.width + _TEXT if label else 110)
        below = label.centre if label else (x, box.y + box.height + 4 + _LINE * len(lines) / 2)
        words = _text(lines, below, "middle") if title else ""
    return f'<g class="gv-flow-node gv-flow-{kind}{state}" data-node="{name}">{shape}{words}</g>'


def _tick(box: Box, state: str) -> str:
    """Done is told by a tick, not by colour alone."""
    if state != " is-done":
        return ""
    return f'<path class="gv-flow-tick" d="M{box.x + box.width - 20:g} {box.y + 12:g} l4 4 l8 -9"/>'


def _event(box: Box) -> str:
    x, y = box.centre
    return f'<circle cx="{x:g}" cy="{y:g}" r="{min(box.width, box.height) / 2:g}"/>'


def _gateway(kind: str, box: Box) -> str:
    x, y = box.centre
    a, b = box.width / 2, box.height / 2
    diamond = f"M{x:g} {y - b:g} L{x + a:g} {y:g} L{x:g} {y + b:g} L{x - a:g} {y:g} Z"
    r = a * (0.3 if kind == "exclusive" else 0.42)
    mark = (
        f"M{x - r:g} {y - r:g} L{x + r:g} {y + r:g} M{x - r:g} {y + r:g} L{x + r:g} {y - r:g}"
        if kind == "exclusive"
        else f"M{x - r:g} {y:g} L{x + r:g} {y:g} M{x:g} {y - r:g} L{x:g} {y + r:g}"
    )
    return f'<path class="gv-flow-shape" d="{diamond}"/><path class="gv-flow-mark" d="{mark}"/>'


def _text(lines: Iterable[str], at: Point, anchor: str) -> str:
    rows = list(lines)
    x, first = at[0], at[1] - (len(rows) - 1) * _LINE / 2 + _TEXT * 0.36
    spans = "".join(f'<tspan x="{x:g}" y="{first + i * _LINE:g}">{escape(row)}</tspan>' for i, row in enumerate(rows))
    return f'<text class="gv-flow-text" text-anchor="{anchor}">{spans}</text>'


def wrap(title: str, width: float, most: int = 3) -> list[str]:
    """Break a title into lines of at most `width` units; Latin words stay whole where they fit; a long rest is cut."""
    room = max(width, 2 * _TEXT)
    rows, row, used = [], "", 0.0
    for word in _words(title.strip()):
        size = _width(word)
        if row and used + size > room:
            rows.append(row)
            row, used = "", 0.0
        row, used = row + word if row else word.lstrip(), used + size
    rows.append(row)
    if len(rows) > most:
        rows = [*rows[: most - 1], rows[most - 1][:-1] + "…"]
    return [row.rstrip() for row in rows]


def _words(title: str) -> list[str]:
    """Chinese characters one by one (with the mark that follows), Latin words whole (cut if very long)."""
    words: list[str] = []
    for char in title:
        joins = bool(words) and (
            (_latin(char) and _latin(words[-1][-1]) and len(words[-1]) < 12) or char in "，。、；：！？）》”’%"
        )
        if joins:
            words[-1] += char
        else:
            words.append(char)
    return words


def _latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _width(text: str) -> float:
    return sum(_TEXT if unicodedata.east_asian_width(char) in "WFA" else _TEXT * 0.56 for char in text)
