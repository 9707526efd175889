"""A matter on its way: the county's own review flow and the flows of the tests, told as stories."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from uuid import uuid4

import pytest

from taihe.inner.workflow.engine import (
    AlreadyEnded,
    FlowRefused,
    JumpRefused,
    NotAtStep,
    RouteUnclear,
    StateUnreadable,
    begin,
    finish,
    jump,
    jump_targets,
    load,
)
from taihe.inner.workflow.engine.tests.drawings import END, START, choice, close, drawing, here, line, standing, task

REVIEW = (Path(__file__).parents[5] / "config" / "taihe" / "flows" / "portal_review.bpmn").read_bytes()


def targets(flow, step, node):
    visit = next(ready for ready in step.ready if ready.node == node)
    return jump_targets(flow, step.blob, visit.task_id)


class TestReview:
    flow = load(REVIEW)

    def test_is_read_as_drawn(self):
        assert (self.flow.key, self.flow.title) == ("portal_review", "网站信息三审")
        assert [node.title for node in self.flow.ordered()] == ["初审", "复审", "终审"]
        assert [node.order for node in self.flow.ordered()] == [0, 1, 2]
        first = self.flow.nodes["first"]
        assert (first.role, first.mode, first.limit_days, first.form) == ("portal.first", "any", 1, "portal.secrecy")
        assert first.outcomes == (("approve", "同意"), ("return", "退回")) and first.explain == {"return"}
        assert self.flow.ends == {"approved": "审核通过", "returned": "退回作者"}

    def test_three_levels(self):
        step = begin(self.flow, {"levels": 3})
        for node in ("first", "second", "final"):
            assert standing(step) == [node] and step.ended is None
            step = close(self.flow, step, node, "approve", levels=3)
        assert step.ready == () and step.ended == "approved"

    def test_two_levels_pass_by_the_second(self):
        step = close(self.flow, begin(self.flow, {"levels": 2}), "first", "approve", levels=2)
        assert standing(step) == ["final"]
        assert targets(self.flow, step, "final") == ("first",)

    @pytest.mark.parametrize("before", [0, 1, 2])
    def test_each_level_may_return(self, before):
        step = begin(self.flow, {"levels": 3})
        for _ in range(before):
            step = close(self.flow, step, standing(step)[0], "approve", levels=3)
        assert close(self.flow, step, standing(step)[0], "return", levels=3).ended == "returned"

    def test_an_unfilled_fact_takes_its_default_and_a_wrong_one_is_refused(self):
        assert standing(close(self.flow, begin(self.flow, {}), "first", "approve")) == ["second"]
        for wrong in ("2", 2.0, True, None):
            with pytest.raises(RouteUnclear) as refused:
                begin(self.flow, {"levels": wrong})
            assert "审核级数" in refused.value.sentence()

    def test_a_jump_back_and_the_way_again(self):
        step = begin(self.flow, {})
        for node in ("first", "second"):
            step = close(self.flow, step, node, "approve")
        assert targets(self.flow, step, "final") == ("first", "second")
        back = jump(self.flow, step.blob, "first", {})
        assert standing(back) == ["first"] and back.ready[0].task_id != step.ready[0].task_id
        assert targets(self.flow, back, "first") == (), "what comes later has not been done in this pass"
        again = close(self.flow, back, "first", "approve")
        assert targets(self.flow, again, "second") == ("first",)

    def test_ends_once(self):
        step = close(self.flow, begin(self.flow, {}), "first", "return")
        assert step.ended == "returned"
        for move in (
            lambda: finish(self.flow, step.blob, str(uuid4()), {}),
            lambda: jump(self.flow, step.blob, "first", {}),
            lambda: jump_targets(self.flow, step.blob, str(uuid4())),
        ):
            with pytest.raises(AlreadyEnded):
                move()

    def test_a_visit_is_finished_once(self):
        step = begin(self.flow, {})
        visit = step.ready[0].task_id
        after = finish(self.flow, step.blob, visit, {"outcome": "approve"})
        with pytest.raises(NotAtStep):
            finish(self.flow, after.blob, visit, {"outcome": "approve"})

    @pytest.mark.parametrize("node", ["second", "final", "first", "nowhere", "approved", "after_first", "sent"])
    def test_no_jump_to_where_nobody_has_been(self, node):
        with pytest.raises(JumpRefused):
            jump(self.flow, begin(self.flow, {}).blob, node, {})


class TestParallel:
    flow = load(here("parallel"))

    def at(self, *done):
        step = close(self.flow, begin(self.flow, {}), "draft")
        for node in done:
            step = close(self.flow, step, node)
        return step

    def test_both_branches_are_open_and_the_join_waits(self):
        assert standing(self.at()) == ["money", "law"]
        assert standing(self.at("money")) == ["law"]
        assert standing(self.at("law", "law_head")) == ["money"]
        assert standing(self.at("law", "money", "law_head")) == ["total"]

    def test_other_visits_keep_their_ids(self):
        step = self.at()
        money = next(ready for ready in step.ready if ready.node == "money")
        step = close(self.flow, step, "law")
        assert money in step.ready
        assert money in jump(self.flow, step.blob, "law", {}).ready

    def test_a_return_within_a_branch_leaves_the_other_alone(self):
        step = self.at("law")
        assert targets(self.flow, step, "law_head") == ("draft", "law")
        assert targets(self.flow, step, "money") == ("draft",)
        assert standing(jump(self.flow, step.blob, "law", {})) == ["money", "law"]
        done = self.at("law", "money")
        back = jump(self.flow, done.blob, "law", {})
        assert standing(back) == ["law"], "money stays done"
        assert standing(close(self.flow, close(self.flow, back, "law"), "law_head")) == ["total"]

    def test_a_return_before_the_fork_takes_back_every_branch(self):
        for step in (self.at(), self.at("money"), self.at("law"), self.at("money", "law", "law_head")):
            back = jump(self.flow, step.blob, "draft", {})
            assert standing(back) == ["draft"]
            assert standing(close(self.flow, back, "draft")) == ["money", "law"]

    def test_a_finished_branch_cannot_be_reopened_from_another(self):
        """From law, money is not an earlier step; it was done beside it."""
        step = self.at("money")
        assert targets(self.flow, step, "law") == ("draft",)
        with pytest.raises(JumpRefused):
            jump(self.flow, step.blob, "money", {})

    def test_a_return_behind_the_join(self):
        for order in (("money", "law", "law_head"), ("law", "law_head", "money"), ("law", "money", "law_head")):
            step = self.at(*order)
            assert targets(self.flow, step, "total") == ("draft", "money", "law", "law_head")
            assert standing(jump(self.flow, step.blob, "money", {})) == ["money"]
            back = jump(self.flow, step.blob, "law", {})
            assert standing(back) == ["law"]
            assert standing(close(self.flow, close(self.flow, back, "law"), "law_head")) == ["total"]

    def test_a_second_round(self):
        step = close(self.flow, self.at("money", "law", "law_head"), "total", "again")
        assert standing(step) == ["money", "law"]
        assert targets(self.flow, step, "law") == ("draft",)
        for node in ("law", "law_head", "money"):
            step = close(self.flow, step, node)
        assert close(self.flow, step, "total", "done").ended == "over"


class TestPasses:
    """A choice between two steps, in a loop."""

    flow = load(
        drawing(
            START,
            task("a"),
            choice("g", "to_c"),
            task("b"),
            task("c"),
            task("d"),
            choice("again", "out"),
            END,
            line("s1", "begun", "a"),
            line("s2", "a", "g"),
            line("s3", "g", "b", 'outcome == "b"'),
            line("to_c", "g", "c"),
            line("s4", "b", "d"),
            line("s5", "c", "d"),
            line("s6", "d", "again"),
            line("s7", "again", "a", 'outcome == "b"'),
            line("out", "again", "over"),
        )
    )

    def test_a_step_of_the_pass_before_cannot_be_returned_to(self):
        step = close(self.flow, close(self.flow, begin(self.flow, {}), "a", "b"), "b")
        assert targets(self.flow, step, "d") == ("a", "b")
        step = close(self.flow, close(self.flow, close(self.flow, step, "d", "b"), "a", "a"), "c")
        assert targets(self.flow, step, "d") == ("a", "c")

    def test_nor_can_a_later_step_through_the_loop(self):
        """Even if it were remembered as done."""
        graph = self.flow.graph
        assert graph.returned(frozenset({"a"}), "d", frozenset({"a", "b", "d"})) is None
        assert graph.returned(frozenset({"d"}), "a", frozenset({"a", "b"})) == {"a"}


class TestVotes:
    flow = load(here("vote"))

    @pytest.mark.parametrize(
        ("votes", "end"),
        [
            ({"approve": 4, "against": 2}, "passed"),
            ({"approve": 3, "against": 2}, "failed"),
            ({"approve": 4}, "failed"),
            ({"approve": 5}, "passed"),
            ({}, "failed"),
        ],
    )
    def test_counts_by_outcome(self, votes, end):
        step = begin(self.flow, {"seats": 9})
        assert close(self.flow, step, "ballot", seats=9, outcomes_ballot=votes).ended == end

    def test_a_fact_without_default_must_be_given(self):
        with pytest.raises(RouteUnclear) as refused:
            begin(self.flow, {})
        assert "应到人数" in refused.value.sentence()

    def test_counts_of_the_wrong_form(self):
        step = begin(self.flow, {"seats": 9})
        for wrong in (["approve"], {"approve": "many"}):
            with pytest.raises(RouteUnclear):
                close(self.flow, step, "ballot", seats=9, outcomes_ballot=wrong)


class TestCountersign:
    flow = load(here("countersign"))

    def test_modes(self):
        sign, leaders = self.flow.nodes["sign"], self.flow.nodes["leaders"]
        assert (sign.mode, sign.opinion, sign.veto, sign.explain) == ("all", "required", {"disagree"}, {"disagree"})
        assert (leaders.mode, leaders.form, leaders.limit_days) == ("serial", "demo.instruction", None)

    def test_one_against_goes_back_to_the_drafter_and_round_again(self):
        step = close(self.flow, begin(self.flow, {}), "draft")
        step = close(self.flow, step, "sign", outcomes_sign={"agree": 4, "disagree": 1})
        assert standing(step) == ["draft"]
        assert targets(self.flow, step, "draft") == (), "sign counts as not done in the new round"
        step = close(self.flow, close(self.flow, step, "draft"), "sign", outcomes_sign={"agree": 5})
        assert targets(self.flow, step, "leaders") == ("draft", "sign")


class TestVersions:
    OLD = drawing(START, task("a"), END, line("s1", "begun", "a"), line("s2", "a", "over"))
    NEW = drawing(
        START, task("a"), task("b"), END, line("s1", "begun", "a"), line("s2", "a", "b"), line("s3", "b", "over")
    )

    def test_side_by_side(self):
        old, new = load(self.OLD), load(self.NEW)
        first, second = begin(old, {}), begin(new, {})
        assert close(old, first, "a").ended == "over"
        assert standing(close(new, second, "a")) == ["b"]

    def test_a_state_belongs_to_its_version(self):
        old, new = load(self.OLD), load(self.NEW)
        with pytest.raises(StateUnreadable):
            finish(new, begin(old, {}).blob, str(uuid4()), {})

    def test_read_once(self):
        assert load(self.OLD) is load(bytes(bytearray(self.OLD)))

    def test_a_drawing_with_faults_is_never_loaded(self):
        bad = self.OLD.replace(b'role="demo.someone"', b"")
        with pytest.raises(FlowRefused) as refused:
            load(bad)
        assert "办理角色" in refused.value.sentence()


class TestState:
    flow = load(here("parallel"))

    def damaged(self):
        good = begin(self.flow, {}).blob
        kept = json.loads(zlib.decompress(good))
        yield from (b"", b"x", good[:-3], zlib.compress(b"[]"), zlib.compress(b"\xff"), zlib.compress(b" " * 10**6))
        for change in (
            {"format": 2},
            {"flow": "0" * 64},
            {"visits": {str(uuid4()): "split"}},
            {"visits": {"1": "draft"}},
            {"visits": []},
            {"waiting": ["nowhere"]},
            {"waiting": [["s1"]]},
            {"done": ["over"]},
        ):
            yield zlib.compress(json.dumps({**kept, **change}).encode())
        yield zlib.compress(json.dumps({key: kept[key] for key in kept if key != "done"}).encode())

    def test_damage_is_told(self):
        for blob in self.damaged():
            with pytest.raises(StateUnreadable):
                jump_targets(self.flow, blob, str(uuid4()))

    def test_the_same_state_gives_the_same_bytes(self):
        step = begin(self.flow, {})
        once = close(self.flow, step, "draft", unknown="is not kept")
        assert b"is not kept" not in zlib.decompress(once.blob)
        assert json.loads(zlib.decompress(once.blob))["done"] == ["draft"]
