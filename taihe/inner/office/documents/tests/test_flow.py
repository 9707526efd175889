"""发文 from 送审 to 用印: who is asked, what is refused, and what becomes of a signature when the text changes."""

from __future__ import annotations

from datetime import datetime

import pytest

from taihe.ground import clock
from taihe.ground.errors import BadInput
from taihe.ground.registers.models import Entry
from taihe.ground.vault.keys import vault_at
from taihe.inner.office.documents.actions import flowing
from taihe.inner.office.documents.errors_flow import (
    ChangedSinceSigning,
    NotAgreed,
    NothingToSignAgain,
    NotTheSigner,
    OwnDraft,
    SeriesEnded,
    SignAgainFromStart,
    SigningNotDelegated,
    UseItsPage,
)
from taihe.inner.office.documents.flow import may_edit
from taihe.inner.office.documents.models import Signing
from taihe.inner.office.documents.states import State
from taihe.inner.people.tests.factories import AppointmentFactory, OfficerFactory, StandInFactory, acting, days
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.engine import check
from taihe.inner.workflow.models import WorkItem

from .issuing import FLOW, House, flow_of, open_steps

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(tmp_path, settings):
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    return House()


def test_the_drawing_passes_the_checks():
    assert check(FLOW.read_bytes()) == []


def test_the_whole_way(house):
    made = house.document("sealed", cosigners=[house.other.pk])
    assert made.state == State.SEALED
    assert made.number == f"演政〔{clock.today().year}〕1号"
    assert made.dated == clock.today() == made.printed_on
    assert made.signer_name == house.deputy.officer.name
    assert made.pdf and len(made.pdf_sha256) == 64 and made.pages >= 1
    assert open_steps(made) == [("distribute", house.clerk.officer.name)]
    assert flow_of(made).number == made.number
    signing = Signing.objects.get(document=made)
    assert (signing.opinion, signing.digest) == ("同意印发。", made.signed_digest)


def test_the_nearest_reviewer_verifies_and_never_the_drafter(house):
    made = house.document("submitted")
    assert open_steps(made) == [("verify", house.chief.officer.name)]
    house.drafter = house.chief  # the head of the section drafts: the next one up verifies
    from taihe.inner.people.tests.factories import RoleFactory, RoleGrantFactory

    role = RoleFactory(permissions=["documents.draft"])
    RoleGrantFactory(appointment=house.chief.officer.appointments.get(), role=role, scope=house.section)
    own = house.document("submitted")
    assert open_steps(own) == [("verify", house.bureau.officer.name)]
    item = house.item(own, house.bureau)
    AppointmentFactory(officer=house.chief.officer, post=house.bureau.post)
    WorkItem.objects.filter(pk=item.pk).update(officer=None, officer_name="")
    other_hat = acting(house.chief.officer, 1)
    with pytest.raises(OwnDraft):
        workflow.complete(other_hat, item.pk, item.version, outcome="agree")


def test_without_cosigners_it_goes_to_the_office_at_once(house):
    made = house.document("verified")
    assert {node for node, _ in open_steps(made)} == {"office"}


def test_a_disagreeing_organ_stops_what_goes_down(house):
    made = house.document("verified", cosigners=[house.other.pk])
    house.decide(made, house.finance, "disagree", "资金没有来源。")
    with pytest.raises(NotAgreed):
        house.reviewed(made)
    item = house.item(made, house.reviewer)
    workflow.send_back(house.reviewer.actor, item.pk, item.version, node="draft", reason="请协商一致")
    made.refresh_from_db()
    assert made.state == State.DRAFT and may_edit(house.drafter.actor, made)
    for step in ("submitted", "verified", "cosigned", "reviewed", "signed"):
        getattr(house, step)(made)
    made.refresh_from_db()
    assert made.state == State.SIGNED


def test_the_important_is_signed_by_the_principal(house):
    made = house.document("verified", important=True)
    house.reviewed(made, by=house.deputy)
    with pytest.raises(NotTheSigner):
        house.decide(made, house.deputy, "sign")
    item = house.item(made, house.deputy)
    with pytest.raises(NotTheSigner):
        workflow.transfer(
            house.deputy.actor, item.pk, item.version,
            signer=house.bureau.signer, reason="请代为签发",
        )  # fmt: skip
    workflow.transfer(house.deputy.actor, item.pk, item.version, signer=house.mayor.signer, reason="应由县长签发")
    house.decide(made, house.mayor, "sign")
    made.refresh_from_db()
    assert made.signer_name == house.mayor.officer.name


def test_a_mark_of_having_read_is_a_signature(house):
    """T16: 圈阅 counts as 同意, with name and date."""
    made = house.document("reviewed")
    house.signed(made, "read", "")
    made.refresh_from_db()
    signing = Signing.objects.get(document=made)
    assert made.state == State.SIGNED and (signing.opinion, signing.signer_name) == ("圈阅", house.deputy.officer.name)
    assert signing.signed_at.date() and {node for node, _ in open_steps(made)} == {"recheck"}


def test_a_refusal_ends_it(house):
    made = house.document("reviewed")
    house.signed(made, "refuse", "与上级规定不符。")
    made.refresh_from_db()
    assert made.state == State.CANCELLED and "不予签发" in made.force_note
    assert flow_of(made).end == "refused"


def test_a_general_stand_in_does_not_sign_but_a_named_one_does(house):
    made = house.document("reviewed")
    principal = house.deputy.officer.appointments.get()
    general, named = OfficerFactory(appointed=True), OfficerFactory(appointed=True)
    StandInFactory(principal=principal, deputy=general, covers_all=True, valid_from=days(-1), valid_to=days(3))
    StandInFactory(
        principal=principal, deputy=named, covers_all=False, permissions=["flow:documents.issue"],
        valid_from=days(-1), valid_to=days(3),
    )  # fmt: skip
    item = house.item(made, house.deputy)
    with pytest.raises(SigningNotDelegated):
        workflow.complete(acting(general, 1), item.pk, item.version, outcome="sign")
    workflow.complete(acting(named, 1), item.pk, item.version, outcome="sign")
    made.refresh_from_db()
    signing = Signing.objects.get(document=made)
    assert signing.signer_name == f"{named.name}代{house.deputy.officer.name}" and made.signer_name == named.name


def test_a_series_that_ended_signs_nothing(house):
    made = house.document("reviewed")
    house.series.active_to = days(-1)
    house.series.save()
    with pytest.raises(SeriesEnded):
        house.signed(made)


def test_changed_after_signing_goes_back_to_the_signer(house):
    """T08: 300万元 → 330万元 at 复核; the old signature stays on record, the same signer is asked again."""
    made = house.document("signed")
    house.write(made, house.clerk, "300万元", "330万元")
    with pytest.raises(ChangedSinceSigning):
        house.rechecked(made)
    flowing.return_to_signer(house.clerk.actor, made.pk, made.version)
    made.refresh_from_db()
    assert (made.state, made.signed_digest, made.dated) == (State.IN_REVIEW, "", None)
    assert open_steps(made) == [("sign", house.deputy.officer.name)]
    old = Signing.objects.get(document=made)
    assert old.void_at and "330万元" in old.void_reason and old.opinion == "同意印发。"
    house.signed(made, "sign", "已核。")
    house.rechecked(made)
    made.refresh_from_db()
    assert made.signed_digest == made.versions.get(number=made.head).digest
    assert Signing.objects.filter(document=made, void_at__isnull=True).count() == 1


def test_a_sealed_paper_that_goes_back_is_put_aside_and_keeps_its_number(house):
    made = house.document("sealed")
    number, key = made.number, made.pdf
    item = house.item(made, house.clerk)
    with pytest.raises(NothingToSignAgain):
        flowing.return_to_signer(house.clerk.actor, made.pk, made.version)
    workflow.send_back(house.clerk.actor, item.pk, item.version, node="recheck", reason="第二页有错字")
    made.refresh_from_db()
    assert (made.state, made.pdf, made.number) == (State.NUMBERED, "", number)
    house.write(made, house.clerk, "值班制度", "值班值守制度")
    flowing.return_to_signer(house.clerk.actor, made.pk)
    for step in ("signed", "rechecked"):
        getattr(house, step)(made)
    house.decide(made, house.clerk, "done", fields={"number": "keep"})
    house.sealed(made)
    made.refresh_from_db()
    assert made.number == number and made.state == State.SEALED and made.pdf != key
    assert Entry.objects.filter(subject_id=str(made.pk)).count() == 1


def test_across_the_signature_only_by_running_again(house):
    made = house.document("signed")
    item = house.item(made, house.clerk)
    with pytest.raises(SignAgainFromStart):
        workflow.send_back(house.clerk.actor, item.pk, item.version, node="sign", reason="请再看", resume="direct")
    made.refresh_from_db()
    assert made.state == State.SIGNED


def test_pulling_the_signature_back_voids_it(house):
    made = house.document("signed")
    item = WorkItem.objects.get(instance=made.instance_id, node="sign", status="done")
    workflow.withdraw(house.deputy.actor, item.pk, item.version, reason="再斟酌")
    made.refresh_from_db()
    assert made.state == State.IN_REVIEW and Signing.objects.get(document=made).void_at


def test_pulling_the_draft_back(house):
    made = house.document("submitted")
    item = WorkItem.objects.get(instance=made.instance_id, node="draft", status="done")
    workflow.withdraw(house.drafter.actor, item.pk, item.version)
    made.refresh_from_db()
    assert made.state == State.DRAFT
    house.submitted(made)
    assert open_steps(made) == [("verify", house.chief.officer.name)]


def test_cancelling_gives_the_number_up_for_good(house):
    """T06: void with the reason; the next document gets the next number."""
    made = house.document("numbered")
    flowing.cancel(house.drafter.actor, made.pk, made.version, reason="会议取消，不再印发")
    made.refresh_from_db()
    entry = Entry.objects.get(subject_id=str(made.pk))
    assert made.state == State.CANCELLED and entry.status == "void" and "不再印发" in entry.reason
    assert house.document("numbered").number == f"演政〔{clock.today().year}〕2号"


def test_the_year_of_a_number_is_chosen_with_a_reason(house, monkeypatch):
    """T07: signed in December, numbered in January."""
    made = house.document("rechecked")
    december = clock.today().replace(year=clock.today().year - 1, month=12, day=31)
    made.dated = december
    made.save()
    with pytest.raises(BadInput):
        house.numbered(made)
    house.numbered(made, year=str(december.year), reason="去年签发，按去年补编")
    made.refresh_from_db()
    assert made.number == f"演政〔{december.year}〕1号"
    assert "按去年补编" in Entry.objects.get(subject_id=str(made.pk)).backdated


def test_a_reserved_number_is_used(house):
    from taihe.inner.office.documents.actions import numbering

    kept = numbering.reserve(house.clerk.actor, house.series.pk, purpose="会议纪要")
    made = house.document("rechecked")
    house.numbered(made, number=f"entry:{kept.pk}")
    made.refresh_from_db()
    assert made.number == kept.text


def test_the_seal_and_the_distribution_are_not_ticked_off(house):
    made = house.document("numbered")
    with pytest.raises(UseItsPage):
        house.decide(made, house.keeper, "done")
    house.sealed(made)
    with pytest.raises(UseItsPage):
        house.decide(made, house.clerk, "done")


def test_a_disputed_record_voids_the_signature(house):
    from io import BytesIO

    from taihe.ground.files.upload import made_here
    from taihe.inner.people.tests.factories import RoleFactory, RoleGrantFactory

    made = house.document("reviewed")
    secretary = OfficerFactory(appointed=True)
    role = RoleFactory(permissions=["workflow.record_for"])
    RoleGrantFactory(appointment=secretary.appointments.get(), role=role, scope=house.county)
    photo = made_here(BytesIO(b"photo"), name="原件.png", mime="image/png", looked_at="测试")
    item = house.item(made, house.deputy)
    workflow.record_for(acting(secretary), item.pk, item.version, outcome="sign", opinion="同意", photo=photo)
    made.refresh_from_db()
    assert made.state == State.SIGNED and made.signer_name == house.deputy.officer.name
    item.refresh_from_db()
    workflow.confirm_recorded(house.deputy.actor, item.pk, item.version, agree=False, note="我没有同意")
    made.refresh_from_db()
    assert made.state == State.IN_REVIEW and flow_of(made).status == "suspended"
    assert "异议" in Signing.objects.get(document=made).void_reason


def test_who_may_write_when(house):
    made = house.document()
    assert may_edit(house.drafter.actor, made) and not may_edit(house.chief.actor, made)
    house.submitted(made)
    made.refresh_from_db()
    assert may_edit(house.chief.actor, made) and not may_edit(house.drafter.actor, made)
    for step, writer in (("verified", house.reviewer), ("reviewed", None), ("signed", house.clerk)):
        getattr(house, step)(made)
        made.refresh_from_db()
        assert writer is None or may_edit(writer.actor, made)
    assert not may_edit(house.deputy.actor, made)
    assert isinstance(Signing.objects.get(document=made).signed_at, datetime)
