"""Sealing single values: round trips, changed bytes, moved values, lost and rotated keys."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.errors import BadSetup
from taihe.ground.vault.errors import VaultKeyLost, VaultTampered
from taihe.ground.vault.keys import SecretFolder, Vault, vault_at


@pytest.fixture(scope="module")
def box():
    with tempfile.TemporaryDirectory() as folder:
        made = Vault(Path(folder))
        made.ensure()
        yield made


@given(plain=st.binary(max_size=500), context=st.text(max_size=60))
def test_round_trip(box, plain, context):
    token = box.seal(plain, context)
    assert box.open(token, context) == plain
    assert re.fullmatch(r"v1\.[0-9a-f]{16}\.[A-Za-z0-9_=-]+", token)


def test_the_same_value_never_looks_the_same(box):
    assert box.seal(b"19900000001", "a") != box.seal(b"19900000001", "a")


@given(one=st.text(max_size=30), other=st.text(max_size=30))
def test_another_context_does_not_open(box, one, other):
    token = box.seal(b"19900000001", one)
    if one == other:
        return
    with pytest.raises(VaultTampered):
        box.open(token, other)


def test_a_token_has_one_spelling(box):
    tokens = (box.seal(b"19900000001", "a") for _ in range(200))
    token = next(one for one in tokens if "_" in one and "-" in one)
    for changed in (token.replace("_", "/"), token.replace("-", "+"), token + "="):
        with pytest.raises(VaultTampered):
            box.open(changed, "a")


@given(place=st.integers(min_value=0), letter=st.characters(codec="ascii"))
def test_a_changed_token_does_not_open(box, place, letter):
    token = box.seal(b"19900000001", "a")  # 12 + 11 + 16 bytes: no unused bits in the last letter
    at = place % len(token)
    if token[at] == letter:
        return
    with pytest.raises((VaultTampered, VaultKeyLost)):
        box.open(token[:at] + letter + token[at + 1 :], "a")


@given(st.text(max_size=80))
def test_other_text_does_not_open(box, text):
    with pytest.raises((VaultTampered, VaultKeyLost)):
        box.open(text, "a")


def test_another_zones_vault_does_not_open(box, tmp_path):
    other = Vault(tmp_path)
    other.ensure()
    with pytest.raises(VaultKeyLost):
        other.open(box.seal(b"x", "a"), "a")
    assert other.blind("phone", "19900000001") != box.blind("phone", "19900000001")


def test_a_lost_key_is_named_and_the_restored_one_opens_again(tmp_path):
    vault = Vault(tmp_path)
    vault.ensure()
    token = vault.seal(b"x", "people.phone\x00row-1")
    key_id = token.split(".")[1]
    file = tmp_path / "seal" / f"{key_id}.key"
    kept = file.read_bytes()

    for damage in (file.unlink, lambda: file.write_text("00" * 32), lambda: file.write_text("not hex")):
        damage()
        fresh = Vault(tmp_path)
        with pytest.raises(VaultKeyLost) as lost:
            fresh.open(token, "people.phone\x00row-1")
        assert key_id in lost.value.sentence()
        assert "people.phone row-1" in lost.value.sentence()
        with pytest.raises(VaultKeyLost):
            fresh.require()

    file.write_bytes(kept)
    assert fresh.open(token, "people.phone\x00row-1") == b"x"


def test_an_empty_folder_says_to_restore_not_to_make_anew(tmp_path):
    vault = Vault(tmp_path)
    for attempt in (lambda: vault.seal(b"x", "a"), lambda: vault.blind("phone", "1"), vault.require):
        with pytest.raises(BadSetup, match="切勿另造"):
            attempt()


def test_rotation_seals_with_the_new_key_and_opens_with_the_old(tmp_path):
    vault = Vault(tmp_path)
    vault.ensure()
    old = vault.seal(b"x", "a")
    new_id = vault.sealing.rotate()
    new = vault.seal(b"x", "a")
    assert new.split(".")[1] == new_id != old.split(".")[1]
    assert vault.open(old, "a") == vault.open(new, "a") == b"x"
    assert (vault.is_current(old), vault.is_current(new)) == (False, True)


def test_a_rotation_by_another_process_is_seen(tmp_path):
    vault = Vault(tmp_path)
    vault.ensure()
    vault.seal(b"x", "a")
    new_id = Vault(tmp_path).sealing.rotate()
    assert vault.seal(b"x", "a").split(".")[1] == new_id


def test_ensure_keeps_what_is_there(tmp_path):
    vault = Vault(tmp_path)
    vault.ensure()
    before = vault.sealing.active_id(), vault.indexing.active_id()
    assert Vault(tmp_path).ensure() is False
    assert (vault.sealing.active_id(), vault.indexing.active_id()) == before


class Killed(BaseException):
    """Stands for the power going off."""


@pytest.mark.parametrize("survived", range(5))
@pytest.mark.parametrize("step", ["ensure", "rotate"])
def test_a_kill_between_files_leaves_a_usable_vault(tmp_path, monkeypatch, step, survived):
    vault = Vault(tmp_path)
    old = vault.seal(b"x", "a") if step == "rotate" and vault.ensure() else None
    replace, done = os.replace, []

    def die(*args):
        if len(done) == survived:
            raise Killed
        done.append(args)
        replace(*args)

    monkeypatch.setattr(os, "replace", die)
    try:
        vault.ensure() if step == "ensure" else (vault.sealing.rotate(), vault.indexing.rotate())
    except Killed:
        pass
    monkeypatch.setattr(os, "replace", replace)

    again = Vault(tmp_path)
    again.ensure()
    again.require()
    assert again.open(again.seal(b"y", "a"), "a") == b"y"
    assert again.blind("phone", "1") in again.blinds("phone", "1")
    assert old is None or again.open(old, "a") == b"x"


def test_many_starts_at_once_end_with_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: SecretFolder(tmp_path / "seal").ensure(), range(16)))
    assert len(answers) == 1
    assert len(list((tmp_path / "seal").glob("*.key"))) == 1


def test_files_are_the_owners_alone(tmp_path):
    vault = vault_at(tmp_path / "keys")
    vault.ensure()
    key = tmp_path / "keys" / "vault" / "seal" / f"{vault.sealing.active_id()}.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o700 for one in list(key.parents)[:3])


@pytest.mark.parametrize(
    "kind, one, same",
    [
        ("phone", "199 0000 0001", "+86 19900000001"),
        ("phone", "1990000０００1", "008619900000001"),
        ("phone", "(0558)000-0001", "05580000001"),
        ("id_card", "34122219900101123x", "341222 19900101 123X"),
        ("name", "买买提·演示", "买买提•演示"),
        ("email", "Demo@Example.invalid ", "demo@example.invalid"),
    ],
)
def test_spellings_of_one_value_share_an_index(box, kind, one, same):
    assert box.blind(kind, one) == box.blind(kind, same)


def test_an_index_tells_kinds_and_values_apart_and_shows_nothing(box):
    index = box.blind("phone", "19900000001")
    assert index != box.blind("phone", "19900000002")
    assert index != box.blind("text", "19900000001")
    assert re.fullmatch(r"[0-9a-f]{40}", index)


def test_index_rotation_keeps_the_older_digest_for_lookups(tmp_path):
    vault = Vault(tmp_path)
    vault.ensure()
    old = vault.blind("phone", "19900000001")
    vault.indexing.rotate()
    new = vault.blind("phone", "19900000001")
    assert vault.blinds("phone", "19900000001") == [new, old]
    assert (vault.is_current_blind(old), vault.is_current_blind(new)) == (False, True)


def test_keys_need_no_django():
    program = "import sys, taihe.ground.vault.keys; sys.exit(any(n.split('.')[0] == 'django' for n in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
