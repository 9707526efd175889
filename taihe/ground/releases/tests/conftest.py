"""A small release with everything in it, and the keys of both wings."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from taihe.ground.releases import FIRST, PURPOSE, File, Manifest, ObjectStore, Tombstone, Variant
from taihe.ground.signing import SM2, KeyRing, sm2_purpose

AT = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
SITE = "3412220001"
PAGES = {
    "/": b"<!doctype html><html><title>\xe5\xa4\xaa\xe5\x92\x8c</title>" + b"<p>one</p>" * 40,
    "/content/7.html": b"<!doctype html><html><title>7</title>" + b"<p>seven</p>" * 60,
    "/t/content/7.html": b"<!doctype html><html><p>7</p>",
    "/files/0123456789abcdef/附件（一）.csv": "名称,数量\n小麦,1\n".encode(),
    "~shell/head.html": b"<meta name=x>",
}
MIMES = {"csv": "text/csv; charset=utf-8", "html": "text/html; charset=utf-8", "/": "text/html; charset=utf-8"}


def put(store: ObjectStore, path: str, data: bytes) -> File:
    """One file of a release, with compressed forms when it is long."""
    mime = MIMES[path.rpartition(".")[2]]
    forms: list[Variant | None] = [None, None]
    if len(data) > 200:
        packed = gzip.compress(data, 9, mtime=0), brotli.compress(data, quality=5)
        forms = [Variant(store.put(one), len(one)) for one in packed]
    return File(path, store.put(data), len(data), mime, *forms)


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "store")


@pytest.fixture(scope="session")
def rings(tmp_path_factory) -> tuple[KeyRing, KeyRing]:
    """The ring that signs, and the one of the other wing, which knows its public half as "inner"."""
    signer, reader = (KeyRing(tmp_path_factory.mktemp("keys") / name) for name in ("inner", "outer"))
    for ring in (signer, reader):
        (ring.folder).mkdir(exist_ok=True)
    signer.create("gate")
    signer.create(PURPOSE)
    signer.create(sm2_purpose(PURPOSE), SM2)
    reader.import_peer("inner", signer.export_public("gate", PURPOSE, sm2_purpose(PURPOSE)), signer.fingerprint("gate"))
    return signer, reader


@pytest.fixture
def manifest(store: ObjectStore, rings) -> Manifest:
    files = tuple(put(store, path, data) for path, data in sorted(PAGES.items()))
    return Manifest(
        number=3,
        previous=FIRST,
        made_at=AT,
        key=rings[0].active_key_id(PURPOSE),
        site=SITE,
        files=files,
        tombstones=(Tombstone("/content/9.html", 9, 1, AT), Tombstone("/t/content/9.html", 9, 1, AT)),
    )
