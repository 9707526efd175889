"""Quarantine is emptied by people: closed with a reason, or, where a person can judge, let in after all."""

from __future__ import annotations

import pytest

from taihe.gate.errors import NeedsReason, NotReleasable
from taihe.gate.models import Alarm, InLetter, LaneState, Quarantined
from taihe.gate.operating.actions import close_quarantined, release_quarantined
from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import Missing

from .pair import ASKER, DAY, Note, Pair, Parcel
from .test_attachments import TEXT

pytestmark = pytest.mark.django_db


@pytest.fixture
def expired(pair: Pair) -> Quarantined:
    pair.peer.send(Note(text="迟到", number=5), sent_at=clock.now() - 3 * DAY, expires_at=clock.now() - DAY)
    pair.turn()
    return Quarantined.objects.get()


def test_closing_throws_the_file_away_and_clears_the_alarm(pair: Pair, expired, django_capture_on_commit_callbacks):
    file = pair.setup.quarantine / f"{expired.digest}.letter"
    assert file.exists()
    with pytest.raises(NeedsReason):
        close_quarantined(ASKER, expired.pk, "无")
    with django_capture_on_commit_callbacks(execute=True):
        close_quarantined(ASKER, expired.pk, "对方已重新寄出")
    assert not file.exists()
    expired.refresh_from_db()
    assert (expired.reason, expired.released, bool(expired.closed_at)) == ("对方已重新寄出", False, True)
    assert not Alarm.objects.filter(closed_at=None).exists()
    assert AuditEntry.objects.filter(action="gate.close_quarantined", outcome="done").exists()
    with pytest.raises(Missing):
        close_quarantined(ASKER, expired.pk, "再关一次看看")


def test_an_expired_letter_is_let_in_by_a_person_and_carried_out_once(pair: Pair, expired):
    release_quarantined(ASKER, expired.pk, "网闸故障所致，内容仍有效")
    pair.turn()
    assert pair.numbers() == [5]
    assert LaneState.objects.get(direction="in", lane="normal").sequence == 1
    expired.refresh_from_db()
    assert expired.released
    with pytest.raises(Missing):
        release_quarantined(ASKER, expired.pk, "再放行一次看看")
    assert InLetter.objects.count() == 1


def test_what_no_person_can_judge_is_not_let_in(pair: Pair):
    pair.peer.send(Note(text="甲"), body={"text": "甲", "多余": 1})
    pair.turn()
    with pytest.raises(NotReleasable):
        release_quarantined(ASKER, Quarantined.objects.get().pk, "看起来没有问题")


def test_a_held_attachment_is_let_in_with_its_letter(pair: Pair, monkeypatch):
    from taihe.gate import handlers

    got: list[bytes] = []
    monkeypatch.setitem(
        handlers._handlers, "test.parcel", lambda letter, files: got.extend(one.open().read() for one in files)
    )
    formula = b"name,value\n\"=cmd|' /C calc'!A0\",1\n"
    pair.peer.send(Parcel(), files=[pair.peer.pack(TEXT, "好.txt"), pair.peer.pack(formula, "表.csv")])
    pair.turn()
    release_quarantined(ASKER, Quarantined.objects.get().pk, "已核实为统计报表")
    pair.turn()
    assert got == [TEXT, formula]


@pytest.mark.db
def test_the_same_incident_after_closing_is_a_new_record(pair: Pair):
    for _ in range(2):
        pair.drop("x.letter", b"y")
        pair.turn()
    close_quarantined(ASKER, Quarantined.objects.get().pk, "误放的文件，已清理")
    pair.drop("x.letter", b"y")
    pair.turn()
    assert sorted(Quarantined.objects.values_list("times", flat=True)) == [1, 2]
    assert Alarm.objects.filter(kind="quarantine", closed_at=None).count() == 1
