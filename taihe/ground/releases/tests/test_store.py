"""Contents by digest: whole or absent, and never believed unread."""

from __future__ import annotations

import hashlib
import os

import pytest

from taihe.ground.releases import ObjectDamaged, ObjectLost, ObjectStore
from taihe.ground.releases.store import MANY


def test_put_and_read(store: ObjectStore):
    sha256 = store.put(b"page")
    assert sha256 == hashlib.sha256(b"page").hexdigest()
    assert store.has(sha256)
    assert store.read(sha256) == store.read(sha256, 4) == b"page"
    assert list(store.digests()) == [sha256]
    assert oct(store.path(sha256).stat().st_mode)[-3:] == "400"
    assert store.delete(sha256)
    assert not store.delete(sha256)
    with pytest.raises(ObjectLost):
        store.read(sha256)


def test_many_at_once(store: ObjectStore):
    data = [str(number % (MANY + 5)).encode() for number in range(3 * MANY)]
    assert store.put_many(data) == [hashlib.sha256(one).hexdigest() for one in data]
    assert len(list(store.digests())) == MANY + 5
    assert not list((store.folder / "incoming").iterdir())


@pytest.mark.parametrize("harm", ["change", "lengthen", "truncate", "symlink", "folder", "fifo"])
def test_a_changed_content_is_refused_and_putting_it_again_heals(store: ObjectStore, harm, tmp_path):
    sha256 = store.put(b"page")
    path = store.path(sha256)
    path.unlink()
    if harm == "symlink":
        (tmp_path / "elsewhere").write_bytes(b"page")
        path.symlink_to(tmp_path / "elsewhere")
    elif harm == "fifo":
        os.mkfifo(path)
    elif harm == "folder":
        path.mkdir()
    else:
        path.write_bytes({"change": b"pagf", "lengthen": b"pages", "truncate": b"pag"}[harm])
    for size in (None, 4):
        with pytest.raises(ObjectDamaged):
            store.read(sha256, size)
    if harm != "folder":
        store.put(b"page")
        assert store.read(sha256) == b"page"


@pytest.mark.parametrize("name", ["", "a" * 63, "A" * 64, "../" + "a" * 61, "a" * 64 + "\n"])
def test_only_digests_are_names(store: ObjectStore, name):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)
