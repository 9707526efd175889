"""One content attached, removed and swept at the same time: the count stays right and no file is missed."""

from __future__ import annotations

import io
import os
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.files import actions, owners
from taihe.ground.files.actions import attach, drop_unused, remove
from taihe.ground.files.errors import FileLost
from taihe.ground.files.models import Attachment, Blob
from taihe.ground.files.owners import Owner, register_authoriser
from taihe.ground.files.queries import miscounted, zone_store
from taihe.ground.files.upload import made_here
from tests.races.together import at_once

SYSTEM = Actor.system("竞争测试")

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def store(tmp_path, settings, monkeypatch):
    settings.TAIHE_FOLDER = tmp_path
    monkeypatch.setattr(owners, "_keepers", {})
    register_authoriser("test.case", lambda actor, attachment: True)
    return zone_store()


def put(owner: object) -> str:
    prepared = made_here(io.BytesIO(b"same content"), name="甲.pdf", mime="application/pdf", looked_at="测试")
    return attach(SYSTEM, prepared, Owner("test.case", str(owner)), purpose="附件").key


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer: its first write is the lock")
def test_without_the_lock_a_count_is_lost(monkeypatch):
    put("first")
    both_have_read = threading.Barrier(2, timeout=30)

    def unlocked(sha256: str) -> Any:
        row = Blob.objects.get(sha256=sha256)
        both_have_read.wait()
        return row

    monkeypatch.setattr(actions, "_locked", unlocked)
    at_once([lambda: put("a"), lambda: put("b")])
    assert (Attachment.objects.count(), Blob.objects.get().refs) == (3, 2)
    assert miscounted()


def test_with_the_lock_every_attachment_counts():
    results = at_once([lambda who=who: [put(f"{who}-{n}") for n in range(4)] for who in range(5)])
    assert len({key for keys in results for key in keys}) == 20
    assert Blob.objects.get().refs == 20
    assert not miscounted()


def test_no_attachment_ever_stands_without_its_file(store):
    """Uploaders, removers and the worker meet at a content that is about to go."""

    def come_and_go(who: int) -> None:
        for n in range(5):
            try:
                key = put(f"{who}-{n}")
            except FileLost:  # told to upload again; no row was made
                continue
            if n % 2:
                remove(SYSTEM, key, reason="传错了", at_once=True)

    def sweep() -> None:
        for _ in range(15):
            with unit_of_work("test", SYSTEM):
                drop_unused(Blob.objects.values_list("sha256", flat=True).first() or "0" * 64, at_once=True)

    results = at_once([*(lambda who=who: come_and_go(who) for who in range(4)), sweep, sweep])
    assert results == [None] * 6
    live = Attachment.objects.filter(removed_at__isnull=True)
    assert live.count() == Blob.objects.get().refs > 0
    assert not miscounted()
    assert all(store.verify(row.sha256) for row in live)


def test_an_uploader_between_put_and_attach_keeps_his_file(store):
    """The ordinary removal, with its grace, never takes what was just put."""
    key = put("old")
    remove(SYSTEM, key, reason="传错了")
    (sha256,) = store.digests()
    os.utime(store.path(sha256), (0, 0))

    def worker() -> None:
        with clock.moved(timedelta(hours=25)), unit_of_work("test", SYSTEM):
            drop_unused(sha256, at_once=False)

    results = at_once([worker, lambda: [put(f"new-{n}") for n in range(3)]])
    lost = [one for one in results if isinstance(one, FileLost)]
    assert not miscounted()
    assert lost or store.verify(sha256)
