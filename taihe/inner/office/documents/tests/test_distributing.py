"""分发, 补发, 收回, 催收, 换版: on the frozen list, once, each with its record."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, NotAllowed, StaleVersion
from taihe.ground.registers.models import Entry
from taihe.inner.office.documents.actions import collecting, correcting, following_up
from taihe.inner.office.documents.actions.distributing import distribute, send_further
from taihe.inner.office.documents.errors_distributing import (
    CorrectionUnderWay,
    DeliveryClosed,
    NobodyToSend,
    NotInForce,
    NotReadyToSend,
    UrgedEnough,
)
from taihe.inner.office.documents.models import Delivery, DeliveryEvent, Dispatch, Document, Incoming
from taihe.inner.office.documents.news import on_issued
from taihe.inner.office.documents.queries import distributing as queries
from taihe.inner.people.actions import organs as organ_actions
from taihe.inner.people.tests.factories import OrganFactory, PostFactory
from taihe.inner.workflow.errors import ItemClosed, NotYourItem
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.registry import forget_subject, register_subject
from taihe.inner.workflow.tests.kit import desk

from .sending import Senders, SendingKind, build, copy_of, kinds

pytestmark = [pytest.mark.django_db, pytest.mark.db]
WHY = "初次分发时漏列"


@pytest.fixture
def kind():
    made = SendingKind()
    register_subject(made)
    yield made
    forget_subject(made.kind)


@pytest.fixture
def senders(kind) -> Senders:
    return build(kind)


# -- 分发 ----------------------------------------------------------------------------------------------


def test_everybody_on_the_list_gets_one_copy(senders):
    document, item = senders.sealed(senders.organs[:2], senders.organs[2:])
    heard = []
    on_issued("test")(lambda actor, row: heard.append((actor.person_id, row.pk, row.state)))
    try:
        distribute(senders.clerk.actor, item.pk, item.version)
    finally:
        on_issued.remove("test")
    document.refresh_from_db()
    assert (document.state, document.force) == ("issued", "in_force")
    assert document.issued_at == document.sorted_at
    copies = Delivery.objects.filter(document=document).order_by("order")
    assert [one.organ_id for one in copies] == [one.pk for one in senders.organs]
    assert [(one.role, one.state) for one in copies] == [("main", "sent"), ("main", "sent"), ("cc", "sent")]
    assert [one.organ_name for one in copies] == [one.name for one in senders.organs]
    assert all(kinds(one) == ["sent"] for one in copies)
    assert Entry.objects.get(pk=document.entry_id).status == "issued"
    assert WorkItem.objects.get(pk=item.pk).status == "done"
    assert heard == [(senders.clerk.actor.person_id, document.pk, "issued")]
    entry = AuditEntry.objects.get(action="documents.distribute", outcome="done")
    assert entry.detail["copies"] == 3


def test_a_second_time_is_refused_and_sends_nothing(senders):
    _, item = senders.sealed()
    distribute(senders.clerk.actor, item.pk, item.version)
    with pytest.raises(ItemClosed):
        distribute(senders.clerk.actor, item.pk, item.version)
    assert (Dispatch.objects.count(), Delivery.objects.count()) == (1, 3)


def test_only_the_holder_of_the_item_with_the_right_sends(senders):
    document, item = senders.sealed()
    other = desk(senders.organ)
    with pytest.raises(NotYourItem):
        distribute(other.actor, item.pk, item.version)
    colleague = desk(post=PostFactory(organ=senders.organ))
    senders.kind.clerks = [colleague.any_holder]
    document, item = senders.sealed()
    with pytest.raises(NotAllowed):
        distribute(colleague.actor, item.pk, item.version)
    assert not Delivery.objects.filter(document=document).exists()


def test_an_unsealed_document_stays_where_it_is(senders):
    document, item = senders.sealed()
    Document.objects.filter(pk=document.pk).update(state="numbered")
    with pytest.raises(NotReadyToSend):
        distribute(senders.clerk.actor, item.pk, item.version)
    assert not Dispatch.objects.exists()


def test_a_list_of_nobody_is_refused(senders):
    _, item = senders.sealed([])
    with pytest.raises(NobodyToSend):
        distribute(senders.clerk.actor, item.pk, item.version)


def test_queries_do_not_grow_with_the_list(kind):
    def asked(organs: int) -> int:
        senders = build(kind, organs)
        _, item = senders.sealed()
        with CaptureQueriesContext(connection) as seen:
            distribute(senders.clerk.actor, item.pk, item.version)
        return len(seen)

    few, many = asked(2), asked(120)
    # SQLite takes 999 values a statement: about 40 copies; PostgreSQL takes all at once.
    assert many - few <= 8


# -- 补发 ----------------------------------------------------------------------------------------------


def test_a_forgotten_organ_gets_its_copy_and_the_others_no_second_one(senders):
    document = senders.sent(senders.organs[:2])
    forgotten = senders.organs[2]
    organs = [one.pk for one in senders.organs]
    dispatch = send_further(senders.clerk.actor, document.pk, document.version, organs=organs, reason=WHY)
    assert (dispatch.number, dispatch.kind, dispatch.reason) == (2, "further", WHY)
    assert list(dispatch.deliveries.values_list("organ", flat=True)) == [forgotten.pk]
    note = queries.notices([forgotten.pk]).get()
    assert note.text == f"补发：{WHY}"
    assert not queries.notices([senders.organs[0].pk]).exists(), "the first round is no notice"
    document.refresh_from_db()
    with pytest.raises(NobodyToSend):
        send_further(senders.clerk.actor, document.pk, document.version, organs=organs, reason=WHY)


def test_a_stale_page_sends_nothing_further(senders):
    document = senders.sent(senders.organs[:1])
    seen = document.version
    send_further(senders.clerk.actor, document.pk, seen, organs=[senders.organs[1].pk], reason=WHY)
    with pytest.raises(StaleVersion):
        send_further(senders.clerk.actor, document.pk, seen, organs=[senders.organs[2].pk], reason=WHY)
    with pytest.raises(BadInput):
        send_further(senders.clerk.actor, document.pk, None, organs=[senders.organs[2].pk], reason="漏")


def test_a_returned_copy_is_sent_anew(senders):
    document, organ = senders.sent(), senders.organs[0]
    returned = copy_of(document, organ)
    collecting.refuse(senders.receiver(organ).actor, returned.pk, returned.version, reason="附件缺第二页")
    assert queries.counts(queries.receipts(document))["returned"] == 1
    send_further(senders.clerk.actor, document.pk, None, organs=[organ.pk], reason="附件已补齐")
    returned.refresh_from_db()
    fresh = copy_of(document, organ)
    assert (returned.state, fresh.state, fresh.role, fresh.order) == ("recalled", "sent", "main", returned.order)


# -- 签收 ----------------------------------------------------------------------------------------------


def test_signing_for_keeps_time_name_and_post_and_opens_the_incoming_paper(senders):
    document, organ = senders.sent(), senders.organs[0]
    clerk, row = senders.receiver(organ), copy_of(document, organ)
    collecting.mark_opened(clerk.actor, row)
    collecting.mark_opened(clerk.actor, copy_of(document, organ))
    collecting.sign_for(clerk.actor, row.pk, row.version)
    row.refresh_from_db()
    assert (row.state, row.signed_by_name) == ("signed", clerk.officer.name)
    assert organ.short_name in row.signed_post and "文书" in row.signed_post
    assert kinds(row) == ["sent", "opened", "signed"]
    assert Incoming.objects.get(delivery=row).organ_id == organ.pk


def test_the_second_clerk_is_told_who_was_faster(senders):
    document, organ = senders.sent(), senders.organs[0]
    clerk, row = senders.receiver(organ), copy_of(document, organ)
    collecting.sign_for(clerk.actor, row.pk, row.version)
    with pytest.raises(DeliveryClosed) as told:
        collecting.sign_for(clerk.actor, row.pk, row.version)
    assert clerk.officer.name in told.value.sentence()
    assert Incoming.objects.filter(delivery=row).count() == 1


def test_no_other_organ_signs(senders):
    document = senders.sent()
    row, stranger = copy_of(document, senders.organs[0]), senders.receiver(senders.organs[1])
    with pytest.raises(NotAllowed):
        collecting.sign_for(stranger.actor, row.pk, row.version)
    assert list(queries.waiting(stranger.actor).values_list("organ", flat=True)) == [senders.organs[1].pk]


def test_the_county_clerk_signs_for_no_department(senders):
    """His right covers all below the county, but what he is shown to sign for is the county's own."""
    from taihe.inner.office.documents.rights import RECEIVE

    senders.sent()
    county = senders.organ.parent
    clerk = desk(post=PostFactory(organ=county), roles=["t_county"], permissions=[RECEIVE])
    assert queries.my_organs(clerk.actor) == [county.pk]
    assert queries.waiting_count(clerk.actor) == 0


def test_prints_are_counted(senders):
    document, organ = senders.sent(), senders.organs[0]
    clerk, row = senders.receiver(organ), copy_of(document, organ)
    collecting.note_print(clerk.actor, row.pk)
    collecting.note_print(clerk.actor, row.pk)
    row.refresh_from_db()
    assert (row.prints, row.printed_at is not None, row.version) == (2, True, 1)
    assert queries.counts(queries.receipts(document))["printed"] == 1


# -- 收回 ----------------------------------------------------------------------------------------------


def test_recall_after_signing_closes_text_and_incoming(senders):
    document, organ = senders.sent(), senders.organs[0]
    clerk, row = senders.receiver(organ), copy_of(document, organ)
    collecting.sign_for(clerk.actor, row.pk, row.version)
    following_up.recall(senders.clerk.actor, document.pk, document.version, deliveries=[row.pk], reason="误发该单位")
    row.refresh_from_db()
    assert (row.state, row.ended_reason, row.signed_at is not None) == ("recalled", "误发该单位", True)
    assert not queries.readable(row)
    assert Incoming.objects.get(delivery=row).state == "recalled"
    assert [one.kind for one in queries.notices([organ.pk])] == ["recalled"]
    assert queries.handled([organ.pk]).get() == row, "a line stays"
    with pytest.raises(DeliveryClosed):
        collecting.note_print(clerk.actor, row.pk)
    with pytest.raises(NobodyToSend):
        following_up.recall(senders.clerk.actor, document.pk, None, deliveries=[row.pk], reason="误发该单位")


def test_a_recalled_organ_can_be_sent_to_again(senders):
    document, organ = senders.sent(), senders.organs[0]
    following_up.recall(
        senders.clerk.actor, document.pk, None, deliveries=[copy_of(document, organ).pk], reason="误发该单位"
    )
    send_further(senders.clerk.actor, document.pk, None, organs=[organ.pk], reason="经核实应发")
    assert copy_of(document, organ).state == "sent"


# -- 催收 ----------------------------------------------------------------------------------------------


def test_urging_is_capped_by_the_day_and_altogether(senders, monkeypatch):
    from datetime import timedelta

    document, organ = senders.sent(), senders.organs[0]
    row = copy_of(document, organ)
    collecting.sign_for(senders.receiver(organ).actor, row.pk, row.version)
    assert following_up.urge(senders.clerk.actor, document.pk) == 2, "who has signed is left in peace"
    with pytest.raises(UrgedEnough):
        following_up.urge(senders.clerk.actor, document.pk)
    real = clock.now
    for day in range(1, 5):
        monkeypatch.setattr(clock, "now", lambda day=day: real() + timedelta(days=day))
        assert following_up.urge(senders.clerk.actor, document.pk, words="急件") == 2
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=9))
    with pytest.raises(UrgedEnough):
        following_up.urge(senders.clerk.actor, document.pk)
    other = copy_of(document, senders.organs[1])
    assert (other.urged, other.version) == (5, 1)
    assert DeliveryEvent.objects.filter(delivery=other, kind="urged", notice=True).count() == 5


# -- 机构变动 -------------------------------------------------------------------------------------------


def test_a_merged_organs_papers_go_to_its_successor(senders):
    first, second, third = senders.organs
    once, both = senders.sent([first]), senders.sent([first, second])
    signed = senders.sent([first])
    row = copy_of(signed, first)
    collecting.sign_for(senders.receiver(first).actor, row.pk, row.version)
    keeper = desk(senders.organ.parent, roles=["keeper"], permissions=["people.edit_organs", "people.appoint"])
    first.refresh_from_db()
    organ_actions.merge_organ(keeper.actor, first.pk, first.version, into=second.pk, on=clock.today(), basis="演示")
    moved = Delivery.objects.get(document=once)
    assert (moved.organ_id, moved.organ_name, moved.state) == (second.pk, first.name, "sent")
    assert kinds(moved) == ["sent", "moved"]
    ended = Delivery.objects.get(document=both, organ=first)
    assert ended.state == "recalled" and ended.ended_reason.endswith("由承接单位一并签收")
    assert copy_of(both, second).state == "sent"
    assert Delivery.objects.get(document=signed).organ_id == first.pk, "what was signed for stays where it was signed"
    following = send_further(senders.clerk.actor, once.pk, None, organs=[third.pk], reason=WHY)
    assert following.deliveries.count() == 1


def test_an_abolished_organs_paper_is_shown_to_the_sender(senders):
    document, organ = senders.sent(), senders.organs[0]
    organ.status, organ.valid_to = "abolished", clock.today()
    organ.save()
    row = next(one for one in queries.receipts(document) if one.organ_id == organ.pk)
    assert row.state == "sent" and queries.masterless(row)


# -- 换版 ----------------------------------------------------------------------------------------------


def corrected(senders: Senders, old: Document, organs) -> Document:
    """The correction as it stands sealed, sent out."""
    document, item = senders.sealed(organs)
    Document.objects.filter(pk=document.pk).update(replaces=old, basis=f"更正{old.number}：第3页金额有误")
    return distribute(senders.clerk.actor, item.pk, item.version)


def test_a_correction_begins_with_the_old_text_and_leaves_the_old_in_force(senders):
    old = senders.sent()
    made = correcting.begin_correction(senders.clerk.actor, old.pk, "第3页金额有误")
    assert (made.replaces_id, made.state, made.title, made.number) == (old.pk, "draft", old.title, "")
    assert made.basis == f"更正{old.number}：第3页金额有误"
    content = made.versions.get(number=made.head).content
    was = old.versions.get(number=old.signed_version).content
    assert content["blocks"] == was["blocks"] and content["addressees"] == [one.name for one in senders.organs]
    assert [one.organ_id for one in made.addressees.order_by("order")] == [one.pk for one in senders.organs]
    old.refresh_from_db()
    assert old.force == "in_force"
    with pytest.raises(CorrectionUnderWay):
        correcting.begin_correction(senders.clerk.actor, old.pk, "第3页金额有误")


def test_a_correction_that_goes_out_ends_the_old_paper_everywhere(senders):
    old = senders.sent()
    first, second, third = senders.organs
    row = copy_of(old, first)
    collecting.sign_for(senders.receiver(first).actor, row.pk, row.version)
    following_up.recall(senders.clerk.actor, old.pk, None, deliveries=[copy_of(old, third).pk], reason="误发该单位")
    newcomer = OrganFactory(parent=senders.organ.parent)
    new = corrected(senders, old, [first, newcomer])
    old.refresh_from_db()
    assert old.force == "corrected" and new.number in old.force_note and "第3页金额有误" in old.force_note
    assert {one.organ_id: one.state for one in old.deliveries.all()} == {
        first.pk: "replaced", second.pk: "replaced", third.pk: "recalled",
    }  # fmt: skip
    got = {one.organ_id for one in new.deliveries.all()}
    assert got == {first.pk, newcomer.pk, second.pk}, "whoever held the old one, not who had it recalled"
    assert new.dispatches.get().kind == "corrected"
    told = [(one.kind, one.delivery.document_id) for one in queries.notices([second.pk])]
    assert told == [("replaced", old.pk), ("sent", new.pk)]
    assert queries.newer(copy_of(old, first)) == copy_of(new, first)
    for act in (
        lambda: following_up.urge(senders.clerk.actor, old.pk),
        lambda: send_further(senders.clerk.actor, old.pk, None, organs=[third.pk], reason=WHY),
        lambda: correcting.begin_correction(senders.clerk.actor, old.pk, "又有一处错误"),
    ):
        with pytest.raises(NotInForce):
            act()
