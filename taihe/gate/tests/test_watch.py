"""Heartbeats, alarms, probes, and each zone's hold on the other's audit chain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.gate.errors import NeedsReason
from taihe.gate.letters.gate import Heartbeat, Probe, ProbeAnswer
from taihe.gate.models import Alarm, OutLetter, PeerHead, PeerState, ProbeRun
from taihe.gate.watch import jobs
from taihe.gate.watch.actions import close_alarm, raise_alarm, send_probe
from taihe.ground import clock
from taihe.ground.action import action, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.actions import seal
from taihe.ground.audit.models import AuditBatch
from taihe.ground.errors import Missing
from taihe.ground.outbox.worker import drain

from .pair import ASKER, Bell, Pair, body_of

pytestmark = pytest.mark.django_db


def beat(**given) -> Heartbeat:
    told = {
        "at": clock.now(),
        "waiting": 0,
        "shelved": 0,
        "quarantined": 0,
        "alarms": (),
        "knows": {"gate.heartbeat": 1},
        "audit_number": 0,
        "audit_head": "",
        "peer_audit_number": 0,
        "peer_audit_head": "",
    }
    return Heartbeat.model_validate(told | given)


def look() -> None:
    with unit_of_work("test", ASKER):
        jobs.watch()


def open_alarms() -> dict[str, str]:
    return dict(Alarm.objects.filter(closed_at=None).values_list("kind", "subject"))


@action("test.note")
def act(actor: Actor) -> None:
    record(("note", "1", "试"))


def test_a_heartbeat_tells_of_this_zone(pair: Pair):
    act(ASKER)
    seal(pair.setup.ring)
    with unit_of_work("test", ASKER):
        raise_alarm(Alarm.Kind.GAP, "urgent", "urgent 通道缺第 3 号。")
    pair.turn(2)
    told = [one for one in pair.peer.arrived() if one.header.kind == "gate.heartbeat"]
    assert told, "a new alarm is told at once"
    body = body_of(told[-1])
    assert body["alarms"][0]["sentence"] == "urgent 通道缺第 3 号。"
    assert body["audit_number"] == AuditBatch.objects.get().number
    assert body["audit_head"] == AuditBatch.objects.get().head
    assert body["knows"]["test.note"] == 3


def test_the_other_zones_heartbeat_is_kept(pair: Pair):
    pair.peer.send(beat(waiting=4, audit_number=1, audit_head="a" * 64))
    pair.peer.send(beat(waiting=5, audit_number=2, audit_head="b" * 64))
    pair.turn()
    assert PeerState.objects.get().status["waiting"] == 5
    assert dict(PeerHead.objects.values_list("number", "head")) == {1: "a" * 64, 2: "b" * 64}
    assert open_alarms() == {}


def test_silence_is_noticed_after_the_heartbeats_of_the_rule(pair: Pair):
    look()
    assert open_alarms() == {}, "a zone never heard is not missed"
    pair.peer.send(beat())
    pair.turn()
    with clock.moved(timedelta(seconds=pair.setup.heartbeat_seconds * 3 - 5)):
        look()
        assert open_alarms() == {}
    with clock.moved(timedelta(seconds=pair.setup.heartbeat_seconds * 3 + 5)):
        look()
        assert open_alarms() == {"silent": ""}
    pair.peer.send(beat())
    pair.turn()
    assert open_alarms() == {}
    assert Alarm.objects.get().closed_by == "系统"


def test_heartbeats_do_not_pile_up_before_a_silent_zone(pair: Pair):
    for beats in range(20):
        with clock.moved(timedelta(seconds=beats * pair.setup.heartbeat_seconds)):
            with unit_of_work("test", ASKER):
                jobs.send_heartbeat()
            pair.half.turn()
    assert OutLetter.objects.filter(kind="gate.heartbeat").count() <= 5
    pair.peer.acknowledge()
    pair.half.turn()
    with unit_of_work("test", ASKER):
        jobs.send_heartbeat()
    pair.half.turn()
    assert OutLetter.objects.filter(kind="gate.heartbeat", status="sent").count() == 1


def test_a_gap_is_an_alarm_after_its_minutes_and_closes_when_it_heals(pair: Pair):
    missing = pair.peer.send(Bell(number=1), deliver=False)
    pair.peer.send(Bell(number=2))
    pair.turn()
    with clock.moved(timedelta(minutes=4)):
        look()
        assert open_alarms() == {}
    with clock.moved(timedelta(minutes=6)):
        look()
    assert open_alarms() == {"gap": "urgent"}
    assert "缺第 1 号" in Alarm.objects.get().sentence
    pair.peer.again(missing)
    pair.turn()
    assert open_alarms() == {}


def test_a_jump_is_an_alarm_at_once(pair: Pair):
    pair.peer.send(Bell(number=1))
    pair.turn()
    for number in range(2, 203):
        pair.peer.send(Bell(number=number), deliver=False)
    pair.peer.send(Bell(number=999))
    pair.turn()
    look()
    assert open_alarms() == {"jump": "urgent"}


def test_letters_nobody_acknowledges_are_an_alarm(pair: Pair):
    pair.post(Bell(number=1))
    with clock.moved(timedelta(minutes=29)):
        look()
        assert open_alarms() == {}
    with clock.moved(timedelta(minutes=31)):
        look()
        assert open_alarms() == {"unacked": "urgent"}
    pair.peer.acknowledge()
    pair.half.turn()
    look()
    assert open_alarms() == {}


@pytest.mark.parametrize(
    ("number", "head", "words"),
    [(1, None, None), (1, "f" * 64, "被替换"), (9, "f" * 64, "截断"), (0, "", None)],
)
def test_our_own_chain_is_held_against_what_the_other_zone_keeps(pair: Pair, number, head, words):
    act(ASKER)
    seal(pair.setup.ring)
    own = AuditBatch.objects.get(number=1).head
    pair.peer.send(beat(peer_audit_number=number, peer_audit_head=own if head is None else head))
    pair.turn()
    if words is None:
        assert open_alarms() == {}
    else:
        assert open_alarms() == {"audit": "own"}
        assert words in Alarm.objects.get(closed_at=None).sentence


@pytest.mark.parametrize(("number", "head", "words"), [(3, "f" * 64, "被替换"), (2, "b" * 64, "退回")])
def test_the_other_zones_chain_may_only_grow(pair: Pair, number, head, words):
    pair.peer.send(beat(audit_number=3, audit_head="a" * 64))
    pair.turn()
    pair.peer.send(beat(audit_number=number, audit_head=head))
    pair.turn()
    assert open_alarms() == {"audit": "peer"}
    assert words in Alarm.objects.get(closed_at=None).sentence
    assert PeerHead.objects.get(number=3).head == "a" * 64, "what was kept stays"


@pytest.mark.db
def test_an_alarm_is_closed_by_a_person_with_a_reason_and_may_come_again(pair: Pair):
    with unit_of_work("test", ASKER):
        raise_alarm(Alarm.Kind.AUDIT, "own", "审计链被替换。")
        raise_alarm(Alarm.Kind.AUDIT, "own", "审计链被替换。")
    row = Alarm.objects.get()
    assert row.times == 2
    with pytest.raises(NeedsReason):
        close_alarm(ASKER, row.pk, "")
    close_alarm(ASKER, row.pk, "已核对备份恢复记录")
    with pytest.raises(Missing):
        close_alarm(ASKER, row.pk, "已核对备份恢复记录")
    with unit_of_work("test", ASKER):
        raise_alarm(Alarm.Kind.AUDIT, "own", "审计链被替换。")
    assert Alarm.objects.filter(closed_at=None).count() == 1


def test_a_probe_is_answered_and_shows_both_delays(pair: Pair):
    send_probe(ASKER, 7)
    pair.turn()
    (probe,) = [one for one in pair.peer.arrived() if one.header.kind == "gate.probe"]
    assert probe.content == {"body": {"number": 7, "text": "通路测试"}, "enclosures": []}
    pair.peer.send(ProbeAnswer(number=7, arrived_at=clock.now()))
    pair.turn()
    run = ProbeRun.objects.get()
    assert run.answered_at and run.arrived_at
    pair.peer.send(Probe(number=9, text="试"))
    pair.turn(2)
    answers = [one for one in pair.peer.arrived() if one.header.kind == "gate.probe_answer"]
    assert body_of(answers[0])["number"] == 9


def test_a_zone_not_yet_updated_is_written_to_in_the_older_version(pair: Pair):
    from .pair import Note

    known = {"gate.heartbeat": 1, "test.note": 2, "test.bell": 1}
    pair.peer.send(beat(knows=known))
    pair.turn()
    pair.post(Note(text="两版都能写", number=5), Note(text="只有新版能写", number=6))
    notes = [one for one in pair.peer.arrived() if one.header.kind == "test.note"]
    assert [(one.header.version, body_of(one)) for one in notes] == [(2, {"text": "两版都能写"})]
    pair.peer.send(beat(knows=known | {"test.note": 3}))
    pair.turn()
    with clock.moved(timedelta(seconds=35)):
        pair.half.turn()
    notes = [one for one in pair.peer.arrived() if one.header.kind == "test.note"]
    assert [one.header.version for one in notes] == [2, 3], "the letter waited for the other zone's update"
    drain("main")
