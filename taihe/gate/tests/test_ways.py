"""Other ways to cross: a ferry that comes now and then and loses things, and a way without return."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from taihe.gate import ferry
from taihe.gate.ferry import Leg, carry, run_ferry
from taihe.gate.half import Half
from taihe.gate.models import OutLetter
from taihe.gate.operating.actions import resync
from taihe.gate.queries import gate_status
from taihe.gate.setup import gate_setup
from taihe.ground import clock
from taihe.ground.signing import KeyRing

from .pair import ASKER, Bell, Note, Pair, Parcel, Peer, Plea

MINUTE = timedelta(minutes=1)


def test_the_ferry_takes_whole_files_parts_first_and_nothing_else(tmp_path, monkeypatch):
    leg = Leg(tmp_path / "out", tmp_path / "in")
    leg.source.mkdir()
    for name in ("b.letter", "a.part", "c.receipt", ".d.letter.new", "e.docx"):
        (leg.source / name).write_text(name)
    (leg.source / "f.letter").symlink_to(leg.source / "e.docx")
    (leg.source / "g.letter").mkdir()
    order: list[str] = []
    monkeypatch.setattr(ferry, "_copy", lambda file, _target: order.append(file.name))
    carry(leg, lose=lambda: True)
    assert order == []
    for name in ("b.letter", "a.part", "c.receipt"):
        (leg.source / name).write_text(name)
    carry(leg)
    assert order == ["a.part", "b.letter", "c.receipt"]
    monkeypatch.undo()
    for name in order:
        (leg.source / name).write_text(name)
    assert carry(leg) == 3
    assert sorted(one.name for one in leg.target.iterdir()) == ["a.part", "b.letter", "c.receipt"]
    assert sorted(one.name for one in leg.source.iterdir()) == [".d.letter.new", "e.docx", "f.letter", "g.letter"]


def test_the_ferry_comes_by_the_clock_until_told_to_stop(tmp_path):
    leg = Leg(tmp_path / "out", tmp_path / "in")
    leg.source.mkdir()
    turns = iter([False] * 3 + [True])

    def stopping() -> bool:
        (leg.source / "a.letter").write_text("x")
        return next(turns)

    run_ferry([leg], 0.01, stopping)
    assert (leg.target / "a.letter").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(3))
def test_letters_cross_by_a_ferry_that_loses_a_third_of_everything(pair: Pair, tmp_path, seed):
    """The peer's half is far away: files reach either side only by the ferry, receipts too."""
    chance = random.Random(seed)
    far = Peer(replace(pair.setup, out=tmp_path / "far-in", incoming=tmp_path / "far-out"), pair.peer.ring)
    far.setup.incoming.mkdir()
    far.setup.out.mkdir()
    legs = [Leg(pair.setup.out, far.setup.out), Leg(far.setup.incoming, pair.setup.incoming)]
    pair.post(*(Bell(number=n) for n in range(20)))
    sent = [far.send(Bell(number=n), deliver=True) for n in range(20)]
    seen: dict[int, str] = {}
    for minute in range(400):
        with clock.moved(minute * MINUTE):
            for leg in legs:
                carry(leg, lose=lambda: chance.random() < 0.33)
            pair.turn()
            for one in far.arrived():
                seen[one.header.sequence] = one.digest
            upto = 0
            while upto + 1 in seen:
                upto += 1
            if upto:
                far.receipt("urgent", upto, seen[upto])
            told = max((note["upto"] for note in far.receipts().values()), default=0)
            far.again(*sent[told:])
        if pair.numbers() == list(range(20)) and not OutLetter.objects.filter(kind="test.bell", status="sent").exists():
            break
    assert pair.numbers() == list(range(20))
    assert not OutLetter.objects.filter(kind="test.bell", status="sent").exists()


@pytest.fixture
def one_way(gate_settings, letters, rings) -> Iterator[Pair]:
    """A pair whose ways have no return."""
    gate_settings["acknowledged"] = False
    gate_setup.cache_clear()
    setup = gate_setup()
    yield Pair(setup, Half(setup), Peer(setup, KeyRing(rings[setup.peer])), letters)
    gate_setup.cache_clear()


def crossings(pair: Pair, minutes: int) -> list[int]:
    """At which minutes the letter was put out, the ferry taking everything each minute."""
    put = []
    for minute in range(minutes):
        with clock.moved(minute * MINUTE):
            pair.half.turn()
        for file in pair.setup.out.glob("*.letter"):
            put.append(minute)
            file.unlink()
    return put


@pytest.mark.django_db
def test_a_one_way_letter_is_repeated_and_never_waits(one_way: Pair):
    from .pair import post_letters

    post_letters(ASKER, [Bell(number=1)])
    assert crossings(one_way, 60) == [0, 10, 20]
    row = OutLetter.objects.get()
    assert (row.status, row.next_at, bool(row.envelope)) == ("one_way", None, True)
    assert gate_status()["counts"]["waiting"] == 0


@pytest.mark.django_db
def test_a_one_way_personal_letter_goes_with_its_last_repeat(one_way: Pair):
    from .pair import post_letters

    post_letters(ASKER, [Plea(name="演示甲", text="乙")])
    crossings(one_way, 15)
    assert OutLetter.objects.get().envelope
    crossings(one_way, 60)
    assert not OutLetter.objects.get().envelope


@pytest.mark.django_db
def test_a_one_way_receiver_writes_no_receipts_and_carries_out_repeats_once(one_way: Pair):
    path = one_way.peer.send(Bell(number=1))
    one_way.turn()
    one_way.peer.again(path)
    one_way.turn()
    assert one_way.numbers() == [1]
    assert not list(one_way.setup.out.glob("*.receipt"))


@pytest.mark.django_db
def test_one_way_a_new_epoch_repeats_what_is_kept_and_in_time(one_way: Pair):
    from .pair import post_letters

    post_letters(ASKER, [Bell(number=1), Note(text="甲", number=2), Parcel(number=3)])
    crossings(one_way, 60)
    OutLetter.objects.filter(kind="test.note").update(expires_at=clock.now() - MINUTE)
    done = resync(ASKER, "对方缺号无法补齐")
    assert done.letters == 2
    with clock.moved(70 * MINUTE):
        one_way.half.turn()
    assert {one.header.epoch for one in one_way.peer.arrived()} == {done.epoch}
