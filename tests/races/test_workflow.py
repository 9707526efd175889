"""The last two signers of a paper sign at the same instant: the matter goes on exactly once, 150 times over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from taihe.ground.actor import Actor
from taihe.inner.people.tests.factories import AppointmentFactory, acting
from taihe.inner.workflow.actions import closing, complete
from taihe.inner.workflow.models import ProcessInstance, WorkItem
from taihe.inner.workflow.registry import forget_subject, register_subject
from taihe.inner.workflow.tests.kit import House, PaperKind, build
from tests.races.together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]
PAPERS = 150
ROOT = Path(__file__).resolve().parents[2]

# One of two processes that each sign everything on one desk, in the same order.
SIGNER = """
import json, shutil, sys
sys.path.insert(0, {root!r})
import conftest  # settings of the tests
from django.conf import settings
for key, value in json.loads({database!r}).items():
    settings.DATABASES["default"][key] = value
from taihe.inner.people.models import Officer
from taihe.inner.people.tests.factories import acting
from taihe.inner.workflow.actions import complete
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.registry import Signer, register_subject
from taihe.inner.workflow.tests.kit import PaperKind
kind = PaperKind()
kind.places = {{"issue": [Signer(*json.loads({issuer!r}))]}}
register_subject(kind)
actor = acting(Officer.objects.get(pk=int(sys.argv[1])))
print("ready", flush=True)
sys.stdin.readline()
for item in WorkItem.objects.filter(post_id=int(actor.post_id), node="sign", status="open").order_by("instance_id"):
    complete(actor, item.pk, item.version, outcome="agree")
shutil.rmtree(conftest.FOLDER, ignore_errors=True)
print("done", flush=True)
"""


@pytest.fixture
def kind():
    made = PaperKind()
    register_subject(made)
    yield made
    forget_subject(made.kind)


@pytest.fixture
def house(kind) -> House:
    return build(kind, signers=2)


def issues(papers: list[ProcessInstance]) -> list[int]:
    """How many issue items each paper has."""
    return [WorkItem.objects.filter(instance=one, node="issue").count() for one in papers]


def test_without_the_lock_the_paper_lies_for_ever(house, monkeypatch):
    """Both look who else has not signed before the paper is locked, and believe it afterwards: neither sends it on."""
    paper, meet = house.paper(), threading.Barrier(2, timeout=30)
    seen: dict[int, list[WorkItem]] = {}
    monkeypatch.setattr(closing, "pending", lambda at: seen[at.item.pk])

    def sign(actor: Actor, item: WorkItem) -> WorkItem:
        others = WorkItem.objects.filter(instance=paper, node="sign", status="open")
        seen[item.pk] = list(others.exclude(pk=item.pk))
        meet.wait()
        return complete(actor, item.pk, item.version, outcome="agree")

    results = at_once([partial(sign, one.actor, house.item(paper, one)) for one in house.signers])
    assert [type(one) for one in results] == [WorkItem, WorkItem], results
    assert issues([paper]) == [0]
    assert not WorkItem.objects.filter(instance=paper, status="open").exists()
    paper.refresh_from_db()
    assert paper.status == "running"


def database() -> dict[str, Any]:
    """Where the test's database lies, for another process."""
    own = connection.settings_dict
    return {key: str(own[key]) for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}


def test_two_processes_send_each_of_150_papers_on_once(house):
    papers = [house.paper() for _ in range(PAPERS)]
    issuer = json.dumps([house.issuer.post.pk, house.issuer.officer.pk])
    program = SIGNER.format(root=str(ROOT), database=json.dumps(database()), issuer=issuer)
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(one.officer.pk)],
            cwd=ROOT,
            env={**os.environ, "TAIHE_DB": os.environ.get("TAIHE_DB", "sqlite")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in house.signers
    ]
    try:
        for one in both:
            assert one.stdout and one.stdout.readline() == "ready\n"
        for one in both:
            assert one.stdin
            one.stdin.write("go\n")
            one.stdin.flush()
        assert [one.communicate(timeout=300)[0] for one in both] == ["done\n"] * 2
    finally:
        for one in both:
            one.kill()
    assert issues(papers) == [1] * PAPERS
    done = WorkItem.objects.filter(instance__in=papers, node="sign", status="done").values_list(
        "instance_id", flat=True
    )
    assert sorted(done) == sorted([one.pk for one in papers] * 2)
    counts = ProcessInstance.objects.filter(pk__in=[one.pk for one in papers]).values_list("context", flat=True)
    assert all(one["outcomes_sign"] == {"agree": 2} for one in counts)


def test_two_holders_of_a_post_do_not_both_sign(house, kind):
    """One item, two candidates at once: one signs, the other is told that it is done."""
    second = house.signers[1]
    kind.places["sign"] = [house.signers[0].any_holder]
    AppointmentFactory(officer=second.officer, post=house.signers[0].post)
    paper = house.paper()
    item = WorkItem.objects.get(instance=paper, node="sign")
    actors = [house.signers[0].actor, acting(second.officer, index=1)]
    results = at_once([partial(complete, actor, item.pk, item.version, outcome="agree") for actor in actors])
    assert sorted(type(one).__name__ for one in results) == ["ItemClosed", "WorkItem"]
    assert issues([paper]) == [1]
