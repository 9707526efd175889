"""Boxes between the zones: only the receiver opens them, and only whole."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import OctKey

from taihe.ground.errors import BadSetup
from taihe.ground.signing import BOX_ALGORITHM, BOX_PURPOSE, CannotOpen, KeyRing, UnknownKey, open_sealed, seal_to

same_ring = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@same_ring
@given(data=st.binary(max_size=2000))
def test_what_is_sealed_opens_on_the_other_side(inner, outer, data):
    box = seal_to("inner", data, outer)
    assert open_sealed(box, inner) == data
    assert len(data) < 12 or data not in box


def test_a_large_box_opens(inner, outer):
    data = b"\0" * 3_000_000
    assert open_sealed(seal_to("inner", data, outer), inner) == data


def test_the_sender_cannot_open_what_it_sealed(outer):
    box = seal_to("inner", b"letter", outer)
    with pytest.raises(UnknownKey):
        open_sealed(box, outer)
    outer.ensure(BOX_PURPOSE, BOX_ALGORITHM)
    with pytest.raises(UnknownKey):
        open_sealed(box, outer)


def test_a_box_to_a_retired_key_still_opens(inner, outer):
    box = seal_to("inner", b"letter", outer)
    inner.rotate(BOX_PURPOSE)
    assert open_sealed(box, KeyRing(inner.folder)) == b"letter"


def test_sealing_to_an_unknown_zone_is_refused(outer):
    with pytest.raises(UnknownKey, match="node-7"):
        seal_to("node-7", b"letter", outer)
    with pytest.raises(BadSetup):
        seal_to("../inner", b"letter", outer)


@same_ring
@given(place=st.integers(min_value=0), byte=st.integers(min_value=0, max_value=255))
def test_a_changed_box_does_not_open(inner, outer, place, byte):
    box = bytearray(seal_to("inner", b"letter", outer))
    good = [_raw(part) for part in bytes(box).split(b".")]
    at = place % len(box)
    if box[at] == byte:
        return
    box[at] = byte
    try:
        opened = open_sealed(bytes(box), inner)
    except (CannotOpen, UnknownKey):
        return
    # base64url has unused bits in its last letter: another spelling of the very same box may open.
    assert opened == b"letter"
    assert [_raw(part) for part in bytes(box).split(b".")] == good


def _raw(part):
    return base64.urlsafe_b64decode(part + b"==")


@same_ring
@given(data=st.binary(max_size=200))
def test_any_other_bytes_do_not_open(inner, data):
    with pytest.raises((CannotOpen, UnknownKey)):
        open_sealed(data, inner)


def test_other_ways_of_sealing_are_refused(inner):
    public = inner.jwk(BOX_PURPOSE)
    shared = OctKey.import_key(b"0" * 32)
    direct = ["dir", "A256GCM"]
    kid = {"kid": inner.active_key_id(BOX_PURPOSE)}
    others = [
        jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A256GCM", **kid}, b"x", public),
        jwe.encrypt_compact({"alg": "ECDH-ES+A128KW", "enc": "A128CBC-HS256", **kid}, b"x", public),
        jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM", **kid}, b"x", shared, algorithms=direct),
        jwe.encrypt_compact({"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "zip": "DEF", **kid}, b"x" * 999, public),
    ]
    for box in others:
        with pytest.raises(CannotOpen):
            open_sealed(box.encode(), inner)


def test_the_box_names_its_key_and_nothing_else(inner, outer):
    header = json.loads(_raw(seal_to("inner", b"letter", outer).split(b".")[0]))
    assert set(header) == {"alg", "enc", "kid", "epk"}
    assert header["kid"] == inner.active_key_id(BOX_PURPOSE)
