"""Receipts: lost ones cost nothing, forged and foreign ones are not believed, refusals are told to people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.gate.models import Alarm, LaneState, OutLetter, Quarantined
from taihe.ground import clock

from .pair import Bell, Note, Pair, aged

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(pair: Pair):
    """Three letters out, not yet acknowledged, as (digest of each)."""
    pair.post(*(Bell(number=n) for n in range(3)))
    return [one.digest for one in pair.peer.arrived() if one.header.kind == "test.bell"]


def statuses() -> list[str]:
    return list(OutLetter.objects.filter(kind="test.bell").order_by("sequence").values_list("status", flat=True))


def test_a_receipt_settles_everything_up_to_its_number(pair: Pair, three):
    pair.peer.receipt("urgent", 2, three[1])
    pair.half.turn()
    assert statuses() == ["acked", "acked", "sent"]
    assert not list(pair.setup.incoming.iterdir())


def test_a_refused_letter_is_shown_with_its_reason_code(pair: Pair, three):
    pair.peer.receipt("urgent", 3, three[2], refused={2: "gate.unknown_kind"})
    pair.half.turn()
    assert statuses() == ["acked", "refused", "acked"]
    assert OutLetter.objects.get(status="refused").refusal == "gate.unknown_kind"
    alarm = Alarm.objects.get(kind="refused", closed_at=None)
    assert "test.bell" in alarm.sentence and "gate.unknown_kind" in alarm.sentence


@pytest.mark.parametrize("who", ["stranger", "wrong sender", "wrong receiver", "garbage"])
def test_a_receipt_the_other_zone_did_not_write_settles_nothing(pair: Pair, three, stranger, who):
    path = pair.peer.receipt(
        "urgent",
        3,
        three[2],
        ring=stranger if who == "stranger" else None,
        **({"sender": "elsewhere"} if who == "wrong sender" else {}),
        **({"receiver": "elsewhere"} if who == "wrong receiver" else {}),
    )
    if who == "garbage":
        path.write_bytes(b"...")
    aged(path)
    pair.half.turn()
    assert statuses() == ["sent"] * 3
    assert Quarantined.objects.get().code == "gate.bad_receipt"
    assert not path.exists()


def test_our_own_receipt_sent_back_settles_nothing(pair: Pair, three):
    pair.peer.send(Bell(number=1))
    pair.turn()
    (own,) = pair.setup.out.glob("*.receipt")
    pair.drop(own.name, own.read_bytes())
    pair.half.turn()
    assert statuses() == ["sent"] * 3


def test_an_older_receipt_that_comes_late_opens_nothing_again(pair: Pair, three):
    late = pair.peer.receipt("urgent", 1, three[0], at=clock.now() - timedelta(minutes=1))
    whole = late.read_bytes()
    late.unlink()
    pair.peer.receipt("urgent", 3, three[2])
    pair.half.turn()
    pair.drop(late.name, whole)
    pair.half.turn()
    assert statuses() == ["acked"] * 3
    assert not Alarm.objects.filter(kind="restored").exists()


def test_a_receipt_for_a_number_never_sent_holds_the_lane(pair: Pair, three):
    pair.peer.receipt("urgent", 9, "a" * 64)
    pair.half.turn()
    assert statuses() == ["sent"] * 3
    assert LaneState.objects.get(direction="out", lane="urgent").held == "peer_ahead"
    assert Alarm.objects.get(kind="restored", closed_at=None).subject == "urgent"
    before = {one.name for one in pair.setup.out.iterdir()}
    pair.post(Bell(number=4))
    assert {one.name for one in pair.setup.out.iterdir()} == before, "a held lane waits for the operator"
    pair.post(Note(text="另一条通道"))
    assert {one.name for one in pair.setup.out.iterdir()} != before, "and only that lane"


def test_a_receipt_with_another_digest_for_a_sent_number_holds_the_lane(pair: Pair, three):
    pair.peer.receipt("urgent", 3, "a" * 64)
    pair.half.turn()
    assert statuses() == ["sent"] * 3
    assert LaneState.objects.get(direction="out", lane="urgent").held == "peer_ahead"


def test_an_idle_gate_writes_no_new_receipts(pair: Pair):
    pair.peer.send(Bell(number=1), deliver=False)
    pair.peer.send(Bell(number=2))
    pair.turn()
    (first,) = pair.setup.out.glob("*.receipt")
    pair.turn(5)
    assert list(pair.setup.out.glob("*.receipt")) == [first]
