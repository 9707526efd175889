"""The record before the auditor: found, proved, exported on the record, and verified as a whole."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.actions import append_entry, seal
from taihe.ground.audit.chain import entry_hash
from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.worker import drain
from taihe.ground.testkit.forms import post_form
from taihe.inner.people.tests import factories as make

from .conftest import browser

pytestmark = pytest.mark.django_db
ACTOR = Actor("officer", "7", "演记录", post_id="3", post_name="文书", organ="CZ", organ_name="县财政局")


def write(count: int = 1, *, actor: Actor = ACTOR, action: str = "people.rename_organ", **known) -> list[AuditEntry]:
    known = {
        "outcome": "done",
        "subject": ("inner_people.organ", "9", "县财政局"),
        "detail": {"to": "县财资局"},
    } | known
    with unit_of_work(action, actor) as frame:
        return [append_entry(frame, **known) for _ in range(count)]


def text(answer) -> str:
    return answer.content.decode()


def listed(client, query: str = "") -> list[int]:
    page = text(client.get(reverse("security:audit") + (f"?{query}" if query else "")))
    return [int(part.partition('"')[0]) for part in page.split('id="entry-')[1:]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=演记录", True),
        ("person=7", True),
        ("person=别人", False),
        ("organ=县财政局", True),
        ("organ=CZ", True),
        ("action=people.rename_organ", True),
        ("action=people", True),
        ("action=signin", False),
        ("subject=县财政局", True),
        ("subject=9", True),
        ("outcome=refused", False),
        ("text=县财资局", True),
        ("text=县发改委", False),
        ("since=2020-01-01", True),
        ("until=2020-01-01", False),
        ("since=没有这一天", True),
    ],
)
def test_each_filter_stands_in_the_address(auditor, query, found):
    (entry,) = write()
    assert (entry.pk in listed(auditor, query)) is found


def test_a_day_is_the_county_s_day(auditor):
    with clock.fixed(clock.now().replace(hour=16, minute=30)):  # half past midnight in the county
        (entry,) = write()
        day = clock.today()
    assert entry.pk in listed(auditor, f"since={day}&until={day}")
    assert entry.pk not in listed(auditor, f"until={day - timedelta(days=1)}")


def test_pages_are_leafed_through_both_ways_without_gap_or_repeat(auditor):
    written = {one.pk for one in write(75)}
    url, seen = reverse("security:audit") + "?person=演记录", []
    first = text(auditor.get(url))
    while url:
        page = text(auditor.get(url))
        seen += [int(part.partition('"')[0]) for part in page.split('id="entry-')[1:]]
        _, _, rest = page.partition('rel="next"')
        link = page.rpartition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        last, url = url, reverse("security:audit") + link if rest else ""
    assert set(seen) == written and len(seen) == 75 and seen == sorted(seen, reverse=True)
    page = text(auditor.get(last))
    back = page.rpartition('rel="prev"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    middle = text(auditor.get(reverse("security:audit") + back))
    assert middle.count('id="entry-') == 30 and first.count('id="entry-') == 30


def test_an_entry_tells_its_place_and_a_changed_one_is_seen(auditor, keys):
    (entry,) = write(after="a" * 64)
    url = reverse("security:audit_entry", args=[entry.pk])
    assert "尚未封存" in text(auditor.get(url))
    seal(keys)
    page = text(auditor.get(url))
    assert "第 1 批第 0 条" in page and "与封存时一致" in page and "a" * 64 in page
    tamper(entry.pk)
    assert "与封存时不一致" in text(auditor.get(url))


def tamper(pk: int) -> None:
    """Change an entry behind the county's back: as somebody with the database file in hand would."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name='ground_audit_auditentry'"
            )
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute("UPDATE ground_audit_auditentry SET person_name = '他人' WHERE id = %s", [pk])
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            cursor.execute("ALTER TABLE ground_audit_auditentry DISABLE TRIGGER USER")
            cursor.execute("UPDATE ground_audit_auditentry SET person_name = '他人' WHERE id = %s", [pk])
            cursor.execute("ALTER TABLE ground_audit_auditentry ENABLE TRIGGER USER")


def test_a_refused_attempt_shows_its_sentence(auditor, system):
    refused = post_form(system, reverse("security:account_lock", args=[system.officer.pk]), {"reason": "试试看能不能"})
    assert refused.status_code == 409
    assert "唯一在任的系统管理员" in text(auditor.get(reverse("security:audit") + "?outcome=refused"))


def test_the_security_administrator_sees_the_auditors_acts_and_nothing_else(auditor, security):
    (foreign,) = write()
    own = write(actor=make.acting(auditor.officer), action="security.export_audit")[0]
    assert listed(security) == [own.pk]
    assert security.get(reverse("security:audit_entry", args=[own.pk])).status_code == 200
    assert security.get(reverse("security:audit_entry", args=[foreign.pk])).status_code == 403


def test_nobody_else_sees_the_record(system, keys):
    write()
    assert system.get(reverse("security:audit")).status_code == 403
    assert browser(make.OfficerFactory(appointed=True)).get(reverse("security:audit")).status_code == 403


@pytest.mark.parametrize("kind", ["jsonl", "xlsx", "csv"])
def test_an_export_is_recorded_with_the_digest_of_its_file(auditor, keys, kind):
    write(3)
    write(1, subject=("inner_people.organ", "10", "=cmd()"))
    write(2, action="signin.sign_in")
    seal(keys)
    form = {"form": kind, "reason": "年度审计检查"}
    answer = post_form(auditor, reverse("security:audit_export") + "?action=people", form)
    assert answer["Cache-Control"] == "no-store" and "attachment" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    noted = AuditEntry.objects.get(action="security.export_audit")
    assert noted.detail["sha256"] == hashlib.sha256(content).hexdigest()
    assert noted.detail["rows"] == 4 and noted.detail["asked"] == {"action": "people"}
    rows = read(kind, content)
    assert len(rows) == 4 and {row["batch"] for row in rows} == {"1"}
    if kind == "jsonl":
        whole = [json.loads(line) for line in content.splitlines()]
        assert all(entry_hash(row) == row["hash"] for row in whole), "the file proves each entry by itself"
    else:
        assert "'=cmd()" in [row["subject_title"] for row in rows], "no spreadsheet runs what somebody wrote"


def read(kind: str, data: bytes) -> list[dict[str, str]]:
    """The file back, each row under the column's key."""
    from taihe.inner.security.exports import COLUMNS

    if kind == "jsonl":
        return [{key: str(value) for key, value in json.loads(line).items()} for line in data.splitlines()]
    if kind == "csv":
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        lines = [[str(cell.value) for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]
    assert lines[0] == list(COLUMNS.values())
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]


def test_an_export_without_a_purpose_takes_nothing_out(auditor):
    write()
    answer = post_form(auditor, reverse("security:audit_export"), {"form": "csv", "reason": "查"})
    assert answer.status_code in (200, 422) and "Content-Disposition" not in answer
    assert not AuditEntry.objects.filter(action="security.export_audit", outcome="done").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("spoiled", [False, True])
def test_the_chain_is_verified_by_the_worker_and_the_result_stays(auditor, keys, spoiled):
    entries = write(5)
    seal(keys)
    if spoiled:
        tamper(entries[2].pk)
    url = reverse("security:verification")
    post_form(auditor, url, {})
    assert "已排队" in text(auditor.get(url))
    post_again = auditor.get(url)
    assert "开始核验</button>" not in text(post_again), "one verification at a time"
    drain("main")
    assert not OutboxMessage.objects.filter(kind="security.verify_audit", status=Status.WAITING).exists()
    page = text(auditor.get(url))
    result = AuditEntry.objects.get(action="security.note_verification")
    assert result.detail["sound"] is not spoiled
    assert ("不符" in page.partition('id="results"')[2]) is spoiled
    if spoiled:
        assert f"记录 {entries[2].pk}" in page
