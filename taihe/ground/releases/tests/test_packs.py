"""Packs: carried whole, and nothing in them but what was asked for."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import replace

import pytest

from taihe.ground.releases import BadPack, ObjectDamaged, ObjectLost, Piece, delta, pieces_of, read_pack, write_packs
from taihe.ground.releases.packs import _header

from .conftest import PAGES, put


def packed(store, manifest, folder, **given) -> list[bytes]:
    found = write_packs(delta(None, manifest), lambda one: store.read(one.sha256, one.size), folder, **given)
    return [one.read() for one in found]


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    """A tar as other programs write it."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as tar:
        for entry, data in members:
            entry.size = len(data) if entry.isreg() else 0
            tar.addfile(entry, io.BytesIO(data) if entry.isreg() else None)
    return target.getvalue()


def refused(data: bytes, wanted: dict[str, int]) -> str:
    with pytest.raises(BadPack) as told:
        list(read_pack(io.BytesIO(data), wanted))
    return str(told.value.params["why"])


def test_everything_arrives(store, manifest, tmp_path):
    (pack,) = packed(store, manifest, tmp_path)
    got = dict(read_pack(io.BytesIO(pack), manifest.objects))
    assert set(got) == set(manifest.objects)
    assert got[manifest.by_path["/"].sha256] == PAGES["/"]
    assert packed(store, manifest, tmp_path) == [pack]
    with tarfile.open(fileobj=io.BytesIO(pack)) as tar:
        assert sorted({one.name.partition(".")[2] for one in tar}) == ["csv", "html", "html.br", "html.gz"]


def test_only_what_changed_is_carried(store, manifest):
    changed = put(store, "/content/7.html", b"<!doctype html>new")
    files = tuple(changed if one.path == changed.path else one for one in manifest.files)
    assert [one.sha256 for one in delta(manifest, replace(manifest, files=files))] == [changed.sha256]
    assert delta(manifest, manifest) == []
    assert len(pieces_of(manifest)) == len(manifest.objects)


def test_packs_are_bounded(store, manifest, tmp_path):
    packs = packed(store, manifest, tmp_path, limit=13_000)
    assert len(packs) > 1
    assert all(len(one) <= 13_000 for one in packs)
    together = dict(pair for one in packs for pair in read_pack(io.BytesIO(one), manifest.objects))
    assert set(together) == set(manifest.objects)
    alone = packed(store, manifest, tmp_path, limit=100)  # each larger than the limit: each has its own
    assert len(alone) == len(manifest.objects)


def test_every_changed_byte_of_a_pack_is_refused(store, manifest, tmp_path):
    (pack,) = packed(store, manifest, tmp_path)
    contents = set(range(512, len(pack), 11))  # every byte of the first header, and of every other part some
    for place in (*range(512), *sorted(contents)):
        changed = pack[:place] + bytes([pack[place] ^ 0x20]) + pack[place + 1 :]
        with pytest.raises(BadPack):
            list(read_pack(io.BytesIO(changed), manifest.objects))


def test_cut_and_lengthened_packs_are_refused(store, manifest, tmp_path):
    (pack,) = packed(store, manifest, tmp_path)
    for changed in (b"", pack[:-1], pack[:-512], pack[: len(pack) // 2], pack + b"\0", pack + pack, bytes(10240)):
        refused(changed, manifest.objects)


def test_strange_members_are_refused():
    data = b"x" * 10
    sha = hashlib.sha256(data).hexdigest()
    wanted = {sha: 10}
    name = f"{sha}.html"

    def entry(**given) -> tarfile.TarInfo:
        made = tarfile.TarInfo(given.pop("name", name))
        made.mode = 0o400
        for key, value in given.items():
            setattr(made, key, value)
        return made

    good = tar_of((entry(), data))
    assert list(read_pack(io.BytesIO(good), wanted)) == [(sha, data)]
    assert "写法" in refused(tar_of((entry(type=tarfile.SYMTYPE, linkname="/etc/passwd"), b"")), wanted)
    assert "写法" in refused(tar_of((entry(type=tarfile.LNKTYPE, linkname=name), b"")), wanted)
    assert "写法" in refused(tar_of((entry(type=tarfile.DIRTYPE), b"")), wanted)
    assert "写法" in refused(tar_of((entry(type=tarfile.CHRTYPE), b"")), wanted)
    assert "写法" in refused(tar_of((entry(uid=7), data)), wanted)
    assert "写法" in refused(tar_of((entry(mode=0o4755), data)), wanted)
    for strange in (f"../{name}", f"/{name}", f"./{name}", sha, f"{sha}.", f"{sha}./x", f"{sha}.html/../x", "a" * 200):
        assert refused(tar_of((entry(name=strange), data)), wanted)
    assert "重复" in refused(tar_of((entry(), data), (entry(name=f"{sha}.txt"), data)), wanted)
    assert "没有约定" in refused(good, {})
    assert "没有约定" in refused(good, {sha: 11})
    assert "摘要" in refused(tar_of((entry(), b"y" * 10)), wanted)


def test_a_huge_claim_costs_nothing():
    sha = "a" * 64
    assert "没有约定" in refused(_header(f"{sha}.html", 8**11 - 1), {sha: 10})
    assert "不完整" in refused(_header(f"{sha}.html", 10) + b"x", {sha: 10})


def test_a_store_that_lies_makes_no_pack(store, manifest, tmp_path):
    victim = manifest.by_path["/"]
    path = store.path(victim.sha256)
    path.chmod(0o600)
    path.write_bytes(b"x" * victim.size)
    with pytest.raises(ObjectDamaged):
        packed(store, manifest, tmp_path)
    path.unlink()
    with pytest.raises(ObjectLost):
        packed(store, manifest, tmp_path)
    with pytest.raises(BadPack):
        list(write_packs([Piece("a" * 64, 3, "a.html")], lambda _: b"four", tmp_path))
