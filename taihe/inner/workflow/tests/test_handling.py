"""Signing: one after another, all at once, one for all, and the one who says no."""

from __future__ import annotations

import pytest

from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, StaleVersion
from taihe.inner.workflow import engine
from taihe.inner.workflow.actions import claim, complete, deploy, mark_read, release_claim, start
from taihe.inner.workflow.errors import (
    AlreadyRunning,
    ItemClosed,
    NoFlow,
    NotYourItem,
    OpinionRequired,
    UnknownOutcome,
)
from taihe.inner.workflow.models import FlowLog, ProcessDefinition, ProcessInstance, WorkItem

from .kit import SYSTEM, PaperKind, build, desk, names, open_at, paper_flow, statuses

pytestmark = pytest.mark.django_db


def test_a_paper_goes_from_draft_to_issue(house, kind):
    paper = house.paper(drafted=False)
    assert open_at(paper) == [("draft", house.drafter.officer.name)]
    house.sign(paper, house.drafter, "submit")
    assert open_at(paper) == [("sign", name) for name in names(house.signers)]
    for one in house.signers:
        house.sign(paper, one)
    assert open_at(paper) == [("issue", house.issuer.officer.name)]
    house.sign(paper, house.issuer)
    paper.refresh_from_db()
    assert (paper.status, paper.end) == ("finished", "over") and paper.closed_at
    assert kind.heard[-1] == ("finished", "over")
    assert paper.context["outcomes_sign"] == {"agree": 3}
    verbs = list(FlowLog.objects.filter(instance=paper).values_list("verb", flat=True))
    assert verbs[:3] == ["start", "open", "complete"] and verbs[-1] == "finish"


def test_the_item_carries_what_a_list_shows(house):
    paper = house.paper(number="太政〔2026〕1号", urgency="critical")
    item = house.item(paper, house.signers[0])
    assert (item.title, item.number, item.urgency) == (paper.title, "太政〔2026〕1号", "critical")
    assert (item.module_title, item.organ_name) == ("测试公文", house.organ.short_name)
    assert item.sender_name == house.drafter.officer.name and item.due_at is not None and item.limit_days == 3


def test_serial_signers_come_one_after_another(kind):
    house = build(kind, mode="serial")
    paper = house.paper()
    for one in house.signers:
        assert open_at(paper) == [("sign", one.officer.name)]
        house.sign(paper, one)
    assert open_at(paper) == [("issue", house.issuer.officer.name)]


def test_a_waiting_signer_cannot_go_first(kind):
    house = build(kind, mode="serial")
    paper = house.paper()
    with pytest.raises(Exception, match="先行办理"):
        house.sign(paper, house.signers[1])


def test_one_is_enough_where_the_flow_says_any(kind):
    house = build(kind, mode="any")
    paper = house.paper()
    house.sign(paper, house.signers[1])
    assert sorted(statuses(paper, "sign")) == ["done", "void", "void"]
    assert open_at(paper) == [("issue", house.issuer.officer.name)]


@pytest.mark.db
def test_a_veto_ends_the_node_at_once(house, kind):
    paper = house.paper()
    house.sign(paper, house.signers[0])
    house.sign(paper, house.signers[1], "stop", "与上位法不一致")
    assert statuses(paper, "sign") == ["done", "done", "void"]
    paper.refresh_from_db()
    assert (paper.status, paper.end) == ("finished", "stopped")
    with pytest.raises(ItemClosed):
        item = WorkItem.objects.get(instance=paper, post=house.signers[2].post)
        complete(house.signers[2].actor, item.pk, item.version, outcome="agree")


def test_disagreement_needs_words_and_does_not_end_the_node(house):
    paper = house.paper()
    with pytest.raises(OpinionRequired):
        house.sign(paper, house.signers[0], "against", "  ")
    assert AuditEntry.objects.filter(action="workflow.complete", outcome="refused").count() == 1
    house.sign(paper, house.signers[0], "against", "数据有误")
    assert len(open_at(paper)) == 2
    assert house.item(paper, house.signers[0], pending=False).opinion == "数据有误"


def test_an_outcome_the_node_does_not_offer_is_refused(house):
    with pytest.raises(UnknownOutcome):
        house.sign(house.paper(), house.signers[0], "submit")


def test_only_the_desk_it_lies_on_may_sign(house):
    item = house.item(house.paper(), house.signers[0])
    with pytest.raises(NotYourItem):
        complete(house.signers[1].actor, item.pk, item.version, outcome="agree")
    with pytest.raises(NotYourItem):
        complete(SYSTEM, item.pk, item.version, outcome="agree")


def test_an_old_form_is_refused(house):
    item = house.item(house.paper(), house.signers[0])
    with pytest.raises(StaleVersion):
        complete(house.signers[0].actor, item.pk, item.version - 1, outcome="agree")


def test_the_module_may_refuse_and_nothing_stays(house, kind):
    paper = house.paper()
    kind.refuse = BadInput(what="作者不得审核自己的稿件。")
    with pytest.raises(BadInput):
        house.sign(paper, house.signers[0])
    assert statuses(paper, "sign") == ["open"] * 3


def test_candidates_of_a_post_claim_and_give_back(house, kind):
    post = house.signers[0].post
    second = desk(post=post)
    kind.places["sign"] = [house.signers[0].any_holder]
    paper = house.paper()
    item = house.item(paper, second)
    assert item.officer is None
    with pytest.raises(BadInput):
        release_claim(second.actor, item.pk, item.version)
    item = claim(second.actor, item.pk, item.version)
    with pytest.raises(NotYourItem):
        claim(house.signers[0].actor, item.pk, item.version)
    item = release_claim(second.actor, item.pk, item.version)
    done = complete(house.signers[0].actor, item.pk, item.version, outcome="agree")
    assert done.officer == house.signers[0].officer


def test_reading_is_noted_once_and_leaves_the_form_valid(house):
    item = house.item(house.paper(), house.signers[0])
    assert mark_read(house.signers[1].actor, item.pk) is None
    read = mark_read(house.signers[0].actor, item.pk)
    assert read and read.read_by_name == house.signers[0].officer.name
    assert mark_read(house.signers[0].actor, item.pk) is None
    complete(house.signers[0].actor, item.pk, item.version, outcome="agree")


@pytest.mark.db
def test_a_matter_is_on_its_way_once(house):
    paper = house.paper()
    with pytest.raises(AlreadyRunning):
        start(house.drafter.actor, PaperKind.kind, paper.subject_id, title="又一次", organ=house.organ)


def test_without_a_deployed_flow_nothing_starts(kind, house):
    ProcessDefinition.objects.update(active=False)
    with pytest.raises(NoFlow):
        house.paper()


def test_two_versions_side_by_side(house):
    old = house.paper()
    new_flow = deploy(SYSTEM, paper_flow("any"))
    assert new_flow.version == 2 and deploy(SYSTEM, paper_flow("any")).pk == new_flow.pk
    new = house.paper()
    house.sign(old, house.signers[0])
    house.sign(new, house.signers[0])
    assert len(open_at(old)) == 2 and [node for node, _ in open_at(new)] == ["issue"]


def test_a_faulty_file_is_refused_and_names_the_element(house):
    faulty = paper_flow().replace(b'role="paper.sign" ', b"")
    with pytest.raises(engine.FlowRefused) as refused:
        deploy(SYSTEM, faulty)
    assert "sign" in {one.element for one in refused.value.faults}
    assert ProcessDefinition.objects.get(active=True).version == 1


def test_deploying_is_for_those_who_manage_flows(house):
    with pytest.raises(Exception, match="没有"):
        deploy(house.drafter.actor, paper_flow("any"))


@pytest.mark.db
def test_history_cannot_be_changed(house):
    line = FlowLog.objects.filter(instance=house.paper())[0]
    line.text = "改过"
    with pytest.raises(Exception, match="append-only"):
        line.save()


def test_the_state_is_small(house):
    paper = house.paper()
    assert 0 < len(bytes(ProcessInstance.objects.get(pk=paper.pk).state)) < 1500
