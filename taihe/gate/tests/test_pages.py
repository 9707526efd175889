"""The operator's pages: who may see them, what they say, and what his decisions do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from taihe.gate.models import Alarm, LaneState, OutLetter, ProbeRun, Quarantined
from taihe.gate.watch import jobs
from taihe.gate.watch.actions import raise_alarm
from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.audit.models import AuditEntry
from taihe.ground.testkit.officials import Official
from taihe.ground.testkit.officials import official as official  # fixture

from .pair import ASKER, DAY, Bell, Note, Pair
from .test_watch import beat

urlpatterns = [path("gate/", include("taihe.gate.urls"))]
pytestmark = pytest.mark.django_db


def read(official: Official, address: str, status: int = 200) -> str:
    answer = official.client.get(address)
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def posted(official: Official, address: str, form_at: str = "", **fields: str) -> str:
    """A form filled in as a browser does: with the hidden values the page came with."""
    page = read(official, form_at or address)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return official.client.post(address, hidden | fields, follow=True).content.decode()


@pytest.fixture
def operator(official: Official) -> Official:
    official.may("gate.view", "gate.operate")
    return official


PAGES = ["/gate/", "/gate/quarantine/", "/gate/alarms/", "/gate/letters/", "/gate/resync/"]


@pytest.mark.parametrize("address", PAGES)
def test_nobody_sees_the_passage_without_the_right(pair: Pair, official: Official, address):
    read(official, address, 403)
    official.may("gate.view")
    read(official, address, 403 if "resync" in address else 200)


def test_an_empty_passage_has_pages(pair: Pair, operator: Official):
    for address in PAGES:
        read(operator, address)
    assert "尚未收到对方心跳" in read(operator, "/gate/")


@pytest.mark.db
def test_the_overview_tells_how_things_stand(pair: Pair, operator: Official):
    told = [{"kind": "gap", "sentence": "对方那边缺号。", "since": clock.now()}]
    pair.peer.send(beat(alarms=told, knows={"gate.heartbeat": 1, "test.note": 3}))
    pair.turn()
    pair.post(Note(text="甲"), Note(text="乙"))
    pair.peer.send(Bell(number=1), deliver=False)
    pair.peer.send(Bell(number=2))
    pair.turn()
    with clock.moved(timedelta(minutes=6)), unit_of_work("test", ASKER):
        jobs.watch_gaps()
    page = read(operator, "/gate/")
    assert "状态截至" in page
    assert "有告警" in page
    assert "对方那边缺号" in page
    assert "缺第 2 号" in page
    assert re.search(r'data-label="待确认" class="gv-num">2<', page)
    with CaptureQueriesContext(connection) as seen:
        read(operator, "/gate/")
    assert len(seen) <= 11


def test_a_held_lane_is_shown(pair: Pair, operator: Official):
    pair.post(Bell(number=1))
    pair.peer.receipt("urgent", 9, "a" * 64)
    pair.turn()
    page = read(operator, "/gate/")
    assert "已停发" in page
    assert "对方确认过本区没有发出的序号" in page


def test_a_stopped_letter_is_looked_at_and_closed(pair: Pair, operator: Official):
    pair.peer.send(Note(text="甲"), kind="test.secret")
    pair.turn()
    row = Quarantined.objects.get()
    assert "不在可交换清单内" in read(operator, "/gate/quarantine/")
    one = read(operator, f"/gate/quarantine/{row.pk}/")
    assert "核实后放行" not in one.split("<main")[1].split("gv-actionbar")[1]
    assert "不少于" in posted(operator, f"/gate/quarantine/{row.pk}/close/", reason="无")
    assert "已关闭" in posted(operator, f"/gate/quarantine/{row.pk}/close/", reason="对方已撤回")
    assert "对方已撤回" in read(operator, f"/gate/quarantine/{row.pk}/")
    assert "不在可交换清单内" in read(operator, "/gate/quarantine/?tab=closed")
    assert AuditEntry.objects.filter(action="gate.close_quarantined", person_id="7").exists()


def test_an_expired_letter_is_released(pair: Pair, operator: Official):
    pair.peer.send(Note(text="迟到", number=5), sent_at=clock.now() - 3 * DAY, expires_at=clock.now() - DAY)
    pair.turn()
    row = Quarantined.objects.get()
    assert "核实后放行" in read(operator, f"/gate/quarantine/{row.pk}/").split("gv-actionbar")[1]
    assert "已放行" in posted(operator, f"/gate/quarantine/{row.pk}/release/", reason="网闸故障，内容有效")
    pair.turn()
    assert pair.numbers() == [5]


def test_an_alarm_is_closed(pair: Pair, operator: Official):
    with unit_of_work("test", ASKER):
        raise_alarm(Alarm.Kind.AUDIT, "own", "本区审计链被替换。")
    row = Alarm.objects.get()
    assert "本区审计链被替换" in read(operator, "/gate/alarms/")
    assert "告警已关闭" in posted(operator, f"/gate/alarms/{row.pk}/close/", reason="已核对恢复记录")
    assert "已核对恢复记录" in read(operator, "/gate/alarms/?tab=closed")
    read(operator, f"/gate/alarms/{row.pk + 1}/close/", 404)


def test_a_probe_is_sent_by_the_button(pair: Pair, operator: Official):
    assert "测试信已发出" in posted(operator, "/gate/probe/", "/gate/")
    assert "等待应答" in read(operator, "/gate/")
    ProbeRun.objects.update(arrived_at=clock.now(), answered_at=clock.now())
    assert "已应答" in read(operator, "/gate/")
    read(operator, "/gate/probe/", 405)


def test_a_new_epoch_is_explained_and_begun(pair: Pair, operator: Official):
    pair.post(Bell(number=1))
    page = read(operator, "/gate/resync/")
    assert "待确认 1 封" in page
    assert "已进入新世代" in posted(operator, "/gate/resync/", reason="外网库从备份恢复")
    assert LaneState.objects.get(direction="out", lane="urgent").epoch > 1


def test_letters_in_trouble_are_listed(pair: Pair, operator: Official):
    pair.post(Bell(number=1))
    OutLetter.objects.update(status="refused", refusal="gate.unknown_kind")
    page = read(operator, "/gate/letters/")
    assert "gate.unknown_kind" in page
    assert "对方已隔离" in page
