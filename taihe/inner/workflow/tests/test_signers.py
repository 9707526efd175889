"""加签, 减签, 转办, 改派: places are added and handed on, and none that was there is lost."""

from __future__ import annotations

import pytest

from taihe.ground.errors import BadInput, NotAllowed
from taihe.inner.people.tests.factories import OfficerFactory, acting
from taihe.inner.workflow.actions import add_signers, complete, drop_signer, reassign, transfer
from taihe.inner.workflow.errors import AlreadySigner, BadSigner, CannotDrop, NotYourItem, SignersWait
from taihe.inner.workflow.models import FlowLog, WorkItem
from taihe.inner.workflow.registry import Signer

from .kit import build, desk, names, open_at, statuses

pytestmark = pytest.mark.django_db


def added(house, paper, where, *others):
    first = house.signers[0]
    item = house.item(paper, first)
    return add_signers(first.actor, item.pk, item.version, signers=[one.signer for one in others], where=where)


def test_before_the_one_who_asked_waits(house):
    paper, expert, lawyer = house.paper(), desk(), desk()
    due = house.item(paper, house.signers[0]).due_at
    added(house, paper, "before", expert, lawyer)
    with pytest.raises(SignersWait, match=expert.officer.name):
        house.sign(paper, house.signers[0])
    house.sign(paper, expert)
    assert house.signers[0].officer.name not in [name for _, name in open_at(paper)]
    house.sign(paper, lawyer)
    again = house.item(paper, house.signers[0])
    assert again.status == "open" and again.read_at is None and again.due_at == due
    for one in house.signers:
        house.sign(paper, one)
    assert [node for node, _ in open_at(paper)] == ["issue"]
    paper.refresh_from_db()
    assert paper.context["outcomes_sign"] == {"agree": 5}


def test_after_they_come_once_the_one_who_asked_has_signed(house):
    paper, expert = house.paper(), desk()
    (later,) = added(house, paper, "after", expert)
    assert later.status == "waiting" and later.due_at is None
    house.sign(paper, house.signers[1])
    house.sign(paper, house.signers[2])
    house.sign(paper, house.signers[0])
    assert open_at(paper) == [("sign", expert.officer.name)]
    assert house.item(paper, expert).due_at is not None
    house.sign(paper, expert)
    assert [node for node, _ in open_at(paper)] == ["issue"]


def test_with_they_sign_beside_and_the_node_waits_for_them(kind):
    house = build(kind, mode="any")
    paper, expert = house.paper(), desk()
    added(house, paper, "with", expert)
    house.sign(paper, house.signers[0])
    assert open_at(paper) == [("sign", expert.officer.name)]
    house.sign(paper, expert, "against", "建议缓办")
    paper.refresh_from_db()
    assert [node for node, _ in open_at(paper)] == ["issue"]
    assert paper.context["outcome"] == "agree" and paper.context["outcomes_sign"] == {"agree": 1, "against": 1}


def test_what_an_outvoted_signer_added_ends_with_him(kind):
    house = build(kind, mode="any")
    paper, expert = house.paper(), desk()
    added(house, paper, "before", expert)
    house.sign(paper, house.signers[1])
    assert sorted(statuses(paper, "sign")) == ["done", "void", "void", "void"]
    assert [node for node, _ in open_at(paper)] == ["issue"]


def test_serial_additions_keep_the_order(kind):
    house = build(kind, mode="serial")
    paper, expert = house.paper(), desk()
    added(house, paper, "after", expert)
    seen = []
    for one in [house.signers[0], expert, *house.signers[1:]]:
        seen += open_at(paper)
        house.sign(paper, one)
    assert [name for _, name in seen] == names([house.signers[0], expert, *house.signers[1:]])


def test_nobody_is_added_twice_or_from_a_post_he_does_not_hold(house):
    paper, expert = house.paper(), desk()
    with pytest.raises(AlreadySigner):
        added(house, paper, "with", house.signers[1])
    item = house.item(paper, house.signers[0])
    wrong = Signer(expert.post.pk, house.issuer.officer.pk)
    with pytest.raises(BadSigner):
        add_signers(house.signers[0].actor, item.pk, item.version, signers=[wrong], where="with")
    with pytest.raises(BadInput):
        add_signers(house.signers[0].actor, item.pk, item.version, signers=[], where="with")


def test_who_added_may_take_away_and_the_flow_goes_on(house):
    paper, expert = house.paper(), desk()
    (extra,) = added(house, paper, "with", expert)
    for one in house.signers:
        house.sign(paper, one)
    assert open_at(paper) == [("sign", expert.officer.name)]
    with pytest.raises(CannotDrop):
        drop_signer(house.signers[1].actor, extra.pk, extra.version, reason="不需要")
    drop_signer(house.signers[0].actor, extra.pk, extra.version, reason="已当面听取意见")
    assert [node for node, _ in open_at(paper)] == ["issue"]
    assert FlowLog.objects.filter(instance=paper, verb="drop").get().text.endswith("已当面听取意见")


def test_dropping_the_one_before_lets_the_waiting_one_go_on(house):
    paper, expert = house.paper(), desk()
    (extra,) = added(house, paper, "before", expert)
    drop_signer(house.signers[0].actor, extra.pk, extra.version, reason="改为电话征求")
    house.sign(paper, house.signers[0])


def test_results_are_kept_and_the_last_place_stays(house):
    paper = house.paper()
    house.sign(paper, house.signers[0])
    done = house.item(paper, house.signers[0], pending=False)
    with pytest.raises(CannotDrop, match="保留"):
        drop_signer(house.drafter.actor, done.pk, done.version, reason="不算")
    for one in house.signers[1:]:
        item = house.item(paper, one)
        drop_signer(house.drafter.actor, item.pk, item.version, reason="不涉及该单位")
    assert [node for node, _ in open_at(paper)] == ["issue"]
    issue = house.item(paper, house.issuer)
    with pytest.raises(CannotDrop):
        drop_signer(house.signers[0].actor, issue.pk, issue.version, reason="不是我送的")


def test_the_only_signer_of_a_node_cannot_be_dropped(kind):
    house = build(kind, signers=1)
    item = house.item(house.paper(), house.signers[0])
    with pytest.raises(CannotDrop, match="只有"):
        drop_signer(house.drafter.actor, item.pk, item.version, reason="不涉及")
    kind.opener_may_drop = False
    with pytest.raises(CannotDrop, match="流程确定"):
        drop_signer(house.drafter.actor, item.pk, item.version, reason="不涉及")
    kind.opener_may_drop = True


def test_a_transferred_item_keeps_its_deadline_and_counts_as_own(house):
    paper, colleague = house.paper(), desk()
    first = house.signers[0]
    item = house.item(paper, first)
    new = transfer(first.actor, item.pk, item.version, signer=colleague.signer, reason="由其分管")
    item.refresh_from_db()
    assert (item.status, item.outcome_title, item.done_by) == ("transferred", "转办", first.officer)
    assert new.due_at == item.due_at and new.origin == "transferred" and new.precedence is not None
    with pytest.raises(NotYourItem):
        complete(first.actor, new.pk, new.version, outcome="agree")
    for one in [colleague, *house.signers[1:]]:
        house.sign(paper, one)
    assert [node for node, _ in open_at(paper)] == ["issue"]


def test_what_hung_on_a_transferred_item_follows_it(house):
    paper, expert, colleague = house.paper(), desk(), desk()
    first = house.signers[0]
    added(house, paper, "after", expert)
    item = house.item(paper, first)
    transfer(first.actor, item.pk, item.version, signer=colleague.signer, reason="由其分管")
    for one in [*house.signers[1:], colleague]:
        house.sign(paper, one)
    assert open_at(paper) == [("sign", expert.officer.name)]


def test_an_added_signer_who_transfers_still_holds_up_the_one_who_asked(house):
    paper, expert, colleague = house.paper(), desk(), desk()
    (extra,) = added(house, paper, "before", expert)
    transfer(expert.actor, extra.pk, extra.version, signer=colleague.signer, reason="由其承办")
    with pytest.raises(SignersWait):
        house.sign(paper, house.signers[0])
    house.sign(paper, colleague)
    house.sign(paper, house.signers[0])


def test_a_flow_manager_reassigns_what_lies_with_nobody(house):
    paper, colleague = house.paper(), desk()
    item = house.item(paper, house.signers[0])
    with pytest.raises(NotAllowed):
        reassign(house.drafter.actor, item.pk, item.version, signer=colleague.signer, reason="本人不在岗")
    keeper = acting(OfficerFactory(organ=house.organ, permissions=["workflow.manage"]))
    new = reassign(keeper, item.pk, item.version, signer=colleague.signer, reason="本人不在岗")
    assert WorkItem.objects.get(pk=item.pk).status == "void" and new.officer == colleague.officer
    house.sign(paper, colleague)
