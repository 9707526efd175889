"""The flow as a graph, and the token game played on it before anybody works by it.

A marking says where the tokens stand: on steps (a visit is open there) or waiting on the flows into a parallel join.
All markings that any decisions could lead to are listed once per flow.  They prove at deployment that nothing gets
stuck and no step is opened twice at once; and they decide which step may be returned to: a return is legal only if it
leads to a marking that the flow could have reached by itself, so no parallel branch is ever lost or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["start", "end", "task", "exclusive", "parallel"]
Marking = frozenset[str]

MOST_MARKINGS = 20_000


class Unsound(ValueError):
    """The token game went wrong at `element`; the message is a Chinese sentence."""

    def __init__(self, element: str, sentence: str) -> None:
        self.element = element
        super().__init__(sentence)


@dataclass(frozen=True)
class Edge:
    """A sequence flow; `condition` is None on the default flow and outside exclusive gateways."""

    id: str
    source: str
    target: str
    title: str = ""
    condition: str | None = None


@dataclass(frozen=True)
class Graph:
    """Elements in the order of the file, and the flows between them."""

    kinds: Mapping[str, Kind]
    titles: Mapping[str, str]
    edges: Mapping[str, Edge]

    @cached_property
    def out(self) -> dict[str, list[Edge]]:
        """The flows leaving each element, in the order of the file."""
        found: dict[str, list[Edge]] = {name: [] for name in self.kinds}
        for edge in self.edges.values():
            found[edge.source].append(edge)
        return found

    @cached_property
    def into(self) -> dict[str, list[Edge]]:
        """The flows entering each element."""
        found: dict[str, list[Edge]] = {name: [] for name in self.kinds}
        for edge in self.edges.values():
            found[edge.target].append(edge)
        return found

    @cached_property
    def start(self) -> str:
        """The one start event."""
        return next(name for name, kind in self.kinds.items() if kind == "start")

    @cached_property
    def _walk(self) -> tuple[dict[str, int], frozenset[str]]:
        """Reverse postorder of a depth-first walk, and the flows that lead back (loops)."""
        post: list[str] = []
        on_path, seen, back = {self.start}, {self.start}, set()
        stack: list[tuple[str, Iterator[Edge]]] = [(self.start, iter(reversed(self.out[self.start])))]
        while stack:
            name, edges = stack[-1]
            edge = next(edges, None)
            if edge is None:
                stack.pop()
                on_path.discard(name)
                post.append(name)
            elif edge.target in on_path:
                back.add(edge.id)
            elif edge.target not in seen:
                seen.add(edge.target)
                on_path.add(edge.target)
                stack.append((edge.target, iter(reversed(self.out[edge.target]))))
        return {name: place for place, name in enumerate(reversed(post))}, frozenset(back)

    @property
    def order(self) -> dict[str, int]:
        """Place of every reachable element from the start; loops ignored."""
        return self._walk[0]

    @property
    def back(self) -> frozenset[str]:
        """Ids of the flows that lead back to an earlier element."""
        return self._walk[1]

    @cached_property
    def after(self) -> dict[str, frozenset[str]]:
        """For each element, what lies after it without going round a loop."""
        found: dict[str, frozenset[str]] = {}
        for name in sorted(self.order, key=self.order.__getitem__, reverse=True):
            onward = [edge.target for edge in self.out[name] if edge.id not in self.back]
            found[name] = frozenset(onward).union(*(found[target] for target in onward))
        return found

    def tasks(self, marking: Marking) -> set[str]:
        """The steps open in a marking."""
        return {place for place in marking if place in self.kinds}

    def moves(self, marking: Marking, task: str) -> set[Marking]:
        """Every marking that finishing `task` can lead to; raises Unsound when a token meets another."""
        return self._settle(marking - {task}, tuple(self.out[task]))

    def _settle(self, marking: Marking, moving: tuple[Edge, ...]) -> set[Marking]:
        if not moving:
            return {marking}
        edge, rest = moving[0], moving[1:]
        kind, onward = self.kinds[edge.target], tuple(self.out[edge.target])
        if kind == "end":
            return self._settle(marking, rest)
        if kind == "task":
            return self._settle(self._put(marking, edge.target, edge.target), rest)
        if kind == "exclusive":
            return set[Marking]().union(*(self._settle(marking, (way, *rest)) for way in onward))
        needed = {into.id for into in self.into[edge.target]}
        marking = self._put(marking, edge.id, edge.target)
        if needed <= marking:
            return self._settle(marking - needed, onward + rest)
        return self._settle(marking, rest)

    def _put(self, marking: Marking, place: str, element: str) -> Marking:
        if place in marking:
            raise Unsound(element, "会被同时进入两次：前面并行的分支没有先汇合，或者循环回到了并行分支中间。")
        return marking | {place}

    @cached_property
    def markings(self) -> frozenset[Marking]:
        """Every marking the flow can reach; raises Unsound when it can get stuck, double a step, or is too wide."""
        first = self._settle(frozenset(), tuple(self.out[self.start]))
        before: dict[Marking, set[Marking]] = {marking: set() for marking in first}
        waiting = list(first)
        while waiting:
            marking = waiting.pop()
            for task in self.tasks(marking):
                for following in self.moves(marking, task):
                    if following not in before:
                        before[following] = set()
                        waiting.append(following)
                    before[following].add(marking)
            if len(before) > MOST_MARKINGS:
                raise Unsound(self.start, "之后的并行分支过多，无法逐一核验，请减少并行分支或拆成几个流程。")
        self._prove_finishing(before)
        return frozenset(before)

    def _prove_finishing(self, before: dict[Marking, set[Marking]]) -> None:
        """From every reachable marking the end must remain possible."""
        finishing: set[Marking] = set()
        waiting: list[Marking] = [frozenset()] if frozenset() in before else []
        while waiting:
            marking = waiting.pop()
            if marking not in finishing:
                finishing.add(marking)
                waiting.extend(before[marking])
        stuck = [marking for marking in before if marking not in finishing]
        if stuck:
            worst = min(stuck, key=lambda marking: (len(self.tasks(marking)), sorted(marking)))
            joins = [self.edges[place].target for place in sorted(worst) if place in self.edges]
            raise Unsound(joins[0] if joins else min(worst), "处流程可能卡住，永远等不齐所有进入的分支。")

    def returned(self, marking: Marking, node: str, done: frozenset[str]) -> Marking | None:
        """The marking after returning to `node`, or None when no return is legal.

        Open steps other than `node` stay as they are or are replaced, and only steps that lie after `node` are
        replaced; branches already waiting at a join stay, as long as they do not themselves lie after `node`.
        Where a finished parallel block is entered again, its other branches count as done: since the flow is sound, no
        marking that has them waiting at the join can be reached from here unless they did arrive there.
        """
        open_now, behind = self.tasks(marking), self.after.get(node, frozenset()) | {node}
        if node in open_now or node not in done or self.kinds.get(node) != "task":
            return None
        legal = []
        for target in self._markings_with[node]:
            others = target - {node}
            gone, replaced = marking - others, open_now - others
            if replaced and self.tasks(others) <= open_now and all(self._owner(place) in behind for place in gone):
                legal.append((len(gone), len(others - marking), sorted(target)))
        return frozenset(min(legal)[2]) if legal else None

    @cached_property
    def _markings_with(self) -> dict[str, list[Marking]]:
        found: dict[str, list[Marking]] = {name: [] for name, kind in self.kinds.items() if kind == "task"}
        for marking in self.markings:
            for task in self.tasks(marking):
                found[task].append(marking)
        return found

    def _owner(self, place: str) -> str:
        """The element a token belongs to: its step, or where it came from if it waits at a join."""
        return self.edges[place].source if place in self.edges else place
