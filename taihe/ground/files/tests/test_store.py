"""Bytes go in whole or not at all, lie once, and are given back as they were."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import resource
import stat
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taihe.ground.files import store as store_module
from taihe.ground.files.errors import FileDamaged, FileLost, FileTooLarge, StoreFull
from taihe.ground.files.store import MB, Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "files")


def files_of(store: Store) -> list[str]:
    return sorted(str(one.relative_to(store.folder)) for one in store.folder.rglob("*") if one.is_file())


@given(data=st.binary(max_size=5000), chunk=st.integers(1, 700))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_goes_in_comes_out(tmp_path, data, chunk):
    store = Store(tmp_path / "files")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store_module, "CHUNK", chunk)
        sha256, size = store.put(io.BytesIO(data))
    assert (sha256, size) == (hashlib.sha256(data).hexdigest(), len(data))
    with store.open(sha256, verify=True) as file:
        assert file.read() == data


def test_the_same_content_lies_once_under_its_digest(store):
    first, second = store.put(io.BytesIO(b"one")), store.put(io.BytesIO(b"one"))
    digest = hashlib.sha256(b"one").hexdigest()
    assert first == second == (digest, 3)
    assert files_of(store) == [f"{digest[:2]}/{digest[2:4]}/{digest}"]
    assert list(store.digests()) == [digest]


def test_only_the_owner_reads_the_store(store):
    sha256, _ = store.put(io.BytesIO(b"x"))
    assert stat.S_IMODE(store.path(sha256).stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700


def test_a_damaged_file_is_not_opened_and_heals_when_put_again(store):
    sha256, _ = store.put(io.BytesIO(b"right"))
    store.path(sha256).write_bytes(b"wrong")
    assert not store.verify(sha256)
    with pytest.raises(FileDamaged):
        store.open(sha256, verify=True)
    store.put(io.BytesIO(b"right"))
    assert store.verify(sha256)


def test_a_lost_file_is_a_sentence(store):
    with pytest.raises(FileLost):
        store.open("0" * 64)
    assert not store.exists("0" * 64)
    assert not store.verify("0" * 64)
    assert store.idle("0" * 64) is None
    assert not store.delete("0" * 64)


def test_deleting_leaves_the_others(store):
    one, two = store.put(io.BytesIO(b"1")).sha256, store.put(io.BytesIO(b"2")).sha256
    assert store.delete(one)
    assert list(store.digests()) == [two]


@pytest.mark.parametrize("name", ["../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "", "0" * 64 + "\n"])
def test_only_digests_name_files(store, name):
    with pytest.raises(ValueError, match="SHA-256"):
        store.path(name)


def test_past_the_limit_nothing_is_left(store):
    assert store.put(io.BytesIO(b"x" * MB), limit=MB).size == MB
    before = files_of(store)
    with pytest.raises(FileTooLarge):
        store.put(io.BytesIO(b"y" * (MB + 1)), limit=MB)
    assert files_of(store) == before


class Breaking(io.RawIOBase):
    """A stream that breaks after its first piece."""

    def __init__(self, fault: BaseException) -> None:
        self.pieces, self.fault = [b"half"], fault

    def read(self, size: int = -1) -> bytes:
        if self.pieces:
            return self.pieces.pop()
        raise self.fault


@pytest.mark.parametrize(
    "fault, told",
    [
        (OSError(errno.ENOSPC, "full"), StoreFull),
        (OSError(errno.EDQUOT, "quota"), StoreFull),
        (OSError(errno.EIO, "broken"), OSError),
        (KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_broken_put_leaves_nothing(store, fault, told):
    with pytest.raises(told):
        store.put(Breaking(fault))
    assert files_of(store) == []


def test_a_really_full_disk_is_told_and_leaves_nothing(store):
    """The process's own file size limit stands for the full disk: the write itself fails half way."""
    child = (
        "import io, resource, sys; from pathlib import Path; from taihe.ground.files.store import Store\n"
        "from taihe.ground.files.errors import StoreFull\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({3 * MB}, {resource.RLIM_INFINITY}))\n"
        "try: Store(Path(sys.argv[1])).put(io.BytesIO(b'x' * 5_000_000))\n"
        "except StoreFull as told: print(told.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", child, str(store.folder)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "files.disk_full"
    assert files_of(store) == []


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_before_put_returns(store, monkeypatch):
    store.put(io.BytesIO(b"makes the folders"))
    steps, fsync, replace = [], os.fsync, os.replace

    def brought(handle):
        fsync(handle)
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")

    def named(source, target):
        replace(source, target)
        steps.append("name")

    monkeypatch.setattr(os, "fsync", brought)
    monkeypatch.setattr(os, "replace", named)
    store.put(io.BytesIO(b"makes the folders"))
    assert steps == ["file", "name", "folder"]


def test_a_draft_is_gone_unless_it_is_kept(store):
    with store.draft(io.BytesIO(b"looked at")) as draft:
        assert draft.path.read_bytes() == b"looked at"
        assert not store.exists(draft.sha256)
    assert files_of(store) == []
    with store.draft(io.BytesIO(b"looked at")) as draft:
        assert draft.keep() == (draft.sha256, draft.size)
    assert list(store.digests()) == [draft.sha256]
    with pytest.raises(RuntimeError), store.draft(io.BytesIO(b"refused")):
        raise RuntimeError
    assert len(files_of(store)) == 1


@pytest.mark.parametrize("place, whole", [("files.before_rename", False), ("files.after_rename", True)])
def test_a_kill_leaves_all_or_nothing(store, place, whole):
    child = "import io, sys; from pathlib import Path; from taihe.ground.files.store import Store\n"
    child += "Store(Path(sys.argv[1])).put(io.BytesIO(b'letter'))\n"
    environment = {**os.environ, "TAIHE_KILLPOINT": place}
    died = subprocess.run(
        [sys.executable, "-c", child, str(store.folder)], env=environment, check=False, timeout=60
    ).returncode
    digest = hashlib.sha256(b"letter").hexdigest()
    assert died == -9
    assert store.exists(digest) is whole
    assert store.verify(digest) is whole
    assert store.sweep_incoming(timedelta(hours=1)) == 0
    assert store.sweep_incoming(timedelta(0)) == (0 if whole else 1)
    assert len(files_of(store)) == int(whole)


def test_idle_counts_from_the_last_put(store):
    sha256, _ = store.put(io.BytesIO(b"x"))
    os.utime(store.path(sha256), (0, 0))
    assert store.idle(sha256) > timedelta(days=365)
    store.put(io.BytesIO(b"x"))
    assert store.idle(sha256) < timedelta(minutes=5)
