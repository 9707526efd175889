"""Public keys carried by hand between hosts: what is taken over, and what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.errors import BadSetup
from taihe.ground.signing import (
    BOX_PURPOSE,
    BadKeyFile,
    FingerprintDiffers,
    KeyRing,
    UnknownKey,
    algorithms,
    mark_demo,
)
from taihe.ground.signing.exchange import unpack_keys


def test_a_peers_signature_verifies_after_import(inner, outer):
    outer.verify("gate", b"letter", inner.sign("gate", b"letter"), peer="inner")
    outer.verify("gate", b"letter", inner.sign_sm2("gate", b"letter"), peer="inner")
    assert outer.peers() == ["inner"]
    assert outer.purposes("inner") == ["gate", BOX_PURPOSE, "gate-sm2"]
    assert outer.fingerprint("gate", peer="inner") == inner.fingerprint("gate")


def test_a_peers_key_is_not_ours(inner, outer):
    outer.ensure("gate")
    with pytest.raises(UnknownKey, match="来源：本机"):
        outer.verify("gate", b"letter", inner.sign("gate", b"letter"))
    with pytest.raises(UnknownKey, match="来源：inner"):
        outer.verify("gate", b"letter", outer.sign("gate", b"letter"), peer="inner")


def test_fingerprint_reads_as_eight_groups_and_forgives_how_it_is_typed(inner, tmp_path):
    fingerprint = inner.fingerprint("gate")
    assert [len(group) for group in fingerprint.split(" ")] == [4] * 8
    typed = fingerprint.lower().replace(" ", "-")
    assert KeyRing(tmp_path / "third").import_peer("inner", inner.export_public("gate"), typed)


def test_another_fingerprint_refuses_and_leaves_nothing(inner, tmp_path):
    inner.ensure("pages")
    third = KeyRing(tmp_path / "third")
    for wrong in (inner.fingerprint("pages"), "", inner.fingerprint("gate")[:-1]):
        with pytest.raises(FingerprintDiffers):
            third.import_peer("inner", inner.export_public("gate"), wrong)
    assert third.peers() == []


def test_after_rotation_the_peer_takes_the_new_file_and_keeps_the_old_key(inner, outer):
    before = inner.sign("gate", b"letter")
    inner.rotate("gate")
    after = inner.sign("gate", b"letter")
    with pytest.raises(UnknownKey):
        outer.verify("gate", b"letter", after, peer="inner")
    outer.import_peer("inner", inner.export_public("gate"), inner.fingerprint("gate"))
    outer.verify("gate", b"letter", before, peer="inner")
    outer.verify("gate", b"letter", after, peer="inner")
    new, old = outer.records("gate", peer="inner")
    assert (new.key_id, new.active) == (after.key_id, True)
    assert old.retired_at


def test_import_twice_changes_nothing(inner, outer):
    before = outer.records("gate", peer="inner")
    outer.import_peer("inner", inner.export_public("gate"), inner.fingerprint("gate"))
    assert outer.records("gate", peer="inner") == before


def test_no_private_key_leaves(inner):
    assert b"PRIVATE" not in inner.export_public("gate", "gate-sm2", BOX_PURPOSE)


def test_export_names_the_purpose_that_lacks_a_key(inner):
    with pytest.raises(BadSetup, match="audit"):
        inner.export_public("gate", "audit")


def test_demo_keys_do_not_enter_a_production_host(inner, tmp_path):
    mark_demo(inner.folder)
    file, fingerprint = inner.export_public("gate"), inner.fingerprint("gate")
    third = KeyRing(tmp_path / "third")
    with pytest.raises(BadKeyFile, match="演示"):
        third.import_peer("inner", file, fingerprint)
    third.ensure("gate")
    mark_demo(third.folder)
    assert third.import_peer("inner", file, fingerprint)


def _changed(file, change):
    body = json.loads(file)
    change(body)
    return json.dumps(body).encode()


def _swap_pem(body):
    body["keys"][0]["public_pem"] = algorithms.generate("Ed25519")[1].decode()


def _swap_pem_and_id(body):
    _swap_pem(body)
    body["keys"][0]["key_id"] = algorithms.key_id_of(body["keys"][0]["public_pem"].encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body.update(demo=not body["demo"]),
        lambda body: body.update(format="taihe-public-keys/9"),
        lambda body: body.pop("signature"),
        lambda body: body.update(signature="AAAA"),
        lambda body: body.update(keys=[]),
        lambda body: body.update(keys=None),
        lambda body: body["keys"].append(body["keys"][0]),
        lambda body: body["keys"].pop(),
        lambda body: body["keys"][0].update(active=False),
        lambda body: body["keys"][0].update(active="yes"),
        lambda body: body["keys"][0].update(purpose="../../vault"),
        lambda body: body["keys"][0].update(purpose="vault"),
        lambda body: body["keys"][0].update(retired_at=5),
        lambda body: body["signed_by"].update(purpose="gate-box"),
        _swap_pem,
        _swap_pem_and_id,
    ],
)
def test_a_changed_file_is_refused(inner, tmp_path, change):
    file = _changed(inner.export_public("gate", BOX_PURPOSE), change)
    third = KeyRing(tmp_path / "third")
    with pytest.raises(BadKeyFile):
        third.import_peer("inner", file, inner.fingerprint("gate"))
    assert third.peers() == []


def test_a_sealing_key_cannot_vouch_for_a_file(inner):
    def by_box(body):
        body["signed_by"] = {"purpose": BOX_PURPOSE, "key_id": inner.active_key_id(BOX_PURPOSE)}

    with pytest.raises(BadKeyFile):
        unpack_keys(_changed(inner.export_public("gate", BOX_PURPOSE), by_box))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=10), inside, max_size=3),
    max_leaves=10,
)


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_other_bytes_are_refused_with_a_sentence(data):
    with pytest.raises(BadKeyFile):
        unpack_keys(data)


@given(
    field=st.sampled_from(["format", "demo", "signed_by", "keys", "signature"]),
    value=json_values,
    deep=st.none() | st.sampled_from(["purpose", "key_id", "algorithm", "active", "created_at", "public_pem"]),
)
def test_any_other_value_in_the_file_is_refused(field, value, deep):
    good = _GOOD_FILE()
    body = json.loads(good)
    place, name = (body, field) if deep is None else (body["keys"][0], deep)
    if place[name] == value:
        return
    place[name] = value
    with pytest.raises(BadKeyFile):
        unpack_keys(json.dumps(body).encode())


def _GOOD_FILE(made: list[bytes] = []):  # noqa: B006  one file for all examples
    if not made:
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            ring = KeyRing(Path(folder))
            ring.ensure("gate")
            made.append(ring.export_public("gate"))
    return made[0]


def test_an_oversized_file_is_refused_unread():
    with pytest.raises(BadKeyFile, match="过大"):
        unpack_keys(b" " * 1_000_001)
