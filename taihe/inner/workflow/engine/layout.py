"""Where the elements of a flow stand in its picture: as drawn in the file, else laid out from left to right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from taihe.inner.workflow.engine.gov import DI, find
from taihe.inner.workflow.engine.graph import Edge, Graph

Point = tuple[float, float]

_SIZES = {"start": (36, 36), "end": (36, 36), "task": (110, 76), "exclusive": (46, 46), "parallel": (46, 46)}
_COLUMN, _ROW, _EDGE = 160, 116, 40
LARGEST = 20_000.0


@dataclass(frozen=True)
class Box:
    """A rectangle in the picture's units (CSS pixels at full size)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True)
class Layout:
    """Boxes of the elements, points of the flows, boxes of labels (may lack some), and lanes with their titles."""

    boxes: Mapping[str, Box]
    lines: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Box]
    lanes: tuple[tuple[str, Box], ...]


def layout(root: etree._Element, graph: Graph) -> Layout:
    """The drawn layout when every element and flow has been drawn, else a simple one."""
    return _drawn(root, graph) or _simple(graph)


def _drawn(root: etree._Element, graph: Graph) -> Layout | None:
    shapes = {shape.get("bpmnElement", ""): shape for shape in root.iter(f"{{{DI}}}BPMNShape")}
    edges = {edge.get("bpmnElement", ""): edge for edge in root.iter(f"{{{DI}}}BPMNEdge")}
    try:
        boxes = {name: _box(shapes[name], "dc:Bounds") for name in graph.kinds}
        lines = {name: _points(edges[name]) for name in graph.edges}
        labels = {
            name: _box(label, "dc:Bounds")
            for name, drawn in {**shapes, **edges}.items()
            for label in find(drawn, "bpmndi:BPMNLabel")
            if find(label, "dc:Bounds")
        }
        lanes = tuple(
            (lane.get("name", ""), _box(shapes[lane.get("id", "")], "dc:Bounds")) for lane in find(root, ".//bpmn:lane")
        )
    except (KeyError, IndexError, ValueError):
        return None
    return Layout(boxes, lines, labels, lanes)


def _number(element: etree._Element, name: str) -> float:
    value = float(element.get(name, ""))
    if not -LARGEST <= value <= LARGEST:  # also refuses nan
        raise ValueError(name)
    return value


def _box(element: etree._Element, path: str) -> Box:
    bounds = find(element, path)[0]
    return Box(*(_number(bounds, name) for name in ("x", "y", "width", "height")))


def _points(edge: etree._Element) -> tuple[Point, ...]:
    points = tuple((_number(point, "x"), _number(point, "y")) for point in find(edge, "di:waypoint"))
    if len(points) < 2:
        raise ValueError("waypoint")
    return points


def _simple(graph: Graph) -> Layout:
    """Columns by the longest way from the start; a flow that passes a column keeps a row of its own there."""
    column: dict[str, int] = {}
    for name in sorted(graph.order, key=graph.order.__getitem__):
        before = [edge.source for edge in graph.into[name] if edge.id not in graph.back]
        column[name] = max((column[source] + 1 for source in before), default=0)
    rows, passing = _rows(graph, column)
    boxes: dict[str, Box] = {}
    for name, place in column.items():
        width, height = _SIZES[graph.kinds[name]]
        boxes[name] = Box(_x(place) - width / 2, _y(rows[name]) - height / 2, width, height)
    lines = {edge.id: _line(boxes, edge, passing[edge.id]) for edge in graph.edges.values() if edge.id in passing}
    floor = _y(max(rows.values())) + _ROW / 2 + 12
    for depth, name in enumerate(edge for edge in graph.edges if edge in graph.back):
        lines[name] = _loop(boxes, graph.edges[name], floor + 18 * depth)
    return Layout(boxes, lines, {}, ())


def _x(column: int) -> float:
    return _EDGE + _COLUMN * (column + 0.5)


def _y(row: int) -> float:
    return _EDGE + _ROW * (row + 0.5)


def _rows(graph: Graph, column: Mapping[str, int]) -> tuple[dict[str, int], dict[str, list[Point]]]:
    """The row of every element, near the rows of those before it; and the points at which flows pass a column."""
    rows: dict[str, int] = {}
    passing: dict[str, list[Point]] = {edge.id: [] for edge in graph.edges.values() if edge.id not in graph.back}
    for place in range(max(column.values()) + 1):
        wishes: list[tuple[float, int, str]] = []
        for name, at in column.items():
            before = [rows[f"{edge.id}:{place - 1}"] for edge in graph.into[name] if edge.id in passing and at == place]
            if at == place:
                wishes.append((sum(before) / len(before) if before else 0, graph.order[name], name))
        for edge in graph.edges.values():
            if edge.id in passing and column[edge.source] < place < column[edge.target]:
                wishes.append((rows[f"{edge.id}:{place - 1}"], len(graph.order), f"{edge.id}:{place}"))
        free = 0
        for wish, _, name in sorted(wishes):
            rows[name] = max(free, int(wish))
            free = rows[name] + 1
            if name in column:
                rows |= {f"{edge.id}:{place}": rows[name] for edge in graph.out[name]}
            else:
                passing[name.rpartition(":")[0]].append((_x(place), _y(rows[name])))
    return rows, passing


def _line(boxes: Mapping[str, Box], edge: Edge, passing: list[Point]) -> tuple[Point, ...]:
    source, target = boxes[edge.source], boxes[edge.target]
    points: list[Point] = [(source.x + source.width, source.centre[1])]
    for middle, y in [*passing, target.centre]:
        if y != points[-1][1]:
            bend = middle - _COLUMN / 2
            points += [(bend, points[-1][1]), (bend, y)]
    points.append((target.x, target.centre[1]))
    return tuple(points)


def _loop(boxes: Mapping[str, Box], edge: Edge, floor: float) -> tuple[Point, ...]:
    source, target = boxes[edge.source], boxes[edge.target]
    (x1, _), (x2, _) = source.centre, target.centre
    return (x1, source.y + source.height), (x1, floor), (x2, floor), (x2, target.y + target.height)
