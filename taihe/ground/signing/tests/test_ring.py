"""Own keys: making, using, rotating, losing them; two starts at once and kills half-way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws

from taihe.ground import clock
from taihe.ground.errors import BadSetup
from taihe.ground.signing import (
    BadSignature,
    KeyRing,
    Signature,
    SigningProvider,
    UnknownKey,
    algorithms,
    is_demo,
    mark_demo,
    refuse_demo,
    store,
)
from taihe.ground.signing import (
    ring as ring_module,
)


def test_signs_and_verifies(inner):
    provider: SigningProvider = inner  # a certified device may stand here instead
    assert provider.fingerprint("gate")
    signature = inner.sign("gate", b"letter")
    inner.verify("gate", b"letter", signature)
    assert signature.key_id == inner.active_key_id("gate")
    assert signature.algorithm == "Ed25519"


@pytest.mark.parametrize("sign", ["sign", "sign_sm2"])
def test_changed_data_or_signature_is_refused(inner, sign):
    good = getattr(inner, sign)("gate", b"letter")
    with pytest.raises(BadSignature) as refused:
        inner.verify("gate", b"letteR", good)
    assert "签名核验没有通过" in refused.value.sentence()
    for value in (b"", good.value[:-1], good.value + b"\0", bytes([good.value[0] ^ 1]) + good.value[1:], b"x" * 200):
        with pytest.raises(BadSignature):
            inner.verify("gate", b"letter", Signature(good.key_id, good.algorithm, value))
    inner.verify("gate", b"letter", good)  # and a malformed signature leaves nothing behind in the library


def test_a_key_is_not_used_for_another_purpose_or_algorithm(inner):
    inner.ensure("pages")
    signature = inner.sign("gate", b"letter")
    with pytest.raises(UnknownKey):
        inner.verify("pages", b"letter", signature)
    with pytest.raises(UnknownKey):  # an Ed25519 key id under the SM2 purpose
        inner.verify("gate", b"letter", Signature(signature.key_id, "SM2", signature.value))
    with pytest.raises(BadSignature):
        inner.verify("gate", b"letter", Signature(signature.key_id, "X25519", signature.value))


@pytest.mark.parametrize("key_id", ["../../../etc/pas", "", "0" * 16, "A" * 16, "0" * 4000])
def test_a_key_id_is_never_a_path(inner, key_id):
    with pytest.raises(UnknownKey):
        inner.verify("gate", b"letter", Signature(key_id, "Ed25519", b"x" * 64))


@pytest.mark.parametrize("name", ["peers", "vault", "", "../gate", "Gate", "a/b", "gate.pub"])
def test_odd_purposes_are_refused(inner, name):
    with pytest.raises(BadSetup):
        inner.ensure(name)


def test_rotation_keeps_the_old_key_for_verification(inner):
    before = inner.sign("gate", b"letter")
    with clock.fixed(datetime(2027, 1, 2, 3, 4, tzinfo=UTC)):
        new = inner.rotate("gate")
    after = inner.sign("gate", b"letter")
    assert after.key_id == new != before.key_id
    inner.verify("gate", b"letter", before)
    inner.verify("gate", b"letter", after)
    active, old = inner.records("gate")
    assert (active.key_id, active.active, active.retired_at) == (new, True, None)
    assert (old.key_id, old.active) == (before.key_id, False)
    assert old.retired_at.startswith("2027-01-02T03:04")


def test_rotation_keeps_the_algorithm(inner):
    inner.rotate("gate-sm2")
    assert inner.sign_sm2("gate", b"letter").algorithm == "SM2"


def test_a_rotation_by_another_process_is_seen_at_once(inner):
    inner.sign("gate", b"letter")
    new = KeyRing(inner.folder).rotate("gate")
    assert inner.sign("gate", b"letter").key_id == new


def test_keys_are_parsed_once_not_at_every_signature(inner, monkeypatch):
    inner.sign("gate", b"warm")
    inner.verify("gate", b"warm", inner.sign("gate", b"warm"))
    monkeypatch.setattr(algorithms, "load_private", None)
    monkeypatch.setattr(algorithms, "load_public", None)
    for _ in range(10):
        inner.verify("gate", b"letter", inner.sign("gate", b"letter"))


def test_files_are_the_owners_alone(inner):
    key_id = inner.active_key_id("gate")

    def mode(path):
        return stat.S_IMODE(path.stat().st_mode)

    assert mode(inner.folder) == mode(inner.folder / "gate") == 0o700
    assert mode(inner.folder / "gate" / f"{key_id}.pem") == 0o600
    assert mode(inner.folder / "gate" / "active") == 0o600
    assert mode(inner.folder / "gate" / f"{key_id}.pub.pem") == 0o644


def test_a_missing_key_is_named(tmp_path):
    ring = KeyRing(tmp_path)
    for attempt in (lambda: ring.sign("audit", b""), lambda: ring.rotate("audit"), lambda: ring.require("audit")):
        with pytest.raises(BadSetup) as refused:
            attempt()
        assert "“audit”" in refused.value.sentence()


def test_a_lost_private_file_is_named_and_not_silently_replaced(inner):
    key_id = inner.active_key_id("gate")
    (inner.folder / "gate" / f"{key_id}.pem").unlink()
    fresh = KeyRing(inner.folder)
    with pytest.raises(BadSetup) as refused:
        fresh.ensure("gate")
    assert f"{key_id}.pem" in refused.value.sentence()
    assert "备份" in refused.value.sentence()


def test_a_damaged_private_file_is_named(inner):
    key_id = inner.active_key_id("gate")
    (inner.folder / "gate" / f"{key_id}.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nxxxx\n")
    with pytest.raises(BadSetup, match="已损坏"):
        KeyRing(inner.folder).sign("gate", b"letter")


def test_a_private_key_of_another_pair_is_refused(inner):
    key_id = inner.active_key_id("gate")
    other, _ = algorithms.generate("Ed25519")
    (inner.folder / "gate" / f"{key_id}.pem").write_bytes(other)
    with pytest.raises(BadSetup, match="已损坏"):
        KeyRing(inner.folder).sign("gate", b"letter")


def test_a_public_file_under_another_keys_name_is_not_believed(inner):
    signature = inner.sign("gate", b"letter")
    _, other = algorithms.generate("Ed25519")
    (inner.folder / "gate" / f"{signature.key_id}.pub.pem").write_bytes(other)
    with pytest.raises(UnknownKey):
        KeyRing(inner.folder).verify("gate", b"letter", signature)


def test_unknown_algorithm_is_refused(tmp_path):
    with pytest.raises(BadSetup, match="RSA"):
        KeyRing(tmp_path).create("gate", "RSA")


@pytest.fixture
def two_at_once(monkeypatch):
    """Both threads wait for each other while making the key: the worst moment, every time."""
    both, make = threading.Barrier(2), algorithms.generate

    def wait_then_make(algorithm):
        try:
            both.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            pass  # the other one is held outside by the lock
        return make(algorithm)

    monkeypatch.setattr(algorithms, "generate", wait_then_make)

    def race(folder):
        made: list[str] = []
        threads = [threading.Thread(target=lambda: made.append(KeyRing(folder).ensure("gate"))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return made

    return race


def test_without_the_lock_two_starts_make_two_keys(tmp_path, two_at_once, monkeypatch):
    store.make_private_folder(tmp_path)
    monkeypatch.setattr(ring_module, "locked", lambda folder: nullcontext())
    assert len(set(two_at_once(tmp_path))) == 2


def test_two_starts_at_once_end_with_one_key(tmp_path, two_at_once):
    made = two_at_once(tmp_path)
    assert len(made) == 2
    assert len(set(made)) == 1
    assert len(KeyRing(tmp_path).records("gate")) == 1


def test_two_processes_at_once_end_with_one_key(tmp_path):
    program = "import sys; from taihe.ground.signing import KeyRing as Ring; print(Ring(sys.argv[1]).ensure('gate'))"
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "keys")], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = {process.communicate(timeout=60)[0].strip() for process in started}
    assert answers == {KeyRing(tmp_path / "keys").active_key_id("gate")}


class Killed(BaseException):
    """Stands for the power going off."""


@pytest.mark.parametrize("survived", range(5))
@pytest.mark.parametrize("step", ["ensure", "rotate"])
def test_a_kill_between_files_leaves_a_usable_folder(tmp_path, monkeypatch, step, survived):
    ring = KeyRing(tmp_path / "keys")
    old = ring.sign("gate", b"letter") if step == "rotate" and ring.ensure("gate") else None
    replace, done = os.replace, []

    def die(*args):
        if len(done) == survived:
            raise Killed
        done.append(args)
        replace(*args)

    monkeypatch.setattr(os, "replace", die)
    try:
        getattr(ring, step)("gate")
    except Killed:
        pass
    monkeypatch.setattr(os, "replace", replace)

    again = KeyRing(ring.folder)
    again.ensure("gate")
    again.verify("gate", b"letter", again.sign("gate", b"letter"))
    if old:
        again.verify("gate", b"letter", old)
    again.rotate("gate")
    assert [one.active for one in again.records("gate")].count(True) == 1
    assert all(one.retired_at for one in again.records("gate") if not one.active)


@given(value=st.binary(max_size=200), key_id=st.text("0123456789abcdef", min_size=16, max_size=16))
def test_signature_reads_back_as_written(value, key_id):
    signature = Signature(key_id, "Ed25519", value)
    assert Signature.parse(str(signature)) == signature


@given(st.text(max_size=80))
def test_other_text_is_no_signature(text):
    try:
        parsed = Signature.parse(text)
    except ValueError:
        return
    assert str(parsed).split(":")[:2] == text.split(":")[:2]


def test_jwk_signs_jws_with_the_ed25519_name(inner):
    key = inner.jwk("gate", private=True)
    token = jws.serialize_compact({"alg": "Ed25519", "kid": key.kid}, b"letter", key, algorithms=["Ed25519"])
    public = inner.jwk("gate")
    assert jws.deserialize_compact(token, public, algorithms=["Ed25519"]).payload == b"letter"
    assert public.as_dict(private=False)["alg"] == "Ed25519"
    assert "d" not in public.as_dict()
    with pytest.raises(BadSetup):
        inner.jwk("gate-sm2")


def test_demo_keys_are_refused_in_production(tmp_path):
    refuse_demo(tmp_path)
    mark_demo(tmp_path)
    assert is_demo(tmp_path)
    with pytest.raises(BadSetup, match="演示密钥"):
        refuse_demo(tmp_path)


def test_needs_no_django():
    program = "import sys, taihe.ground.signing; sys.exit(any(name.split('.')[0] == 'django' for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
