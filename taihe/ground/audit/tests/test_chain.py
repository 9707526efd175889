"""The chain: everything gets in, and the first bad entry is named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.audit import triggers
from taihe.ground.audit.actions import seal
from taihe.ground.audit.models import AuditBatch, AuditEntry, AuditSealed
from taihe.ground.audit.verify import check, database_batches, export, file_batches
from taihe.ground.signing import KeyRing, Signature
from taihe.ground.testkit.keys import key_dir as key_dir  # fixture

pytestmark = pytest.mark.django_db(transaction=True)
CLERK = Actor.system("试")


@action("test.note")
def note(actor: Actor, text: str) -> None:
    record(("note", text, text), detail={"文": text, "n": 1.5})


@pytest.fixture
def ring(key_dir) -> KeyRing:
    return KeyRing(key_dir)


@pytest.fixture
def verifier(ring):
    return lambda data, key_id, value: ring.verify("audit", data, Signature(key_id, "Ed25519", value))


@pytest.fixture
def chain(ring):
    for batch in range(3):
        for place in range(4):
            note(CLERK, f"{batch}-{place}")
        assert seal(ring) == 4


@pytest.fixture
def without_triggers():
    for table in triggers.APPEND_ONLY:
        triggers.drop(connection, table)


@pytest.mark.db
def test_a_sound_chain_is_sound_in_the_database_and_in_the_exported_file(chain, verifier, tmp_path: Path):
    report = check(database_batches(), verifier)
    assert (report.sound, report.batches, report.entries) == (True, 3, 12)
    file = tmp_path / "chain.jsonl"
    with file.open("w", encoding="utf-8") as target:
        assert export(target) == 3
    assert check(file_batches(file), verifier) == report


def test_nothing_new_makes_no_link(chain, ring):
    assert seal(ring) == 0
    assert AuditBatch.objects.count() == 3


def test_an_entry_committed_late_under_an_older_number_is_sealed(chain, ring, without_triggers, verifier):
    late = AuditEntry.objects.order_by("pk").first()
    AuditSealed.objects.filter(batch=3).delete()
    AuditBatch.objects.filter(number=3).delete()
    assert late
    assert seal(ring) == 4
    assert check(database_batches(), verifier).sound


@pytest.mark.db
@pytest.mark.parametrize(
    ("harm", "batch", "word"),
    [
        (lambda e: AuditEntry.objects.filter(pk=e[5]).update(person_name="换人"), 2, "内容被改动"),
        (lambda e: AuditEntry.objects.filter(pk=e[9]).delete(), 3, "记录被删除"),
        (lambda e: AuditSealed.objects.filter(entry=e[1]).delete(), 1, "应有 4 条"),
        (lambda e: AuditBatch.objects.filter(number=2).delete(), 2, "缺少第2批"),
        (lambda e: AuditBatch.objects.filter(number=3).update(signature="AAAA"), 3, "签名无效"),
        (lambda e: AuditBatch.objects.filter(number=1).update(previous="1" * 64), 1, "批次被改动"),
    ],
)
def test_the_first_bad_place_is_named(chain, without_triggers, verifier, harm, batch, word):
    entries = list(AuditEntry.objects.order_by("pk").values_list("pk", flat=True))
    harm(entries)
    report = check(database_batches(), verifier)
    assert report.finding is not None
    assert report.finding.batch == batch
    assert word in report.finding.sentence


def test_a_cut_tail_and_a_replaced_chain_show_against_the_other_zones_heads(chain, without_triggers, verifier, ring):
    heads = dict(AuditBatch.objects.values_list("number", "head"))
    assert check(database_batches(), verifier, known_heads=heads).sound
    AuditSealed.objects.filter(batch=3).delete()
    AuditBatch.objects.filter(number=3).delete()
    cut = check(database_batches(), verifier, known_heads=heads)
    assert cut.finding and "截断" in cut.finding.sentence
    AuditEntry.objects.order_by("-pk").first().delete()
    seal(ring)
    replaced = check(database_batches(), verifier, known_heads=heads)
    assert replaced.finding and "替换" in replaced.finding.sentence


def test_an_edited_export_is_found(chain, verifier, tmp_path: Path):
    buffer = io.StringIO()
    export(buffer)
    lines = [json.loads(line) for line in buffer.getvalue().splitlines()]
    lines[1]["entries"][2]["entry"]["detail"]["文"] = "改"
    report = check(lines, verifier)
    assert report.finding is not None
    assert (report.finding.batch, report.finding.entry) == (2, lines[1]["entries"][2]["id"])


def test_the_offline_program_verifies_an_export_with_the_public_keys_alone(chain, ring, tmp_path: Path):
    """In a process of its own that may not import Django: the auditor's machine has none."""
    file, keys = tmp_path / "chain.jsonl", tmp_path / "keys.json"
    with file.open("w", encoding="utf-8") as target:
        export(target)
    keys.write_bytes(ring.export_public("audit"))
    heads = tmp_path / "heads.json"
    heads.write_text(json.dumps(dict(AuditBatch.objects.values_list("number", "head"))))

    def run() -> tuple[int, str]:
        blocked = "import sys, runpy; sys.modules['django'] = None; "
        command = [
            sys.executable,
            "-c",
            blocked + "runpy.run_module('taihe.ground.audit.offline', run_name='__main__')",
        ]
        done = subprocess.run([*command, str(file), str(keys), "--heads", str(heads)], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    code, words = run()
    assert (code, "完好" in words) == (0, True), words
    lines = file.read_text("utf-8").replace("2-1", "2-9", 1)
    file.write_text(lines, "utf-8")
    code, words = run()
    assert (code, "内容被改动" in words) == (1, True), words
    file.write_text("".join(file.read_text("utf-8").splitlines(True)[:1]), "utf-8")
    code, words = run()
    assert (code, "截断" in words) == (1, True), words
