"""Letters cross once, in order, whatever gets lost, doubled or delayed on the way."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.gate.models import Alarm, InLetter, LaneState, OutLetter, Quarantined
from taihe.ground import clock
from taihe.ground.outbox.models import OutboxMessage

from .pair import Bell, Note, NoteBefore, Outward, Pair

pytestmark = pytest.mark.django_db


@pytest.mark.db
def test_a_letter_comes_in_is_carried_out_and_receipted(pair: Pair):
    file = pair.peer.send(Bell(number=1))
    pair.turn()
    assert pair.numbers() == [1]
    row = InLetter.objects.get()
    assert row.handled_at and (row.epoch, row.lane, row.sequence) == (1, "urgent", 1)
    assert not file.exists()
    receipt = pair.peer.receipts()["urgent"]
    assert (receipt["upto"], receipt["digest"], receipt["refused"]) == (1, row.digest, {})


@pytest.mark.db
def test_a_letter_goes_out_and_rests_when_acknowledged(pair: Pair):
    (letter_id,) = pair.post(Bell(number=5))
    (sent,) = [one for one in pair.peer.arrived() if one.header.kind == "test.bell"]
    assert sent.content == {"body": {"number": 5}, "enclosures": []}
    assert (sent.header.letter_id, sent.header.sequence, sent.header.previous) == (letter_id, 1, "0" * 64)
    pair.peer.acknowledge()
    pair.turn()
    row = OutLetter.objects.get(letter_id=letter_id)
    assert (row.status, row.next_at) == ("acked", None)
    assert not list(pair.setup.out.glob("*.letter")), "nothing of it lies in the spool any longer"
    assert not OutboxMessage.objects.filter(kind="gate.seal").exclude(payload={}).exists()


def test_out_letters_are_numbered_and_chained_per_lane(pair: Pair):
    pair.post(*(Note(text="甲", number=n) for n in range(3)), Bell(number=9))
    notes = [one for one in pair.peer.arrived() if one.header.lane == "normal"]
    assert [one.header.sequence for one in notes] == [1, 2, 3]
    assert [one.header.previous for one in notes] == ["0" * 64, notes[0].digest, notes[1].digest]
    (bell,) = (one for one in pair.peer.arrived() if one.header.kind == "test.bell")
    assert bell.header.sequence == 1


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0), (2, 1, 0)])
def test_letters_that_arrive_out_of_order_are_carried_out_in_order(pair: Pair, order):
    paths = [pair.peer.send(Bell(number=number), deliver=False) for number in range(3)]
    for place in order:
        pair.peer.again(paths[place])
        pair.turn()
    assert pair.numbers() == [0, 1, 2]


@pytest.mark.db
def test_a_gap_waits_is_shown_and_heals(pair: Pair):
    missing = pair.peer.send(Bell(number=0), deliver=False)
    pair.peer.send(Bell(number=1))
    pair.peer.send(Bell(number=2))
    pair.turn(3)
    assert pair.handled == []
    lane = LaneState.objects.get(direction="in", lane="urgent")
    assert (lane.sequence, lane.gap_next) == (0, 2)
    assert lane.gap_since
    assert pair.peer.receipts()["urgent"]["upto"] == 0, "the sender is told how far the lane has come"
    pair.peer.again(missing)
    pair.turn()
    assert pair.numbers() == [0, 1, 2]
    lane.refresh_from_db()
    assert lane.gap_next == 0
    assert lane.gap_since is None


def test_a_gap_in_one_lane_holds_up_no_other(pair: Pair):
    pair.peer.send(Bell(number=0), deliver=False)
    for number in range(1, 4):
        pair.peer.send(Bell(number=number))
    pair.peer.send(Note(text="平常", number=7))
    pair.turn()
    assert pair.numbers() == [7]


def test_the_same_letter_again_is_receipted_again_and_carried_out_once(pair: Pair):
    name, data, _ = pair.peer.seal(Bell(number=1))
    path = pair.setup.incoming / name
    path.write_bytes(data)
    pair.turn()
    for receipt in pair.setup.out.glob("*.receipt"):
        receipt.unlink()  # lost on the way
    path.write_bytes(data)
    pair.turn()
    assert pair.numbers() == [1]
    assert pair.peer.receipts()["urgent"]["upto"] == 1
    assert not path.exists()
    assert not Quarantined.objects.exists()


@pytest.mark.db
def test_another_letter_under_a_used_number_is_quarantined_with_an_alarm(pair: Pair):
    pair.peer.send(Bell(number=1))
    pair.turn()
    name, data, _ = pair.peer.seal(Bell(number=2), sequence=1, previous="0" * 64)
    (pair.setup.incoming / name).write_bytes(data)
    pair.turn()
    assert pair.numbers() == [1]
    row = Quarantined.objects.get()
    assert (row.code, row.consumed) == ("gate.changed_replay", False)
    assert Alarm.objects.get(closed_at=None).subject == "gate.changed_replay"
    assert next(iter(pair.setup.quarantine.iterdir())).read_bytes() == data
    pair.peer.send(Bell(number=3))
    pair.turn()
    assert pair.numbers() == [1, 3], "the true chain goes on"


def test_the_newest_version_and_the_one_before_are_read(pair: Pair):
    pair.peer.send(Note(text="新", number=4))
    pair.peer.send(NoteBefore(text="旧"))
    pair.turn()
    assert pair.handled == [Note(text="新", number=4), Note(text="旧", number=-1)]


def test_unacknowledged_letters_are_sent_again_with_growing_pauses(pair: Pair):
    pair.post(Bell(number=1))
    (file,) = pair.setup.out.glob("urgent-*.letter")
    whole = file.read_bytes()
    pauses = []
    at = timedelta(0)
    for _ in range(6):
        file.unlink()  # the ferry took it and lost it
        pause = timedelta(0)
        while not file.exists():
            pause += timedelta(seconds=10)
            with clock.moved(at + pause):
                pair.half.turn()
        at += pause
        pauses.append(pause.total_seconds())
        assert file.read_bytes() == whole
    assert pauses == sorted(pauses)
    assert pauses[0] >= 30
    assert pauses[-1] <= 30 * 8 + 10


def test_a_letter_still_in_the_spool_is_not_written_again(pair: Pair):
    pair.post(Bell(number=1))
    (file,) = pair.setup.out.glob("urgent-*.letter")
    before = file.stat().st_ino
    with clock.moved(timedelta(minutes=5)):
        pair.half.turn()
    assert file.stat().st_ino == before
    assert OutLetter.objects.get(kind="test.bell").spooled == 2


def test_a_module_cannot_post_against_the_direction(pair: Pair):
    from .pair import Inward

    with pytest.raises(RuntimeError, match="may not travel"):
        pair.post(Inward(number=1) if pair.setup.zone == "inner" else Outward(number=1))


def test_a_second_signature_is_asked_for_when_the_zone_wants_one(gate_settings, letters, rings):
    from taihe.gate.half import Half
    from taihe.gate.setup import gate_setup
    from taihe.ground.signing import KeyRing

    from .pair import Peer

    gate_settings["sm2"] = True
    gate_setup.cache_clear()
    setup = gate_setup()
    pair = Pair(setup, Half(setup), Peer(setup, KeyRing(rings[setup.peer])), letters)
    pair.post(Bell(number=8))
    assert pair.peer.arrived(), "verified with both signatures"
    pair.peer.send(Bell(number=1))
    name, data, _ = pair.peer.seal(Bell(number=2))
    import json

    bare = json.loads(data)
    del bare["sm2"]
    pair.drop(name, json.dumps(bare).encode())
    pair.turn()
    gate_setup.cache_clear()
    assert pair.numbers() == [1]
    assert Quarantined.objects.get().code == "gate.not_a_letter"
