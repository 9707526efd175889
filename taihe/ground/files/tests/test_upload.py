"""A file comes in only when it was looked at and found clean; what is refused leaves no content, a mark an incident."""

from __future__ import annotations

import errno
import io
from dataclasses import replace
from pathlib import Path

import pytest

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.files import incidents, queries
from taihe.ground.files import upload as upload_module
from taihe.ground.files.actions import Prepared, attach
from taihe.ground.files.errors import FileChanged, FileLost, FileTooLarge, FileTooMany, StoreFull
from taihe.ground.files.models import Attachment, Blob, SecretIncident
from taihe.ground.files.owners import Owner, register_authoriser
from taihe.ground.files.store import MB, Stored
from taihe.ground.files.tests.conftest import CASE, CLERK, STRANGER
from taihe.ground.files.upload import Terms, made_here, prepare, receive
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.worker import drain
from taihe.ground.rules import rule
from taihe.ground.scanning import FileRefused, SecretMarkFound
from taihe.ground.scanning.tests import samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owned")]

SECRET = "关于某事的通知\n机密★1年\n演示文字".encode()


def contents(folder: Path) -> list[Path]:
    return [one for one in folder.rglob("*") if one.is_file()]


def test_a_clean_file_is_stored_once_and_attached(store, uploaded):
    one = receive(CLERK, uploaded("第一份说明".encode()), CASE, purpose="附件")
    two = receive(CLERK, uploaded("第一份说明".encode(), "另一个名字.txt"), CASE, purpose="附件")
    assert one.blob == two.blob
    assert (one.name, two.name) == ("说明.txt", "另一个名字.txt")
    assert (one.person_name, one.organ_name, one.mime) == ("示一甲", "县政府办公室", "text/plain")
    assert (one.scan["verdict"], one.scan["sha256"]) == ("clean", one.sha256)
    assert Blob.objects.get().refs == 2
    assert list(store.digests()) == [one.sha256]
    assert len(contents(store.folder)) == 1
    assert not queries.miscounted()


def test_the_record_of_an_upload_does_not_name_the_file(store, uploaded):
    receive(CLERK, uploaded(b"text", "示一丙身份证.txt"), CASE, purpose="附件")
    entry = AuditEntry.objects.get()
    assert "示一丙" not in f"{entry.subject_title}{entry.detail}"
    assert entry.detail["owner"] == ["test.case", "1"]


def test_a_refused_file_leaves_nothing_but_its_refusal(store, uploaded):
    with pytest.raises(FileRefused) as told:
        receive(CLERK, uploaded(samples.windows_program(), "说明.txt"), CASE, purpose="附件")
    assert contents(store.folder) == []
    assert not Blob.objects.exists() and not Attachment.objects.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.detail["code"]) == ("files.receive", "refused", "scanning.refused")
    assert told.value.params["digest"] in entry.detail["sentence"]


def test_a_secret_mark_leaves_an_incident_without_name_or_content(store, uploaded):
    upload = uploaded(SECRET, "某绝密标题.txt")
    copy = Path(upload.temporary_file_path())
    with pytest.raises(SecretMarkFound):
        receive(CLERK, upload, CASE, purpose="附件")
    assert contents(store.folder) == [] and not copy.exists()
    row = SecretIncident.objects.get()
    assert (row.person_id, row.organ_name, row.address, row.owner_type) == (
        "7",
        "县政府办公室",
        "127.0.0.1",
        "test.case",
    )
    assert (row.size, row.marks) == (len(SECRET), "正文标有“机密”")
    assert queries.is_intact(row)
    entry = AuditEntry.objects.get()
    everything = f"{vars(row)}{vars(entry)}{list(OutboxMessage.objects.values())}"
    assert "标题" not in everything and "某事" not in everything
    SecretIncident.objects.update(person_name="别人")
    assert not queries.is_intact(SecretIncident.objects.get())


def test_the_security_officer_is_told_or_the_shelf_shows_it(store, uploaded):
    with pytest.raises(SecretMarkFound):
        prepare(CLERK, uploaded(SECRET), CASE)
    drain("main")
    row = OutboxMessage.objects.get(kind="files.secret_mark")
    assert row.status == Status.WAITING and "没有登记安全管理员" in row.last_error
    told: list[int] = []
    incidents.on_secret_mark("test.officer")(told.append)
    OutboxMessage.objects.update(not_before=row.created_at)
    drain("main")
    assert told == [SecretIncident.objects.get().pk]
    with pytest.raises(RuntimeError, match="twice"):
        incidents.on_secret_mark("test.officer")(told.append)


def test_a_place_takes_only_what_it_asks_for(store, uploaded):
    portrait = Terms(kinds={"png"})
    with pytest.raises(FileRefused):
        receive(CLERK, uploaded(b"text"), CASE, purpose="照片", terms=portrait)
    upload = uploaded(samples.PNG, "照片.png", "image/png")
    assert receive(CLERK, upload, CASE, purpose="照片", terms=portrait).mime == "image/png"


def test_a_file_past_the_limit_is_refused_before_it_is_read(store, uploaded, monkeypatch):
    upload = uploaded(b"x" * (MB + 1))
    with pytest.raises(FileTooLarge, match="1 MB"):
        receive(CLERK, upload, CASE, purpose="附件", terms=Terms(mb=1))
    assert upload.tell() == 0
    upload.size = 10  # a size that lies does not help
    with pytest.raises(FileTooLarge):
        receive(CLERK, upload, CASE, purpose="附件", terms=Terms(mb=1))
    assert contents(store.folder) == []
    assert Terms(mb=10_000).bytes == rule("files.file_mb") * MB <= rule("scanning.file_mb") * MB


def test_a_person_brings_in_so_much_a_day(store, uploaded, monkeypatch):
    monkeypatch.setattr(queries, "rule", lambda key, *on: {"files.person_day_count": 2, "files.person_day_mb": 1}[key])
    receive(CLERK, uploaded(b"x" * (MB - 10)), CASE, purpose="附件")
    with pytest.raises(FileTooMany):
        receive(CLERK, uploaded(b"y" * 11), CASE, purpose="附件")
    receive(CLERK, uploaded(b"y" * 10), CASE, purpose="附件")
    with pytest.raises(FileTooMany, match="2件"):
        receive(CLERK, uploaded(b""), CASE, purpose="附件")
    receive(STRANGER, uploaded(b"y"), CASE, purpose="附件")
    for _ in range(3):
        attach(Actor.system("制版"), our_own(b"x" * MB), CASE, purpose="清稿")
    assert len(list(store.digests())) == 4


def our_own(data: bytes, name: str = "清稿.pdf") -> Prepared:
    return made_here(io.BytesIO(data), name=name, mime="application/pdf", looked_at="系统生成")


def test_a_file_of_our_own_making_says_so(store):
    row = attach(Actor.system("制版"), our_own(b"pdf"), CASE, purpose="清稿")
    assert row.scan == {"verdict": "clean", "sha256": row.sha256, "by": "系统生成"}


def test_what_was_scanned_must_be_what_is_stored(store, uploaded):
    one, two = our_own(b"one"), our_own(b"two")
    with pytest.raises(FileChanged):
        attach(CLERK, Prepared(two.stored, "x.pdf", "application/pdf", one.scan), CASE, purpose="附件")
    store.delete(one.stored.sha256)
    with pytest.raises(FileLost):
        attach(CLERK, one, CASE, purpose="附件")
    store.path(two.stored.sha256).write_bytes(b"longer than two")
    with pytest.raises(FileLost):
        attach(CLERK, two, CASE, purpose="附件")
    assert not Blob.objects.exists() and not Attachment.objects.exists()


def test_a_file_that_changes_under_the_scan_is_refused(store, uploaded, monkeypatch):
    real = upload_module.scan

    def late(path, **more):
        return replace(real(path, **more), sha256="0" * 64)

    monkeypatch.setattr(upload_module, "scan", late)
    with pytest.raises(FileChanged):
        receive(CLERK, uploaded(b"text"), CASE, purpose="附件")
    assert contents(store.folder) == []


def test_a_full_disk_leaves_no_half_file_and_no_row(store, uploaded, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("taihe.ground.files.store.os.fsync", full)
    with pytest.raises(StoreFull, match="磁盘空间已满"):
        receive(CLERK, uploaded(b"text"), CASE, purpose="附件")
    assert contents(store.folder) == []
    assert not Blob.objects.exists() and not Attachment.objects.exists()


def test_files_are_not_scanned_inside_a_transaction(store, uploaded):
    @action("test.wrong")
    def wrong(actor):
        record(("x", "1", ""))
        prepare(actor, uploaded(b"text"), CASE)

    with pytest.raises(RuntimeError, match="before the action"):
        wrong(CLERK)


def test_nothing_is_attached_where_nobody_answers(store, uploaded):
    with pytest.raises(RuntimeError, match="authoriser"):
        receive(CLERK, uploaded(b"text"), Owner("test.unknown", "1"), purpose="附件")
    with pytest.raises(RuntimeError, match="authoriser"):
        attach(CLERK, our_own(b"x"), Owner("test.unknown", "1"), purpose="附件")
    with pytest.raises(RuntimeError, match="twice"):
        register_authoriser("test.case", lambda actor, attachment: True)


def test_an_attachment_made_in_a_refused_action_is_no_more(store, uploaded):
    prepared = prepare(CLERK, uploaded(b"text"), CASE)

    @action("test.refused")
    def refused(actor):
        attach(actor, prepared, CASE, purpose="附件")
        raise FileChanged()

    with pytest.raises(FileChanged):
        refused(CLERK)
    assert not Attachment.objects.exists() and not Blob.objects.exists()
    assert store.exists(prepared.stored.sha256)  # the sweep's work
    assert isinstance(prepared.stored, Stored)
