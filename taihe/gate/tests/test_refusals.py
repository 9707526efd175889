"""What may not come in: every reason, whether it takes the number with it, and how the sender hears of it."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jws

from taihe.gate import spool
from taihe.gate.envelope import open_envelope, place_of
from taihe.gate.errors import LetterStopped, NotALetter
from taihe.gate.inspection import FILE_LIMIT
from taihe.gate.models import Alarm, InLetter, LaneState, OutLetter, Quarantined
from taihe.ground import clock

from .pair import DAY, Bell, Inward, Note, OldNote, Outward, Pair, Plea, aged

pytestmark = pytest.mark.django_db
HEAD = "0" * 64


def wrong_way(pair: Pair):
    return Outward(number=1) if pair.setup.zone == "inner" else Inward(number=1)


CONSUMING = {
    "unknown kind": ("gate.unknown_kind", lambda pair: pair.peer.send(Note(text="甲"), kind="test.secret")),
    "version N-2": ("gate.unknown_kind", lambda pair: pair.peer.send(OldNote(text="甲"))),
    "future version": ("gate.unknown_kind", lambda pair: pair.peer.send(Note(text="甲"), version=4)),
    "wrong direction": ("gate.wrong_direction", lambda pair: pair.peer.send(wrong_way(pair))),
    "wrong lane": ("gate.wrong_lane", lambda pair: pair.peer.send(Bell(number=1), lane="normal")),
    "extra field": ("gate.bad_body", lambda pair: pair.peer.send(Note(text="甲"), body={"text": "甲", "也": 1})),
    "missing field": ("gate.bad_body", lambda pair: pair.peer.send(Note(text="甲"), body={})),
    "wrong type": ("gate.bad_body", lambda pair: pair.peer.send(Note(text="甲"), body={"text": "甲", "number": "1"})),
    "too much text": ("gate.letter_too_large", lambda pair: pair.peer.send(Note(text="长" * 2000))),
    "expired": (
        "gate.expired",
        lambda pair: pair.peer.send(Note(text="甲"), sent_at=clock.now() - 3 * DAY, expires_at=clock.now() - DAY),
    ),
    "lives too long": ("gate.bad_body", lambda pair: pair.peer.send(Note(text="甲"), expires_at=clock.now() + 8 * DAY)),
    "personal but not boxed": (
        "gate.bad_body",
        lambda pair: pair.peer.send(
            Note(text="甲"), kind="test.plea", version=1, body={"name": "演示甲", "text": "不该明文"}
        ),
    ),
    "boxed but not personal": (
        "gate.bad_body",
        lambda pair: pair.peer.send(Plea(name="演示甲", text="乙"), kind="test.note", version=3),
    ),
}


@pytest.mark.parametrize("reason", CONSUMING)
def test_a_signed_letter_that_may_not_come_in_takes_its_number_and_the_sender_hears_why(pair: Pair, reason):
    code, send = CONSUMING[reason]
    path = send(pair)
    lane = path.name.split("-")[0]
    if lane == "normal":
        pair.peer.send(Note(text="下一封", number=77))
    pair.turn()
    row = Quarantined.objects.get()
    assert (row.code, row.consumed, row.times) == (code, True, 1)
    assert row.sentence.endswith(f"（{code}）")
    assert LaneState.objects.get(direction="in", lane=lane).sequence == (2 if lane == "normal" else 1)
    assert pair.peer.receipts()[lane]["refused"] == {"1": code}
    assert Alarm.objects.filter(kind="quarantine", subject=code, closed_at=None).exists()
    if lane == "normal":
        assert pair.numbers() == [77], "the lane goes on behind it"
    assert [one.stat().st_size > 0 for one in pair.setup.quarantine.iterdir()] == [True]


def test_a_refused_letter_that_comes_again_is_receipted_again(pair: Pair):
    path = pair.peer.send(Note(text="甲"), kind="test.secret")
    whole = path.read_bytes()
    pair.turn()
    path.write_bytes(whole)
    pair.turn()
    assert not path.exists()
    assert Quarantined.objects.get().times == 1
    assert pair.peer.receipts()["normal"]["refused"] == {"1": "gate.unknown_kind"}


def test_a_strangers_signature_takes_no_number(pair: Pair, stranger):
    name, data, _ = pair.peer.seal(Bell(number=1), ring=stranger)
    pair.drop(name, data)
    pair.turn()
    row = Quarantined.objects.get()
    assert (row.code, row.consumed, row.lane) == ("gate.not_a_letter", False, "")
    pair.peer.send(Bell(number=2))
    pair.turn()
    assert pair.numbers() == [2], "number 1 was still free for the true letter"


def test_a_changed_byte_breaks_the_signature(pair: Pair):
    name, data, _ = pair.peer.seal(Bell(number=1))
    place = data.rindex(b".") - 5
    pair.drop(name, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    pair.turn()
    assert Quarantined.objects.get().code == "gate.not_a_letter"
    assert not InLetter.objects.exists()


def test_a_letter_for_another_zone_or_of_another_zone_is_stopped(pair: Pair):
    headers: tuple[dict, ...] = ({"receiver": "elsewhere"}, {"sender": "elsewhere"}, {"sender": pair.setup.zone})
    for given_header in headers:
        name, data, _ = pair.peer.seal(Bell(number=1), **given_header)
        pair.drop(name, data)
        pair.turn()
    assert set(Quarantined.objects.values_list("code", "consumed")) == {("gate.wrong_address", False)}
    assert Quarantined.objects.count() == 3


def test_our_own_letter_sent_back_to_us_is_stopped(pair: Pair):
    pair.post(Bell(number=1))
    (file,) = pair.setup.out.glob("urgent-*.letter")
    pair.drop(file.name, file.read_bytes())
    pair.turn()
    assert Quarantined.objects.get().code == "gate.not_a_letter"


def test_a_letter_under_another_letters_name_is_stopped(pair: Pair):
    _, data, _ = pair.peer.seal(Bell(number=1))
    other, _, _ = pair.peer.seal(Bell(number=1), sequence=2)
    pair.drop(other, data)
    pair.turn()
    assert Quarantined.objects.get().code == "gate.wrong_name"


def test_a_broken_chain_takes_no_number_and_waits_for_the_true_letter(pair: Pair):
    pair.peer.send(Bell(number=1))
    pair.turn()
    name, data, _ = pair.peer.seal(Bell(number=2), previous="f" * 64)
    pair.drop(name, data)
    pair.turn()
    assert (Quarantined.objects.get().code, Quarantined.objects.get().consumed) == ("gate.broken_chain", False)
    pair.peer.send(Bell(number=2))
    pair.turn()
    assert pair.numbers() == [1, 2]


def test_unsigned_words_beside_the_signed_ones_are_not_let_in(pair: Pair):
    name, data, _ = pair.peer.seal(Bell(number=1))
    pair.drop(name, data[:-1] + b',"note":"x"}')
    pair.turn()
    assert Quarantined.objects.get().code == "gate.not_a_letter"


@pytest.mark.parametrize("name", ["urgent-000000000001-000000000001.letter", "随便.letter", "report.docx", "x.part"])
@pytest.mark.parametrize("data", [b"", b"{", b"\x00\xff" * 50, b'{"jws":"a.b.c"}', b"[]", b"null"])
def test_garbage_is_quarantined_once_it_lies_still(pair: Pair, name, data):
    path = pair.drop(name, data, seconds_old=0)
    pair.turn()
    assert path.exists(), "it may still be being written"
    aged(path)
    pair.turn()
    assert not path.exists()
    assert Quarantined.objects.get().code == "gate.not_a_letter"


def test_a_letter_copied_slowly_by_the_ferry_is_taken_when_whole(pair: Pair):
    name, data, _ = pair.peer.seal(Bell(number=1))
    path = pair.drop(name, data[:100], seconds_old=0)
    pair.turn()
    path.write_bytes(data)
    pair.turn()
    assert pair.numbers() == [1]
    assert not Quarantined.objects.exists()


def test_an_oversize_file_is_not_read(pair: Pair):
    pair.drop("urgent-000000000001-000000000001.letter", b"x" * (FILE_LIMIT + 1))
    pair.turn()
    assert Quarantined.objects.get().code == "gate.too_large"


def test_links_folders_and_pipes_are_neither_followed_nor_opened(pair: Pair, tmp_path):
    name, data, _ = pair.peer.seal(Bell(number=1))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(data)
    (pair.setup.incoming / name).symlink_to(elsewhere)
    aged(pair.setup.incoming / name)
    folder = pair.setup.incoming / "urgent-000000000001-000000000002.letter"
    folder.mkdir()
    aged(folder)
    pipe = pair.setup.incoming / "normal-000000000001-000000000001.letter"
    os.mkfifo(pipe)
    aged(pipe)
    receipt = pair.setup.incoming / "urgent-1.receipt"
    os.mkfifo(receipt)
    aged(receipt)
    pair.turn(2)
    assert elsewhere.read_bytes() == data
    assert list(pair.setup.incoming.iterdir()) == []
    assert Quarantined.objects.count() == 4
    assert not InLetter.objects.exists()


def test_the_same_garbage_brought_again_is_counted_not_listed_anew(pair: Pair):
    for _ in range(3):
        pair.drop("x.letter", b"y")
        pair.turn()
    assert Quarantined.objects.get().times == 3


def test_a_file_that_claims_a_far_place_makes_no_gap_unless_it_is_genuine(pair: Pair):
    pair.drop("urgent-000000000001-000000009999.letter", b"junk")
    pair.turn()
    assert not LaneState.objects.filter(direction="in").exclude(gap_next=0).exists()
    assert Quarantined.objects.get().code == "gate.not_a_letter"


def test_a_flood_of_garbage_does_not_keep_letters_out(pair: Pair):
    for number in range(300):
        pair.drop(f"urgent-000000000001-{number + 2:012d}.letter", str(number).encode())
    pair.peer.send(Bell(number=1))
    pair.turn()
    assert pair.numbers() == [1]


@pytest.mark.parametrize("seconds", [1, 0, -1])
def test_a_letter_expires_by_the_countys_clock(pair: Pair, seconds):
    expires = clock.now() + timedelta(hours=1)
    pair.peer.send(Note(text="甲", number=3), sent_at=clock.now(), expires_at=expires)
    with clock.fixed(expires + timedelta(seconds=seconds * 60)):
        pair.turn()
    assert pair.numbers() == ([3] if seconds < 0 else [])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_bytes_whatever_break_the_reader(pair: Pair, data):
    with pytest.raises(NotALetter):
        open_envelope(pair.setup.ring, pair.setup.peer, data)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(min_value=0, max_value=10_000), flip=st.integers(min_value=1, max_value=255))
def test_a_letter_changed_anywhere_is_no_letter_or_the_same_letter(pair: Pair, place, flip):
    _, data, own = pair.peer.seal(Bell(number=1))
    place %= len(data)
    changed = data[:place] + bytes([data[place] ^ flip]) + data[place + 1 :]
    try:
        opened = open_envelope(pair.setup.ring, pair.setup.peer, changed)
    except LetterStopped:
        return
    # Base64 has spare bits: another spelling of the same signature is the same letter.
    assert opened.content == {"body": {"number": 1}, "enclosures": []}
    assert opened.digest == own


@pytest.mark.parametrize("depth", [300, 900, 5000, 100_000])
def test_content_nested_without_end_stops_only_its_letter(pair: Pair, depth):
    """The other zone may have been taken over: nothing it signs may stand in the way of everything else."""
    body = json.dumps({"text": "@"}).replace('"@"', "[" * depth + "]" * depth)
    header = pair.peer.seal(Note(text="甲"))
    payload = json.loads(jws.extract_compact(json.loads(header[1])["jws"].encode()).payload)
    payload["content"]["body"] = "@"
    text = json.dumps(payload).replace('"@"', body)
    key = pair.peer.ring.jwk("gate", private=True)
    token = jws.serialize_compact({"alg": "Ed25519", "kid": str(key.kid)}, text, key, algorithms=["Ed25519"])
    pair.drop(header[0], json.dumps({"jws": token}).encode())
    pair.peer.send(Bell(number=1))
    pair.turn()
    assert pair.numbers() == [1]
    assert Quarantined.objects.get().code in ("gate.bad_body", "gate.not_a_letter")


def test_a_fault_in_one_lane_holds_up_neither_the_others_nor_receipts(pair: Pair, monkeypatch):
    pair.post(Bell(number=1))
    pair.peer.acknowledge()
    pair.peer.send(Bell(number=2))
    pair.peer.send(Note(text="甲", number=3))
    real = pair.half.receiver._lane

    def faulty(lane, files):
        if lane == "urgent" and files:
            raise OSError("disk")
        return real(lane, files)

    with monkeypatch.context() as broken, pytest.raises(OSError, match="disk"):
        broken.setattr(pair.half.receiver, "_lane", faulty)
        pair.turn()
    assert OutLetter.objects.get(kind="test.bell").status == "acked"
    pair.turn()
    assert sorted(pair.numbers()) == [2, 3]


def test_names_are_read_strictly():
    assert place_of("urgent-000000000001-000000000002.letter") == ("urgent", (1, 2))
    for name in ("urgent-1-2.letter", "other-000000000001-000000000002.letter", "urgent-000000000001-000000000002"):
        assert place_of(name) is None
    assert spool.part_of("0" * 64 + "-1of2.part") == ("0" * 64, 1, 2)
    assert spool.part_of("0" * 64 + "-0of2.part") is None
