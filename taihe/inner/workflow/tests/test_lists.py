"""What the lists show, in which order, at what cost; what pages may offer and who may look."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taihe.ground.errors import Missing
from taihe.inner.people.tests.factories import AppointmentFactory, OfficerFactory, acting
from taihe.inner.workflow import queries
from taihe.inner.workflow.actions import (
    add_phrase,
    add_signers,
    circulate,
    complete,
    drop_phrase,
    mark_read,
    send_back,
    urge,
)
from taihe.inner.workflow.registry import Signer, forget_subject, on_items_opened, register_subject
from taihe.inner.workflow.seeds import load_flows

from .kit import PaperKind, build, desk, names, paper_flow

pytestmark = pytest.mark.django_db


def asked(act) -> int:
    """How many queries it takes."""
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act()
    return len(seen)


@pytest.mark.db
def test_the_desk_shows_urgent_papers_first_and_filters(house):
    plain, urgent, critical = (house.paper(urgency=one) for one in ("normal", "urgent", "critical"))
    actor = house.signers[0].actor
    assert [one.instance_id for one in queries.todo(actor)] == [critical.pk, urgent.pk, plain.pk]
    assert [one.instance_id for one in queries.todo(actor, urgency="urgent")] == [urgent.pk]
    assert not queries.todo(actor, module="elsewhere").exists() and not queries.todo(actor, overdue=True).exists()
    assert [one.instance_id for one in queries.todo(actor, text=plain.title)] == [plain.pk]


def test_a_page_of_a_list_is_one_query_however_many_rows(house):
    for _ in range(3):
        house.paper()
    actor = house.signers[0].actor
    page = queries.todo(actor)[:20]
    assert asked(lambda: [(one.title, one.holder_name, one.sender_name, one.due_label) for one in page]) == 1


@pytest.mark.db
def test_all_figures_are_one_query(house):
    house.paper(urgency="critical")
    paper, reader = house.paper(), house.signers[0]
    circulate(house.signers[1].actor, paper.pk, signers=[reader.any_holder])
    figures = queries.counts(reader.actor)
    assert (figures.todo, figures.urgent, figures.unread, figures.overdue, figures.others) == (2, 1, 1, 0, 0)
    assert asked(lambda: queries.counts(reader.actor)) == 1


def test_work_in_other_posts_is_counted(house):
    house.paper()
    AppointmentFactory(officer=house.signers[0].officer)
    other = acting(house.signers[0].officer, index=1)
    assert queries.counts(other).others == 1 and queries.counts(other).todo == 0


def test_figures_stop_at_the_cap(house, monkeypatch):
    from taihe.inner.workflow.queries import lists

    monkeypatch.setattr(lists, "rule", lambda key: 2)
    for _ in range(3):
        house.paper()
    assert queries.counts(house.signers[0].actor).todo == 2


def test_done_started_and_where_it_lies(house):
    paper = house.paper()
    house.sign(paper, house.signers[0])
    assert [one.instance_id for one in queries.done(house.signers[0].actor)] == [paper.pk]
    assert list(queries.started(house.drafter.actor)) == [paper]
    assert not queries.started(house.drafter.actor, status="finished").exists()
    assert not queries.todo(house.signers[0].actor).exists()


def test_the_stepper_knows_what_has_to_be_done_again(house):
    paper = house.paper()
    for one in house.signers:
        house.sign(paper, one)
    states = [(one.node, one.state) for one in queries.stepper(paper)]
    assert states == [("draft", "done"), ("sign", "done"), ("issue", "current")]
    item = house.item(paper, house.issuer)
    send_back(house.issuer.actor, item.pk, item.version, node="draft", reason="请补充依据")
    states = [(one.node, one.state) for one in queries.stepper(paper)]
    assert states == [("draft", "current"), ("sign", "ahead"), ("issue", "ahead")]
    assert "<svg" in queries.picture(paper)


def test_targets_name_who_signed_there(house):
    paper = house.paper()
    for one in house.signers:
        house.sign(paper, one)
    found = queries.targets(house.item(paper, house.issuer))
    assert [one.node for one in found] == ["draft", "sign"]
    assert [one.officer_name for one in found[1].signers] == names(house.signers)


def test_what_a_page_may_offer(house, kind):
    paper = house.paper()
    item = queries.get_item(house.signers[0].actor, house.item(paper, house.signers[0]).pk)
    assert {"complete", "transfer", "add_signers", "send_back"} <= queries.may(house.signers[0].actor, item)
    assert queries.may(house.drafter.actor, item) == {"urge", "drop_signer"}
    assert queries.may(house.issuer.actor, item) == frozenset()
    assert queries.may_instance(house.drafter.actor, paper) == {"suspend", "cancel", "circulate"}
    done = queries.get_item(house.drafter.actor, house.item(paper, house.drafter, pending=False).pk)
    assert "withdraw" in queries.may(house.drafter.actor, done)


def test_only_those_with_a_part_may_look(house, kind):
    paper = house.paper()
    item = house.item(paper, house.signers[0])
    for actor in (house.drafter.actor, house.signers[1].actor):
        assert queries.get_item(actor, item.pk).pk == item.pk and queries.get_instance(actor, paper.pk) == paper
    for look in (lambda: queries.get_item(desk().actor, item.pk), lambda: queries.get_instance(desk().actor, paper.pk)):
        with pytest.raises(Missing):
            look()
    manager = acting(OfficerFactory(organ=house.organ, permissions=["workflow.manage"]))
    assert queries.get_instance(manager, paper.pk) == paper
    kind.may_view = lambda actor, instance: True
    assert queries.get_instance(desk().actor, paper.pk) == paper


def test_notices_hear_of_all_items_at_once(house):
    heard = []
    on_items_opened("test.notices")(lambda actor, items: heard.append([one.officer_name for one in items]))
    try:
        house.paper()
    finally:
        on_items_opened.remove("test.notices")
    assert heard == [[house.drafter.officer.name], names(house.signers)]


def test_a_kind_registered_twice_is_a_start_up_error(kind):
    with pytest.raises(RuntimeError):
        register_subject(PaperKind())
    forget_subject("nothing")


def test_own_phrases(house):
    actor = house.drafter.actor
    phrase = add_phrase(actor, "  请尽快  办理。")
    assert add_phrase(actor, "请尽快 办理。") == phrase and [one.text for one in queries.phrases(actor)] == [
        "请尽快 办理。"
    ]
    with pytest.raises(Missing):
        drop_phrase(house.issuer.actor, phrase.pk)
    drop_phrase(actor, phrase.pk)
    assert queries.phrases(actor) == []


def test_the_countys_flows_are_put_in_use_once(db, tmp_path):
    (tmp_path / "paper.bpmn").write_bytes(paper_flow())
    assert load_flows(tmp_path) == 1 and load_flows(tmp_path) == 0
    (tmp_path / "paper.bpmn").write_bytes(paper_flow("any"))
    assert load_flows(tmp_path) == 1
    (tmp_path / "paper.bpmn").write_bytes(paper_flow().replace(b'mode="all"', b'mode="most"'))
    with pytest.raises(Exception, match=r"paper\.bpmn.*sign"):
        load_flows(tmp_path)


# -- cost: the same with two signers and with two hundred --------------------------------------------


def crowd(kind, number: int, mode: str = "all"):
    house = build(kind, signers=2, mode=mode)
    many = [house.signers[0].signer, house.signers[1].signer]
    for officer in OfficerFactory.create_batch(number - 2):
        many.append(Signer(house.issuer.post.pk, officer.pk))
        AppointmentFactory(officer=officer, post=house.issuer.post)
    kind.places["sign"] = many
    return house


def costs_of(house) -> dict[str, int]:
    """What each part of one signer's work asks of the database."""
    paper, first = house.paper(), house.signers[0]
    actor, item = first.actor, house.item(paper, first)
    after = [house.drafter.signer]
    return {
        "read": asked(lambda: mark_read(actor, item.pk)),
        "urge": asked(lambda: urge(house.drafter.actor, item.pk)),
        "may": asked(lambda: queries.may(actor, queries.get_item(actor, item.pk))),
        "stepper": asked(lambda: queries.stepper(paper)),
        "timeline": asked(lambda: queries.timeline(paper)),
        "add": asked(lambda: add_signers(actor, item.pk, item.version, signers=after, where="after")),
        "sign": asked(lambda: complete(actor, item.pk, item.version + 1, outcome="agree")),
    }


@pytest.mark.parametrize("mode", ["all", "serial", "any"])
def test_a_step_asks_as_much_among_200_signers_as_among_three(kind, mode):
    few, many = costs_of(crowd(kind, 3, mode)), costs_of(crowd(kind, 200, mode))
    assert few == many and many["sign"] <= 25


def test_a_veto_among_200_asks_no_more(kind):
    def cost(house) -> int:
        first = house.signers[0]
        item = house.item(house.paper(), first)
        return asked(lambda: complete(first.actor, item.pk, item.version, outcome="stop", opinion="不予通过"))

    assert cost(crowd(kind, 3)) == cost(crowd(kind, 200))
