"""Whatever people do, in whatever order: nothing is stuck, nothing said is lost, history only grows."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from taihe.ground.errors import CountyError
from taihe.inner.workflow import engine, queries
from taihe.inner.workflow.actions import (
    add_signers,
    cancel,
    circulate,
    claim,
    complete,
    drop_signer,
    mark_read,
    release_claim,
    resume,
    send_back,
    suspend,
    transfer,
    withdraw,
)
from taihe.inner.workflow.flows import flow_of
from taihe.inner.workflow.models import FlowLog, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.models.item import PENDING

from .kit import PaperKind, build, desk

NUMBER = st.integers(min_value=0, max_value=10_000)


class Papers(RuleBasedStateMachine):
    """One paper, three signers and two colleagues; every rule is something a page lets people try."""

    kind: PaperKind
    tally: dict[str, list[int]]

    @initialize(mode=st.sampled_from(["any", "all", "serial"]), candidates=st.booleans())
    def begin(self, mode, candidates):
        self.house = build(self.kind, mode=mode)
        if candidates:
            self.kind.places["sign"] = [one.any_holder for one in self.house.signers]
        self.paper = self.house.paper()
        self.everybody = [self.house.drafter, *self.house.signers, self.house.issuer, desk(), desk()]
        self.said: list[str] = []
        self.lines: list[tuple[int, str]] = []
        self.words = (f"意见{number}" for number in itertools.count())

    def _holder(self, item):
        return next(one for one in self.everybody if one.post.pk == item.post_id)

    def _pick(self, number, **only):
        rows = list(WorkItem.objects.filter(instance=self.paper, **only).order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def _try(self, act, opinion=""):
        """A refusal is an answer, not a fault; only what was accepted must be kept."""
        tally = self.tally.setdefault(act.__name__, [0, 0])
        try:
            act()
        except CountyError:
            tally[1] += 1
            return
        tally[0] += 1
        if opinion:
            self.said.append(opinion)

    @rule(number=NUMBER, choice=NUMBER)
    def sign_too(self, number, choice):
        self.sign(number, choice)

    @rule(number=NUMBER, choice=NUMBER)
    def sign(self, number, choice):
        item, opinion = self._pick(number, kind="do", status__in=PENDING), next(self.words)
        if item is None:
            return
        # A veto ends the paper: offered seldom, so that long histories are seen.
        offered = [key for key, _ in queries.outcomes(item) if key != "stop" or choice % 10 == 0]

        def signs():
            outcome = offered[choice % len(offered)]
            complete(self._holder(item).actor, item.pk, item.version, outcome=outcome, opinion=opinion)

        self._try(signs, opinion)

    @rule(number=NUMBER, other=NUMBER, where=st.sampled_from(["before", "after", "with"]))
    def add(self, number, other, where):
        item = self._pick(number, kind="do", status=Status.OPEN)
        if item is None:
            return
        signer = self.everybody[other % len(self.everybody)].signer

        def adds():
            add_signers(self._holder(item).actor, item.pk, item.version, signers=[signer], where=where)

        self._try(adds)

    @rule(number=NUMBER)
    def drop(self, number):
        item = self._pick(number, status__in=PENDING)
        sender = item and next((one for one in self.everybody if one.officer.pk == item.sender_id), None)
        if item is None or sender is None:
            return

        def drops():
            drop_signer(sender.actor, item.pk, item.version, reason="不需要")

        self._try(drops)

    @rule(number=NUMBER, other=NUMBER)
    def hand_on(self, number, other):
        item, reason = self._pick(number, kind="do", status=Status.OPEN), next(self.words)
        if item is None:
            return
        signer = self.everybody[other % len(self.everybody)].signer

        def hands_on():
            transfer(self._holder(item).actor, item.pk, item.version, signer=signer, reason=reason)

        self._try(hands_on, reason)

    @rule(number=NUMBER, choice=NUMBER, resume=st.sampled_from(["direct", "again"]))
    def back(self, number, choice, resume):
        rows = WorkItem.objects.filter(instance=self.paper, kind="do", status=Status.OPEN).order_by("pk")
        ways = [(item, target.node) for item in rows for target in queries.targets(item)]
        if not ways:
            return
        (item, node), reason = ways[number % len(ways)], next(self.words)

        def sends_back():
            send_back(self._holder(item).actor, item.pk, item.version, node=node, reason=reason, resume=resume)

        self._try(sends_back, reason)

    @rule(number=st.integers(min_value=1, max_value=3))
    def pull_back(self, number):
        item = self._pick(-number, kind="do", status=Status.DONE)
        if item is None:
            return

        def pulls_back():
            withdraw(self._holder(item).actor, item.pk, item.version)

        self._try(pulls_back)

    @rule(number=NUMBER)
    def read(self, number):
        item = self._pick(number, status=Status.OPEN)
        if item is not None:
            mark_read(self._holder(item).actor, item.pk)

    @rule(number=NUMBER, take=st.booleans())
    def take(self, number, take):
        item = self._pick(number, kind="do", status=Status.OPEN)
        if item is None:
            return

        def takes():
            (claim if take else release_claim)(self._holder(item).actor, item.pk, item.version)

        self._try(takes)

    @rule(number=NUMBER, other=NUMBER, mandatory=st.booleans(), serial=st.booleans())
    def pass_round(self, number, other, mandatory, serial):
        item = self._pick(number)
        readers = [self.everybody[(other + at) % len(self.everybody)].signer for at in range(3 if serial else 1)]

        def passes_round():
            circulate(self._holder(item).actor, self.paper.pk, signers=readers, mandatory=mandatory, serial=serial)

        self._try(passes_round)

    @rule(really=st.integers(min_value=0, max_value=1))
    def rest_and_go_on(self, really):
        if really:
            return
        paper = ProcessInstance.objects.get(pk=self.paper.pk)

        def rests():
            held = suspend(self.house.drafter.actor, paper.pk, paper.version, reason="等待")
            resume(self.house.drafter.actor, held.pk, held.version)

        self._try(rests)

    @rule(really=st.integers(min_value=0, max_value=19))
    def give_up(self, really):
        def gives_up():
            cancel(self.house.drafter.actor, self.paper.pk, reason="不再办理")

        if really == 0:
            self._try(gives_up)

    # -- what always holds ----------------------------------------------------------------------------

    @invariant()
    def somebody_has_it_or_it_is_over(self):
        paper = ProcessInstance.objects.get(pk=self.paper.pk)
        pending = list(WorkItem.objects.filter(instance=paper, kind="do", status__in=PENDING))
        if paper.status != "running":
            assert pending == []
            return
        assert any(one.status == Status.OPEN for one in pending)
        for visit in {one.task_id for one in pending}:
            assert any(one.status == Status.OPEN for one in pending if one.task_id == visit), "all wait for each other"
            engine.jump_targets(flow_of(paper.definition), bytes(paper.state), visit)

    @invariant()
    def one_open_place_per_signer_and_node(self):
        rows = WorkItem.objects.filter(instance=self.paper, kind="do", status__in=PENDING)
        places = [(one.node, one.round, one.post_id, one.officer_id) for one in rows]
        assert len(places) == len(set(places))

    @invariant()
    def of_those_who_wait_for_a_copy_somebody_reads(self):
        rows = WorkItem.objects.filter(instance=self.paper, kind="cc", status__in=PENDING)
        for number in {one.round for one in rows if one.status == Status.WAITING}:
            assert any(one.round == number and one.status == Status.OPEN for one in rows)

    @invariant()
    def nothing_said_is_lost(self):
        kept = set(WorkItem.objects.filter(instance=self.paper).values_list("opinion", flat=True))
        assert set(self.said) <= kept

    @invariant()
    def history_only_grows(self):
        lines = list(FlowLog.objects.filter(instance=self.paper).order_by("pk").values_list("pk", "text"))
        assert lines[: len(self.lines)] == self.lines
        self.lines = lines


@pytest.mark.django_db
def test_whatever_people_do_the_flow_stands(kind):
    Papers.kind, Papers.tally = kind, {}
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        Papers,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=checks
        ),
    )
    # A machine that is only ever refused would show nothing.
    for name in ("signs", "adds", "hands_on", "sends_back", "pulls_back", "drops", "rests", "passes_round"):
        assert Papers.tally[name][0] > 0, Papers.tally
