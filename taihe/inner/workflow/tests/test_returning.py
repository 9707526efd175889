"""退回 and 撤回: back to an earlier step, straight back to me, or pulled back before anybody has read it."""

from __future__ import annotations

import pytest

from taihe.inner.workflow import queries
from taihe.inner.workflow.actions import (
    add_signers,
    complete,
    mark_read,
    send_back,
    transfer,
    withdraw,
    withdraw_start,
)
from taihe.inner.workflow.errors import AlreadyRead, CannotSendBack, CannotWithdraw, FlowClosed, UnknownOutcome
from taihe.inner.workflow.models import WorkItem

from .kit import build, desk, names, open_at, statuses

pytestmark = pytest.mark.django_db


def back(house, paper, at, node, **more):
    item = house.item(paper, at)
    return send_back(at.actor, item.pk, item.version, node=node, reason="请补充依据", **more)


def at_issue(house):
    paper = house.paper()
    for one in house.signers:
        house.sign(paper, one)
    return paper


@pytest.mark.db
def test_again_runs_the_flow_anew_from_there(house, kind):
    paper = at_issue(house)
    returned = back(house, paper, house.issuer, "draft")
    assert (returned.status, returned.opinion) == ("returned", "请补充依据")
    assert open_at(paper) == [("draft", house.drafter.officer.name)] and ("returned", "draft") in kind.heard
    house.sign(paper, house.drafter, "submit")
    assert len(open_at(paper)) == 3
    for one in house.signers:
        house.sign(paper, one)
    house.sign(paper, house.issuer)
    paper.refresh_from_db()
    assert paper.status == "finished" and paper.context["outcomes_sign"] == {"agree": 3}
    rounds = WorkItem.objects.filter(instance=paper, node="sign").values_list("round", flat=True)
    assert sorted(rounds) == [1, 1, 1, 2, 2, 2]


def test_one_of_many_signers_sends_back_and_the_others_places_end(house):
    paper = house.paper()
    house.sign(paper, house.signers[0])
    back(house, paper, house.signers[1], "draft")
    assert statuses(paper, "sign") == ["done", "returned", "void"]


def test_back_to_one_of_those_who_signed(house):
    paper = at_issue(house)
    back(house, paper, house.issuer, "sign", signer=house.signers[1].signer)
    assert open_at(paper) == [("sign", house.signers[1].officer.name)]
    house.sign(paper, house.signers[1])
    assert [node for node, _ in open_at(paper)] == ["issue"]


def test_back_only_to_whom_signed_there(house):
    paper = at_issue(house)
    with pytest.raises(CannotSendBack):
        back(house, paper, house.issuer, "sign", signer=desk().signer)
    with pytest.raises(CannotSendBack):
        back(house, paper, house.issuer, "issue")
    with pytest.raises(CannotSendBack):
        back(house, house.paper(drafted=False), house.drafter, "sign")


def test_direct_comes_straight_back_to_me(house, kind):
    paper = at_issue(house)
    state = bytes(paper.state)
    back(house, paper, house.issuer, "draft", resume="direct")
    assert open_at(paper) == [("draft", house.drafter.officer.name)]
    correction = house.item(paper, house.drafter)
    assert queries.outcomes(correction) == (("resubmit", "改后送回"),)
    with pytest.raises(UnknownOutcome):
        complete(house.drafter.actor, correction.pk, correction.version, outcome="submit")
    with pytest.raises(CannotSendBack):
        back(house, paper, house.drafter, "draft")
    complete(house.drafter.actor, correction.pk, correction.version, outcome="resubmit", opinion="已补充")
    assert open_at(paper) == [("issue", house.issuer.officer.name)]
    mine = house.item(paper, house.issuer)
    assert mine.origin == "resumed" and mine.read_at is None and mine.due_at is not None
    house.sign(paper, house.issuer)
    paper.refresh_from_db()
    assert paper.status == "finished" and state


def test_direct_leaves_the_others_at_the_node_alone(house):
    paper = house.paper()
    back(house, paper, house.signers[0], "draft", resume="direct")
    house.sign(paper, house.signers[1])
    house.sign(paper, house.signers[2])
    assert open_at(paper) == [("draft", house.drafter.officer.name)]
    correction = house.item(paper, house.drafter)
    complete(house.drafter.actor, correction.pk, correction.version, outcome="resubmit")
    house.sign(paper, house.signers[0])
    assert [node for node, _ in open_at(paper)] == ["issue"]


def test_a_correction_may_be_handed_on(house):
    paper, colleague = at_issue(house), desk()
    back(house, paper, house.issuer, "draft", resume="direct")
    item = house.item(paper, house.drafter)
    new = transfer(house.drafter.actor, item.pk, item.version, signer=colleague.signer, reason="由其修改")
    complete(colleague.actor, new.pk, new.version, outcome="resubmit")
    assert open_at(paper) == [("issue", house.issuer.officer.name)]


def test_an_added_signer_leaves_sending_back_to_the_one_who_asked(house):
    paper, expert = house.paper(), desk()
    item = house.item(paper, house.signers[0])
    add_signers(house.signers[0].actor, item.pk, item.version, signers=[expert.signer], where="with")
    with pytest.raises(CannotSendBack):
        back(house, paper, expert, "draft")


def test_pulled_back_while_unread_and_sent_again(house):
    paper = house.paper()
    done = house.item(paper, house.drafter, pending=False)
    new = withdraw(house.drafter.actor, done.pk, done.version, reason="附件有误")
    done.refresh_from_db()
    assert done.status == "withdrawn" and new.due_at == done.due_at
    assert statuses(paper, "sign") == ["withdrawn"] * 3
    assert open_at(paper) == [("draft", house.drafter.officer.name)]
    house.sign(paper, house.drafter, "submit")
    assert open_at(paper) == [("sign", name) for name in names(house.signers)]
    for one in house.signers:
        house.sign(paper, one)
    house.sign(paper, house.issuer)


def test_after_reading_one_must_ask_for_it_back(house):
    paper = house.paper()
    mark_read(house.signers[1].actor, house.item(paper, house.signers[1]).pk)
    done = house.item(paper, house.drafter, pending=False)
    with pytest.raises(AlreadyRead, match="退回给您"):
        withdraw(house.drafter.actor, done.pk, done.version)


def test_an_opinion_is_pulled_back_while_the_node_is_open(house):
    paper = house.paper()
    done = house.sign(paper, house.signers[0])
    withdraw(house.signers[0].actor, done.pk, done.version)
    assert len(open_at(paper)) == 3
    for one in house.signers:
        house.sign(paper, one, "agree", "重新签署")
    paper.refresh_from_db()
    assert paper.context["outcomes_sign"] == {"agree": 3}


def test_the_last_signers_opinion_reopens_the_node_for_him_alone(house):
    paper = at_issue(house)
    last = house.item(paper, house.signers[2], pending=False)
    withdraw(house.signers[2].actor, last.pk, last.version)
    assert open_at(paper) == [("sign", house.signers[2].officer.name)]
    house.sign(paper, house.signers[2], "against", "再议")
    paper.refresh_from_db()
    assert paper.context["outcomes_sign"] == {"agree": 2, "against": 1}
    assert [node for node, _ in open_at(paper)] == ["issue"]
    first = house.item(paper, house.signers[0], pending=False)
    with pytest.raises(CannotWithdraw):
        withdraw(house.signers[0].actor, first.pk, first.version)


def test_a_serial_signer_pulls_back_from_the_next(kind):
    house = build(kind, mode="serial")
    paper = house.paper()
    done = house.sign(paper, house.signers[0])
    withdraw(house.signers[0].actor, done.pk, done.version)
    assert open_at(paper) == [("sign", house.signers[0].officer.name)]
    for one in house.signers:
        house.sign(paper, one)
    assert [node for node, _ in open_at(paper)] == ["issue"]


def test_what_is_finished_is_not_pulled_back(house):
    paper = at_issue(house)
    done = house.sign(paper, house.issuer)
    with pytest.raises(FlowClosed):
        withdraw(house.issuer.actor, done.pk, done.version)


def test_the_starter_pulls_the_whole_matter_back(house, kind):
    paper = house.paper(drafted=False)
    withdraw_start(house.drafter.actor, paper.pk, paper.version, reason="重复")
    paper.refresh_from_db()
    assert paper.status == "cancelled" and kind.heard[-1] == ("withdrawn", "") and open_at(paper) == []


def test_but_not_once_it_was_read(house):
    paper = house.paper(drafted=False)
    mark_read(house.drafter.actor, house.item(paper, house.drafter).pk)
    with pytest.raises(AlreadyRead):
        withdraw_start(house.drafter.actor, paper.pk, paper.version)
