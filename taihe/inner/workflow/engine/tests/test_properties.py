"""Random flows of the allowed kind, random moves: the promises of the router hold for all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taihe.inner.workflow.engine import (
    AlreadyEnded,
    Flow,
    JumpRefused,
    Step,
    begin,
    check,
    finish,
    jump,
    jump_targets,
    load,
)
from taihe.inner.workflow.engine.picture import picture
from taihe.inner.workflow.engine.router import _read, _State
from taihe.inner.workflow.engine.tests.drawings import END, START, choice, drawing, fork, line, task

# A block is a step, a row of blocks, a choice, a fork or a loop; "" is an empty branch.
BLOCKS = st.recursive(
    st.just("step"),
    lambda inner: st.one_of(
        st.tuples(st.just("row"), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.just("choice"), st.lists(st.one_of(inner, st.just("")), min_size=2, max_size=3)),
        st.tuples(st.just("fork"), st.lists(st.one_of(inner, st.just("")), min_size=2, max_size=3)),
        st.tuples(st.just("loop"), inner),
    ),
    max_leaves=7,
)


@dataclass
class Pen:
    """Draws a block between two elements."""

    parts: list[str] = field(default_factory=list)
    count: int = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def link(self, source: str, target: str, condition: str = "", name: str = "") -> None:
        self.parts.append(line(name or self.name("f"), source, target, condition))

    def draw(self, block, source: str, condition: str = "", name: str = "") -> str:
        """Draw a block behind `source`; returns the element it ends with."""
        if block == "step":
            here = self.name("t")
            self.parts.append(task(here, outcomes="abc"))
            self.link(source, here, condition, name)
            return here
        kind, inner = block
        return getattr(self, f"draw_{kind}")(inner, source, condition, name)

    def draw_row(self, blocks, source, condition, name):
        for block in blocks:
            source = self.draw(block, source, condition, name)
            condition, name = "", ""
        return source

    def branches(self, blocks, opening, closing, conditions):
        empty = False
        for block, (condition, name) in zip(blocks, conditions, strict=True):
            if block == "" and not empty:
                self.link(opening, closing, condition, name)
                empty = True
            else:  # a second empty branch would be the same flow twice
                self.link(self.draw(block or "step", opening, condition, name), closing)

    def draw_choice(self, blocks, source, condition, name):
        opening, closing, default = self.name("x"), self.name("x"), self.name("d")
        self.parts += [choice(opening, default), choice(closing)]
        self.link(source, opening, condition, name)
        asked = [(f'outcome == "{"abc"[place]}"', "") for place in range(len(blocks) - 1)]
        self.branches(blocks, opening, closing, [*asked, ("", default)])
        return closing

    def draw_fork(self, blocks, source, condition, name):
        opening, closing = self.name("p"), self.name("p")
        self.parts += [fork(opening), fork(closing)]
        self.link(source, opening, condition, name)
        self.branches(blocks, opening, closing, [("", "")] * len(blocks))
        return closing

    def draw_loop(self, block, source, condition, name):
        opening, closing, onward = self.name("x"), self.name("x"), self.name("x")
        out = self.name("d")
        self.parts += [choice(opening), choice(closing, out), choice(onward)]
        self.link(source, opening, condition, name)
        self.link(self.draw(("row", ["step", block]), opening), closing)
        self.link(closing, opening, 'outcome == "b"')
        self.link(closing, onward, "", out)
        return onward


def drawn(block) -> bytes:
    """The block as a file, with a step at its beginning."""
    pen = Pen()
    pen.link(pen.draw(("row", ["step", block]), "begun"), "over")
    return drawing(START, END, *pen.parts)


def state(flow: Flow, step: Step) -> _State:
    return _read(flow, step.blob)


def promises(flow: Flow, step: Step) -> None:
    """What holds after every move."""
    kept = state(flow, step)
    assert {ready.task_id: ready.node for ready in step.ready} == kept.visits, "the state says what was said"
    assert all(flow.graph.kinds[node] == "task" for node in kept.visits.values())
    assert len(set(kept.visits.values())) == len(kept.visits), "no step is open twice"
    assert kept.marking in flow.graph.markings, "the flow could stand like this by itself"
    assert (step.ended is None) == bool(step.ready)
    assert step.ended is None or not kept.waiting
    assert not kept.done & set(kept.visits.values()), "an open step is not done"


def owed(flow: Flow, place: str) -> set[str]:
    """The steps whose finishing puts a branch on this flow into a join."""
    found, waiting = set(), [flow.graph.edges[place].source]
    while waiting:
        name = waiting.pop()
        if flow.graph.kinds[name] == "task":
            found.add(name)
        elif flow.graph.kinds[name] != "start":
            waiting += [edge.source for edge in flow.graph.into[name]]
    return found


MOVES = st.lists(st.tuples(st.sampled_from("fffj"), st.integers(0, 50), st.sampled_from("abc")), max_size=25)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(BLOCKS, MOVES)
def test_random_flows_and_moves(block, moves):
    bpmn = drawn(block)
    assert check(bpmn) == []
    flow = load(bpmn)
    step = begin(flow, {})
    promises(flow, step)
    for kind, pick, outcome in moves:
        if step.ended is not None:
            break
        visit = step.ready[pick % len(step.ready)]
        step = (finished if kind == "f" else returned)(flow, step, visit, pick, outcome)
        promises(flow, step)
    done = {*state(flow, step).done, *([step.ended] if step.ended else [])}
    assert picture(flow, {ready.node for ready in step.ready}, done).endswith("</svg>")
    to_the_end(flow, step)


def finished(flow, step, visit, pick, outcome):
    """Spiff's answer is one that the token game allows, and touches no other visit."""
    before = state(flow, step)
    after = finish(flow, step.blob, visit.task_id, {"outcome": outcome})
    assert state(flow, after).marking in flow.graph.moves(before.marking, visit.node)
    assert set(step.ready) - {visit} <= set(after.ready)
    return after


def returned(flow, step, visit, pick, outcome):
    """A return opens its target, closes the visit it was made from, and everything else is as it was or lies after."""
    targets = jump_targets(flow, step.blob, visit.task_id)
    for name in flow.nodes.keys() - {*targets}:
        refuses_or_keeps(flow, step, visit, name)
    if not targets:
        return step
    target = targets[pick % len(targets)]
    before, after = state(flow, step), jump(flow, step.blob, target, {})
    kept = state(flow, after)
    new = set(after.ready) - set(step.ready)
    assert {ready.node for ready in new} == {target} and visit not in after.ready
    assert target in before.done
    assert all(ready.node in flow.graph.after[target] for ready in set(step.ready) - set(after.ready))
    for place in kept.waiting - before.waiting:
        assert not owed(flow, place) or owed(flow, place) & before.done, "only a finished branch waits at a join"
    return after


def refuses_or_keeps(flow, step, visit, name):
    """What was not offered is refused, or belongs to another branch and leaves this visit open."""
    try:
        other = jump(flow, step.blob, name, {})
    except JumpRefused:
        return
    assert visit in other.ready


def to_the_end(flow: Flow, step: Step) -> None:
    """Whatever happened, the matter can still be finished, each step once, and ends once."""
    opened: list[str] = [ready.node for ready in step.ready]
    while step.ended is None:
        before = {ready.task_id for ready in step.ready}
        step = finish(flow, step.blob, step.ready[0].task_id, {"outcome": "c"})
        opened += [ready.node for ready in step.ready if ready.task_id not in before]
    assert len(opened) == len(set(opened)), "no branch was doubled"
    try:
        jump(flow, step.blob, next(iter(flow.nodes)), {})
    except AlreadyEnded:
        return
    raise AssertionError("an ended matter moved")


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(BLOCKS, st.lists(st.integers(0, 50), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_order_of_branches_makes_no_difference(block, picks, random):
    """Two open steps closed in either order lead to the same marking with the same returns on offer."""
    flow = load(drawn(block))
    step = begin(flow, {})
    for pick in picks:
        if step.ended is not None:
            return
        if len(step.ready) > 1:
            one, two = random.sample(step.ready, 2)
            here, there = both(flow, step, one, two), both(flow, step, two, one)
            assert here == there
            return
        step = finish(flow, step.blob, step.ready[pick % len(step.ready)].task_id, {"outcome": "ac"[pick % 2]})


def both(flow, step, first, second):
    """Where the matter stands after closing two visits in this order."""
    for visit in (first, second):
        step = finish(flow, step.blob, visit.task_id, {"outcome": "c"})
    kept = state(flow, step)
    offers = {ready.node: jump_targets(flow, step.blob, ready.task_id) for ready in step.ready}
    return kept.marking, kept.done, offers, step.ended
