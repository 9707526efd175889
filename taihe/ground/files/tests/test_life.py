"""A content stays as long as one attachment wants it, and goes, with its row, after a grace."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, Missing
from taihe.ground.files import actions, jobs, queries
from taihe.ground.files.actions import PURGED, attach, remove
from taihe.ground.files.models import Attachment, Blob
from taihe.ground.files.owners import Owner
from taihe.ground.files.queries import attachments_of, idle_blobs, miscounted
from taihe.ground.files.tests.conftest import CASE, CLERK, age
from taihe.ground.files.upload import made_here
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.worker import drain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owned", "store")]
LATER = timedelta(hours=25)


def put(data: bytes, owner: Owner = CASE) -> Attachment:
    prepared = made_here(io.BytesIO(data), name="清稿.pdf", mime="application/pdf", looked_at="系统生成")
    return attach(Actor.system("制版"), prepared, owner, purpose="清稿")


def work(after: timedelta = timedelta(0)) -> None:
    with clock.moved(after):
        drain("main")


@pytest.mark.db
def test_the_last_attachment_takes_the_content_with_it_after_the_grace(store):
    one, two = put(b"same"), put(b"same", Owner("test.case", "2"))
    remove(CLERK, one.key, reason="传错了")
    assert list(attachments_of(CASE)) == []
    assert Blob.objects.get().refs == 1
    work(LATER)
    assert store.exists(one.sha256)

    remove(CLERK, two.key, reason="传错了")
    assert Blob.objects.get().refs == 0
    work()
    assert store.exists(one.sha256)
    age(store, one.sha256, 30)
    work(LATER)
    assert not store.exists(one.sha256) and not Blob.objects.exists()
    assert [row.removed_by for row in Attachment.objects.all()] == ["示一甲 县政府办公室 文书"] * 2
    assert AuditEntry.objects.filter(action="files.drop", subject_id=one.sha256).count() == 1
    assert OutboxMessage.objects.exclude(status=Status.DONE).count() == 0


def test_a_content_wanted_again_within_the_grace_stays(store):
    one = put(b"wanted")
    remove(CLERK, one.key, reason="传错了")
    again = put(b"wanted")
    age(store, one.sha256, 30)
    work(LATER)
    assert store.verify(again.sha256)
    assert (Blob.objects.get().refs, list(miscounted())) == (1, [])


def test_a_file_put_again_is_not_taken_from_under_its_uploader(store):
    """The worker meets a content nobody wants, but somebody has just put it and is about to attach it."""
    one = put(b"soon")
    remove(CLERK, one.key, reason="传错了")
    age(store, one.sha256, 30)
    prepared = made_here(io.BytesIO(b"soon"), name="x.pdf", mime="application/pdf", looked_at="系统生成")
    work(LATER)
    assert store.exists(one.sha256)
    assert attach(CLERK, prepared, CASE, purpose="附件").sha256 == one.sha256
    work(2 * LATER)
    assert store.exists(one.sha256)


def test_wanted_and_dropped_again_counts_the_grace_anew(store):
    one = put(b"twice")
    remove(CLERK, one.key, reason="传错了")
    with clock.moved(timedelta(hours=20)):
        remove(CLERK, put(b"twice").key, reason="传错了")
    age(store, one.sha256, 60)
    work(LATER)
    assert store.exists(one.sha256)
    work(timedelta(hours=45))
    assert not store.exists(one.sha256)


def test_personal_data_goes_at_once_with_its_name(store):
    one = put(b"personal")
    remove(CLERK, one.key, reason="已送达办公区", at_once=True)
    work()
    assert not store.exists(one.sha256) and not Blob.objects.exists()
    assert Attachment.objects.get().name == PURGED


def test_wanted_again_before_the_worker_came_it_stays_even_then(store):
    remove(CLERK, put(b"personal").key, reason="已送达办公区", at_once=True)
    again = put(b"personal")
    work()
    assert store.verify(again.sha256)


def test_a_crash_between_file_and_row_heals(store, monkeypatch):
    one = put(b"crash")
    remove(CLERK, one.key, reason="传错了", at_once=True)

    class PowerCut(BaseException):
        pass

    def cut(place):
        raise PowerCut

    with monkeypatch.context() as dying:
        dying.setattr(actions, "killpoint", cut)
        with pytest.raises(PowerCut):
            work()
    assert not store.exists(one.sha256)
    assert Blob.objects.get().refs == 0  # a row nobody wants: no attachment stands without its file
    work()
    assert not Blob.objects.exists()


def test_removing_needs_a_reason_and_happens_once():
    one = put(b"x")
    with pytest.raises(BadInput, match="原因"):
        remove(CLERK, one.key, reason=" ")
    remove(CLERK, one.key, reason="传错了")
    for key in (one.key, "f" * 32):
        with pytest.raises(Missing):
            remove(CLERK, key, reason="传错了")
    assert Blob.objects.get().refs == 0


def test_the_sweep_takes_files_without_a_row_and_leaves_the_others(store):
    kept, young = put(b"kept"), store.put(io.BytesIO(b"young")).sha256
    orphan = store.put(io.BytesIO(b"orphan")).sha256
    for one in (kept.sha256, orphan):
        age(store, one, 30)
    half = store.folder / "incoming" / "half"
    half.write_bytes(b"half")
    jobs.sweep()
    assert half.exists()  # it may still be on its way
    assert Blob.objects.get(sha256=orphan).refs == 0
    work()
    assert store.exists(orphan)
    work(LATER)
    assert sorted(store.digests()) == sorted([kept.sha256, young])
    assert list(Blob.objects.values_list("sha256", flat=True)) == [kept.sha256]


def test_the_sweep_reminds_the_queue_of_what_it_forgot(store):
    one = put(b"forgotten")
    remove(CLERK, one.key, reason="传错了")
    OutboxMessage.objects.all().delete()
    age(store, one.sha256, 60)
    with clock.moved(LATER):
        assert list(idle_blobs()) == [Blob.objects.get()]
        jobs.sweep()
        drain("main")
    assert not store.exists(one.sha256)


def test_a_wrong_count_is_found():
    put(b"x")
    assert not miscounted()
    Blob.objects.update(refs=2)
    assert list(miscounted()) == list(Blob.objects.all())


@pytest.mark.db
def test_the_database_itself_keeps_content_and_count_together():
    row = put(b"x")
    blobs, rows = Blob.objects.filter(sha256=row.sha256), Attachment.objects.filter(pk=row.pk)
    for wrong in (
        lambda: blobs.update(refs=0),
        lambda: blobs.update(refs=-1),
        lambda: blobs.update(idle_since=clock.now()),
        lambda: rows.update(blob=None),
        lambda: rows.update(removed_at=clock.now()),
        lambda: Blob.objects.create(sha256=row.sha256, size=1, refs=1, created_at=clock.now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong()
    assert queries.zone_store().exists(row.sha256)


def test_dropping_what_is_not_there_is_nothing():
    with unit_of_work("test", CLERK):
        actions.drop_unused("0" * 64, at_once=True)
    assert not AuditEntry.objects.exists()
