from __future__ import annotations

import os

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile

from taihe.ground.actor import Actor
from taihe.ground.files import incidents, owners
from taihe.ground.files.owners import Owner, register_authoriser
from taihe.ground.files.queries import zone_store

CLERK = Actor("officer", "7", "示一甲", "12", "文书", "ZF01", "县政府办公室", session="s1", address="127.0.0.1")
STRANGER = Actor("officer", "8", "示一乙", "13", "科员", "ZF02", "县财政局")
CASE = Owner("test.case", "1")


@pytest.fixture
def store(tmp_path, settings):
    """The zone's store, empty."""
    settings.TAIHE_FOLDER = tmp_path
    return zone_store()


@pytest.fixture
def owned(monkeypatch):
    """Cases are opened by the clerk alone; notices by anybody, without a trace.  Returns the asked."""
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(owners, "_keepers", {})
    monkeypatch.setattr(incidents, "_tellers", {})

    def may(actor, attachment):
        asked.append((actor.person_id, attachment.owner_id))
        return actor.person_id == CLERK.person_id

    register_authoriser("test.case", may)
    register_authoriser("test.notice", lambda actor, attachment: True, audited=False)
    return asked


@pytest.fixture
def uploaded():
    """Makes an upload as Django hands it to a view: a temporary file on disk."""
    made = []

    def make(data: bytes, name: str = "说明.txt", content_type: str = "text/plain"):
        upload = TemporaryUploadedFile(name, content_type, len(data), None)
        upload.write(data)
        upload.seek(0)
        made.append(upload)
        return upload

    yield make
    for one in made:
        one.close()


def age(store, sha256: str, hours: float) -> None:
    """Make a stored file as old as that."""
    then = store.path(sha256).stat().st_mtime - hours * 3600
    os.utime(store.path(sha256), (then, then))
