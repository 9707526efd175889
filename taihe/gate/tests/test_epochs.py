"""After a zone was restored from a backup: what is noticed, what heals by itself, what a new epoch mends."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from taihe.gate.envelope import Envelope
from taihe.gate.errors import NeedsReason
from taihe.gate.models import Alarm, InLetter, LaneState, OutLetter, Quarantined
from taihe.gate.operating.actions import resync
from taihe.gate.queries import gate_status
from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox.models import OutboxMessage

from .pair import ASKER, Bell, Note, Pair, Plea, body_of

pytestmark = pytest.mark.django_db
TABLES = (LaneState, OutLetter, InLetter, Quarantined, OutboxMessage)


def backup() -> dict[Any, list]:
    """This zone's tables of the gate, as a nightly backup has them."""
    return {table: list(table.objects.all()) for table in TABLES}


def restore(kept: dict[Any, list]) -> None:
    """This zone has gone back to the backup."""
    for table, rows in kept.items():
        table.objects.all().delete()
        table.objects.bulk_create(rows)


def bells_out(pair: Pair):
    return [one for one in pair.peer.arrived() if one.header.kind == "test.bell"]


def numbers_in(letters: list[Envelope]) -> list[int]:
    return [body_of(one)["number"] for one in letters]


def clear_out(pair: Pair) -> None:
    """The ferry has taken everything."""
    for file in pair.setup.out.iterdir():
        file.unlink()


@pytest.fixture
def lane(pair: Pair):
    """This zone's urgent lane of one direction, read anew at each call."""
    return lambda direction: LaneState.objects.get(direction=direction, lane="urgent")


# This zone sends and was restored --------------------------------------------------------------


@pytest.mark.db
def test_a_restored_sender_notices_stops_and_goes_on_in_a_new_epoch(pair: Pair, lane):
    pair.post(Bell(number=1), Bell(number=2), Bell(number=3))
    first = bells_out(pair)
    pair.peer.receipt("urgent", 2, first[1].digest)
    pair.turn()
    kept = backup()
    pair.post(Bell(number=4), Bell(number=5))
    fifth = bells_out(pair)[-1]
    pair.peer.receipt("urgent", 5, fifth.digest)
    pair.turn()
    assert set(OutLetter.objects.values_list("status", flat=True)) == {"acked"}
    clear_out(pair)

    restore(kept)
    pair.post(Bell(number=6))  # takes number 4 a second time
    pair.peer.receipt("urgent", 5, fifth.digest)
    pair.turn()
    assert lane("out").held == "peer_ahead"
    assert list(OutLetter.objects.filter(status="sent").values_list("sequence", flat=True)) == [3, 4]
    assert Alarm.objects.filter(kind="restored", subject="urgent", closed_at=None).exists()

    done = resync(ASKER, "外网库从昨夜备份恢复")
    clear_out(pair)
    pair.turn()
    assert (done.letters, done.gone) == (2, 0)
    anew = bells_out(pair)
    assert [one.header.epoch for one in anew] == [done.epoch] * 2
    assert [(one.header.sequence, one.header.previous) for one in anew] == [(1, "0" * 64), (2, anew[0].digest)]
    assert numbers_in(anew) == [3, 6]
    assert anew[0].header.letter_id == first[2].header.letter_id, "so that it is not carried out twice"
    assert not Alarm.objects.filter(kind="restored", closed_at=None).exists()
    pair.peer.receipt("urgent", 5, fifth.digest)  # an old one, still under way, means nothing now
    pair.turn()
    assert lane("out").held == ""
    pair.peer.acknowledge()
    pair.turn()
    assert not OutLetter.objects.filter(status="sent").exists()
    assert lane("out").acked_epoch == done.epoch


def test_a_resync_is_recorded_and_needs_a_reason(pair: Pair):
    pair.post(Bell(number=1))
    with pytest.raises(NeedsReason):
        resync(ASKER, " 无 ")
    done = resync(ASKER, "演练提升世代")
    entry = AuditEntry.objects.get(action="gate.resync", outcome="done")
    assert entry.detail == {"reason": "演练提升世代", "letters": 1, "gone": 0}
    assert entry.subject_id == str(done.epoch)
    assert AuditEntry.objects.filter(action="gate.resync", outcome="refused").count() == 1


def test_every_epoch_is_later_than_any_before_even_when_the_clock_went_back(pair: Pair):
    first = resync(ASKER, "第一次演练").epoch
    with clock.moved(-timedelta(days=30)):
        second = resync(ASKER, "第二次演练").epoch
    assert second > first
    pair.peer.receipt("urgent", 1, "a" * 64, epoch=second + 50)  # told by a zone that knew a later epoch of ours
    pair.turn()
    with clock.moved(-timedelta(days=30)):
        assert resync(ASKER, "第三次演练").epoch > second + 50


def test_a_letter_sealed_anew_still_says_the_same_and_keeps_its_box(pair: Pair):
    pair.post(Plea(name="演示甲", text="乙"), Note(text="平常", number=3))
    before = {one.header.letter_id: one for one in pair.peer.arrived()}
    resync(ASKER, "演练提升世代")
    clear_out(pair)
    pair.turn()
    after = {one.header.letter_id: one for one in pair.peer.arrived()}
    assert set(after) == set(before)
    for letter_id, one in after.items():
        assert one.content == before[letter_id].content
        assert one.header.expires_at == before[letter_id].header.expires_at


def test_a_resync_takes_the_old_epoch_out_of_the_spool(pair: Pair, django_capture_on_commit_callbacks):
    pair.post(Bell(number=1))
    with django_capture_on_commit_callbacks(execute=True):
        done = resync(ASKER, "演练提升世代")
    assert not list(pair.setup.out.glob("*.letter"))
    pair.turn()
    assert [one.header.epoch for one in bells_out(pair)] == [done.epoch]


# The other zone receives and was restored ------------------------------------------------------


def test_what_a_restored_receiver_forgot_is_sent_again(pair: Pair, lane):
    pair.post(*(Bell(number=n) for n in range(1, 6)))
    digests = [one.digest for one in bells_out(pair)]
    pair.peer.receipt("urgent", 5, digests[4])
    pair.turn()
    assert bells_out(pair) == []
    pair.peer.receipt("urgent", 2, digests[1])
    pair.turn(2)
    again = bells_out(pair)
    assert [one.header.sequence for one in again] == [3, 4, 5]
    assert [one.digest for one in again] == digests[2:], "the very same letters: its chain goes on"
    assert lane("out").held == ""
    pair.peer.receipt("urgent", 5, digests[4])
    pair.turn()
    assert not OutLetter.objects.filter(status="sent").exists()


@pytest.mark.db
def test_what_cannot_be_sent_again_is_told_and_needs_a_new_epoch(pair: Pair):
    pair.post(Note(text="甲", number=1), Plea(name="演示甲", text="私"), Note(text="乙", number=2))
    letters = [one for one in pair.peer.arrived() if one.header.lane == "normal"]
    pair.peer.receipt("normal", 3, letters[2].digest)
    pair.turn()
    pair.peer.receipt("normal", 0, "0" * 64)
    pair.turn()
    state = LaneState.objects.get(direction="out", lane="normal")
    assert state.held == "peer_behind"
    assert list(OutLetter.objects.order_by("sequence").values_list("status", flat=True)) == ["sent", "gone", "sent"]
    assert gate_status()["counts"]["gone"] == 1
    assert not [one for one in pair.peer.arrived() if one.header.lane == "normal"], "held until the operator decides"
    done = resync(ASKER, "内网库从备份恢复")
    pair.turn()
    assert (done.letters, done.gone) == (2, 1)
    anew = [one for one in pair.peer.arrived() if one.header.lane == "normal"]
    assert numbers_in(anew) == [1, 2]


def test_envelopes_are_kept_for_the_days_of_the_rule_and_no_longer(pair: Pair):
    from taihe.gate.jobs import purge
    from taihe.ground.action import unit_of_work

    pair.post(Bell(number=1))
    (sent,) = bells_out(pair)
    pair.peer.receipt("urgent", 1, sent.digest)
    pair.turn()
    for days, kept in ((6, True), (8, False)):
        with clock.moved(timedelta(days=days)), unit_of_work("test", ASKER):
            purge()
        assert bool(OutLetter.objects.get().envelope) is kept
    with clock.moved(timedelta(days=401)), unit_of_work("test", ASKER):
        purge()
    assert not OutLetter.objects.exists()


def test_a_receiver_that_fell_back_behind_an_epoch_holds_the_lane(pair: Pair, lane):
    pair.post(Bell(number=1), Bell(number=2))
    old = bells_out(pair)
    pair.peer.receipt("urgent", 2, old[1].digest)
    pair.turn()
    first = resync(ASKER, "第一次提升世代")
    pair.post(Bell(number=3))
    (new,) = bells_out(pair)
    pair.peer.receipt("urgent", 1, new.digest, epoch=first.epoch)
    pair.turn()
    pair.peer.receipt("urgent", 1, old[0].digest, epoch=1)
    pair.turn()
    assert lane("out").held == "peer_behind"
    with clock.moved(timedelta(seconds=5)):
        done = resync(ASKER, "内网库从备份恢复")
        pair.turn()
    assert done.letters == 2
    assert numbers_in(bells_out(pair)) == [2, 3]


# The other zone sends and was restored ---------------------------------------------------------


@pytest.mark.db
def test_a_restored_sender_of_the_other_zone_is_stopped_until_its_new_epoch(pair: Pair, lane):
    pair.peer.send(Bell(number=1))
    pair.peer.send(Bell(number=2), letter_id="2" * 32)
    kept = dict(pair.peer.ends)
    pair.peer.send(Bell(number=3))
    pair.turn()
    end = lane("in").digest
    pair.peer.ends = kept  # the other zone has gone back
    pair.peer.send(Bell(number=30))
    for receipt in pair.setup.out.glob("*.receipt"):
        receipt.unlink()
    pair.turn()
    assert pair.numbers() == [1, 2, 3]
    assert Quarantined.objects.get().code == "gate.changed_replay"
    told = pair.peer.receipts()["urgent"]
    assert (told["upto"], told["digest"]) == (3, end), "so that the sender learns what happened"
    pair.peer.send(Bell(number=31))  # beyond the end of the true chain, and hanging on the wrong one
    pair.turn()
    assert set(Quarantined.objects.values_list("code", flat=True)) == {"gate.changed_replay", "gate.broken_chain"}

    pair.peer.resync(1_700_000_000)
    pair.peer.send(Bell(number=2), letter_id="2" * 32)  # in already, unacknowledged in the backup
    pair.peer.send(Bell(number=30))
    pair.turn()
    assert pair.numbers() == [1, 2, 3, 30]
    assert (lane("in").epoch, lane("in").sequence) == (1_700_000_000, 2)
    assert list(InLetter.objects.filter(letter_id="2" * 32).values_list("again", flat=True)) == [False, True]
    told = pair.peer.receipts()["urgent"]
    assert (told["epoch"], told["upto"]) == (1_700_000_000, 2)


def test_letters_of_the_old_epoch_that_come_late_are_let_go_or_looked_at(pair: Pair):
    late = [pair.peer.seal(Bell(number=1), letter_id="1" * 32), pair.peer.seal(Bell(number=9), letter_id="9" * 32)]
    pair.peer.resync(1_700_000_000)
    pair.peer.send(Bell(number=1), letter_id="1" * 32)
    pair.turn()
    known = pair.drop(late[0][0], late[0][1])
    pair.turn()
    assert not known.exists()
    unknown = pair.drop(late[1][0], late[1][1], seconds_old=10)
    pair.turn()
    assert unknown.exists(), "it may still come in the new epoch"
    pair.drop(late[1][0], late[1][1], seconds_old=3600)
    pair.turn()
    assert not unknown.exists()
    assert Quarantined.objects.get().code == "gate.former_epoch"
    assert pair.numbers() == [1]


def test_a_new_epoch_begins_only_at_number_one(pair: Pair):
    pair.peer.resync(1_700_000_000)
    pair.peer.send(Bell(number=1), deliver=False)
    pair.peer.send(Bell(number=2))
    pair.turn()
    assert pair.handled == []


# This zone receives and was restored -----------------------------------------------------------


def test_a_restored_receiver_asks_for_what_it_forgot(pair: Pair, lane):
    paths = []
    for number in range(1, 6):
        paths.append(pair.peer.send(Bell(number=number)))
        pair.turn()
        if number == 2:
            kept = backup()
    for receipt in pair.setup.out.glob("*.receipt"):
        receipt.unlink()
    restore(kept)
    pair.peer.send(Bell(number=6))
    pair.turn()
    assert pair.peer.receipts()["urgent"]["upto"] == 2
    pair.peer.again(*paths[2:])
    pair.turn()
    assert pair.numbers() == [1, 2, 3, 4, 5, 3, 4, 5, 6], "its handlers' effects were restored away with it"
    assert lane("in").sequence == 6


def test_a_lane_that_waits_tells_so_again_in_case_the_receipt_was_lost(pair: Pair, monkeypatch):
    pair.peer.send(Bell(number=1), deliver=False)
    pair.peer.send(Bell(number=2))
    pair.turn()
    (first,) = pair.setup.out.glob("*.receipt")
    pair.half.receiver._told["urgent"] -= pair.setup.resend_seconds + 1
    pair.turn()
    assert list(pair.setup.out.glob("*.receipt")) != [first]


# Whatever happens on the way -------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_ferry_does_each_letter_is_carried_out_once_and_in_order(pair: Pair, seed):
    chance, peer = random.Random(seed), pair.peer
    files, bells = [], [(Bell(number=n), f"{n:032x}") for n in range(40)]
    for number, (bell, letter_id) in enumerate(bells):
        if number == 21:  # the other zone begins a new epoch: its last letters travel a second time
            peer.resync(1_700_000_000)
            files += [peer.send(again, letter_id=known, deliver=False) for again, known in bells[15:21]]
        files.append(peer.send(bell, letter_id=letter_id, deliver=False))
    pending = list(files)
    while pending:
        for path in [pending.pop(chance.randrange(min(6, len(pending)))) for _ in range(min(len(pending), 5))]:
            if chance.random() < 0.3:
                pending.append(path)  # lost, and sent again later
            else:
                peer.again(path)
            if chance.random() < 0.2:
                pending.append(path)  # doubled
        pair.turn()
    pair.turn(3)
    assert pair.numbers() == list(range(40))
    assert not Quarantined.objects.exists()
