"""One writer at a time; every stretch a version; nothing typed is lost, nothing closed is changed."""

from __future__ import annotations

import pytest

from taihe.ground.action import action
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, NotAllowed
from taihe.ground.files.models import SecretIncident

from .. import rights
from ..actions import drafting, drafting_rows
from ..errors_drafting import (
    BeingEdited,
    GenreNotHere,
    MayNotEdit,
    NothingOpen,
    SecretText,
    SeriesNotHere,
    StaleText,
    TakenOver,
    VersionClosed,
)
from ..models import DocumentVersion, Series
from . import writing
from .writing import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return writing.build()


def versions(row):
    return list(DocumentVersion.objects.filter(document=row).order_by("number"))


def test_a_draft_begins_checked_out_with_an_open_first_version(office):
    row = office.draft()
    assert (row.organ_name, row.drafting_organ_name, row.head) == ("太和县人民政府办公室", "太和县人民政府办公室", 1)
    assert row.editing_by == office.clerk
    [first] = versions(row)
    assert first.closed_at is None and first.author == office.clerk


def test_drafting_needs_the_right_the_series_and_the_genre(office):
    def begin(who="clerk", organ=office.office, genre="通知", series=office.series):
        return drafting.create(office.actor(who), series_pk=series.pk, genre=genre, drafting_organ_pk=organ.pk)

    with pytest.raises(NotAllowed):
        begin("stranger")
    with pytest.raises(SeriesNotHere):
        begin("stranger", organ=office.bureau)
    with pytest.raises(GenreNotHere):
        begin(genre="主题词")
    Series.objects.filter(pk=office.series.pk).update(genres=["通知"])
    with pytest.raises(GenreNotHere):
        begin(genre="报告")
    Series.objects.filter(pk=office.series.pk).update(active_to="2024-02-01")
    with pytest.raises(SeriesNotHere):
        begin()


def test_a_department_drafts_for_the_government_and_its_office(office):
    writing.series(office.county, "太政", office=office.office)
    row = drafting.create(
        office.actor("stranger"), series_pk=office.series.pk, genre="通知", drafting_organ_pk=office.bureau.pk
    )
    assert (row.organ, row.drafting_organ) == (office.office, office.bureau)


def test_saving_goes_into_the_one_open_version_and_is_recorded_once(office):
    row = office.draft()
    before = AuditEntry.objects.count()
    for text in ("第一句。", "第一句。第二句。", "第一句。第二句。第三句。"):
        office.write(row, text)
    [only] = versions(row)
    assert only.content["blocks"][0]["text"].endswith("第三句。")
    row.refresh_from_db()
    assert row.title == content("").title and row.version == 4
    assert AuditEntry.objects.count() == before  # the version was recorded when it was opened


def test_an_old_page_is_refused_and_its_text_parked(office):
    row = office.draft()
    drafting.autosave(office.actor("clerk"), row.pk, 1, content("新的。"))
    assert drafting.autosave(office.actor("clerk"), row.pk, 1, content("新的。")).number == 1  # sent twice
    with pytest.raises(StaleText, match="又保存过"):
        drafting.autosave(office.actor("clerk"), row.pk, 1, content("旧页面上的。"))
    parked = drafting.park(office.actor("clerk"), row.pk, content("旧页面上的。"))
    assert drafting.park(office.actor("clerk"), row.pk, content("旧页面上的。")) == parked
    row.refresh_from_db()
    assert parked.closed_at and row.head == 1 and parked.number == 2
    office.write(row, "接着写。")
    assert versions(row)[0].content["blocks"][0]["text"] == "接着写。"


def test_one_writer_at_a_time_until_the_lease_runs_out(office):
    row = office.draft()
    office.write(row, "甲写的。")
    with pytest.raises(BeingEdited, match="演文书正在编辑"):
        drafting.check_out(office.actor("second"), row.pk)
    with pytest.raises(BeingEdited):
        office.write(row, "乙插进来。", who="second")
    writing.long_ago(row)
    drafting.check_out(office.actor("second"), row.pk)
    office.write(row, "乙接着写。", who="second")
    first, second = versions(row)
    assert first.closed_at and first.note.startswith("编辑超时") and second.author == office.second


def test_taking_over_needs_a_reason_and_tells_the_other_where_his_text_is(office):
    row = office.draft()
    office.write(row, "甲写的。")
    with pytest.raises(BadInput):
        drafting.take_over(office.actor("second"), row.pk, "急")
    row = drafting.take_over(office.actor("second"), row.pk, "甲已外出，今天必须送审")
    office.write(row, "乙写的。", who="second")
    with pytest.raises(TakenOver, match="第1稿") as told:
        drafting.autosave(office.actor("clerk"), row.pk, 2, content("甲又写的。"))
    assert "演秘书" in str(told.value) and "今天必须送审" in str(told.value)
    drafting.park(office.actor("clerk"), row.pk, content("甲又写的。"))
    assert [one.author_name for one in versions(row)] == ["演文书", "演秘书", "演文书"]
    taken = AuditEntry.objects.get(action="documents.take_over", outcome="done")
    assert taken.detail["reason"].startswith("甲已外出")


def test_a_closed_version_never_changes(office):
    row = office.draft()
    office.write(row, "一稿。")
    closed = drafting.check_in(office.actor("clerk"), row.pk, "送科长看")
    assert closed.note == "送科长看"
    with pytest.raises(VersionClosed):
        drafting_rows.write(closed, content("改一稿。"))
    stale = DocumentVersion.objects.get(pk=closed.pk)
    stale.closed_at = None  # as a page that read it while it was still open
    with pytest.raises(VersionClosed):
        drafting_rows.write(stale, content("改一稿。"))
    office.write(row, "二稿。")
    assert [one.content["blocks"][0]["text"] for one in versions(row)] == ["一稿。", "二稿。"]


def test_nothing_new_makes_no_version(office):
    row = office.draft()
    office.write(row, "一稿。")
    drafting.check_in(office.actor("clerk"), row.pk)
    with pytest.raises(NothingOpen):
        drafting.check_in(office.actor("clerk"), row.pk, "再存一次")
    drafting.check_out(office.actor("clerk"), row.pk)
    office.write(row, "一稿。")
    assert len(versions(row)) == 1


def test_strangers_neither_write_nor_take_over(office):
    row = office.draft()
    for attempt in (
        lambda who: drafting.check_out(who, row.pk),
        lambda who: drafting.take_over(who, row.pk, "我要写这件公文"),
        lambda who: drafting.autosave(who, row.pk, 1, content("外人写的。")),
        lambda who: drafting.park(who, row.pk, content("外人写的。")),
        lambda who: drafting.restore(who, row.pk, 1, 1),
    ):
        with pytest.raises(MayNotEdit):
            attempt(office.actor("stranger"))
    assert AuditEntry.objects.filter(outcome="refused", detail__code="documents.may_not_edit").count() == 5


@pytest.mark.parametrize("mark", ["秘密★1年", "机 密 ☆", "绝密*长期"])
def test_a_secret_mark_is_an_incident_and_nothing_is_stored(office, mark):
    row = office.draft()
    office.write(row, "此前的。")
    with pytest.raises(SecretText):
        office.write(row, f"{mark}\n以下内容。")
    [only] = versions(row)
    assert only.content["blocks"][0]["text"] == "此前的。"
    incident = SecretIncident.objects.get()
    assert incident.owner_type == "documents.document" and mark not in incident.marks


def test_words_about_secrecy_are_no_mark(office):
    row = office.draft()
    office.write(row, "各单位要加强保密教育，严格区分国家秘密和工作秘密。")
    assert not SecretIncident.objects.exists()


def test_freezing_closes_for_another_action_but_not_from_under_a_writer(office):
    row = office.draft()
    office.write(row, "正在写。")

    @action("documents.test_submit")
    def submit(actor):
        return drafting.freeze(actor, drafting_rows.lock(row.pk), "起草")

    with pytest.raises(BeingEdited):
        submit(office.actor("second"))
    head = submit(office.actor("clerk"))
    row.refresh_from_db()
    assert head.closed_at and row.editing_by is None and head.number == row.head
    assert submit(office.actor("second")) == head


def test_an_earlier_text_comes_back_as_a_new_version(office):
    row = office.draft()
    office.write(row, "一稿。")
    drafting.check_in(office.actor("clerk"), row.pk)
    office.write(row, "二稿。")
    row.refresh_from_db()
    made = drafting.restore(office.actor("clerk"), row.pk, row.version, 1)
    row.refresh_from_db()
    assert (made.number, row.head, made.note) == (3, 3, "由第1稿恢复")
    assert [one.closed_at is None for one in versions(row)] == [False, False, False]


def test_fields_are_kept_and_wrong_ones_named(office):
    row = office.draft()
    office.write(row, "正文。", urgency="urgent", basis="县政府常务会议", cosigners=[office.bureau.pk], phone="0558-1")
    row.refresh_from_db()
    assert (row.urgency, row.basis, row.cosigners) == ("urgent", "县政府常务会议", [office.bureau.pk])
    with pytest.raises(BadInput, match="会签单位中有不存在的机构"):
        office.write(row, "正文。", cosigners=[999999])
    with pytest.raises(BadInput, match="缓急的值不合规定"):
        office.write(row, "正文。", urgency="宇宙级")
    row.refresh_from_db()
    assert row.urgency == "urgent" and row.cosigners == [office.bureau.pk]


def test_the_lines_make_the_printed_names(office):
    row = office.draft()
    lines = [
        {"role": "main", "text": "县卫生健康委", "organ": office.bureau.pk},
        {"role": "cc", "text": "县人大常委会办公室"},
    ]
    kept = office.write(row, "正文。", addressees=lines)
    assert kept.content["addressees"] == ["县卫生健康委"] and kept.content["copies"] == ["县人大常委会办公室"]
    assert [(one.role, one.text, one.organ_id) for one in row.addressees.order_by("-role")] == [
        ("main", "县卫生健康委", office.bureau.pk),
        ("cc", "县人大常委会办公室", None),
    ]
    version = row.version
    office.write(row, "正文。", addressees=lines)
    row.refresh_from_db()
    assert row.version == version + 1 == 2  # the same again changes nothing


def test_a_stand_in_writes_in_both_names(office):
    from taihe.inner.people.models import Appointment
    from taihe.inner.people.tests import factories as people

    people.StandInFactory(
        principal=Appointment.objects.get(officer=office.clerk), deputy=office.stranger, permissions=[rights.DRAFT]
    )
    deputy = people.acting(office.stranger, 1)
    row = drafting.create(deputy, series_pk=office.series.pk, genre="通知", drafting_organ_pk=office.office.pk)
    assert row.drafter_name == "演外人代演文书"


def test_a_save_that_fails_changes_nothing(office):
    row = office.draft()
    with pytest.raises(BadInput):
        office.write(row, "正文。", genre="主题词")
    row.refresh_from_db()
    assert row.version == 1
