"""A clerk's process dies in the middle of 分发: a document has gone out to everybody on its list, or to nobody.

One zone's database and a process that distributes one document after another.  It is killed at every named place,
and at moments that chance chooses; whatever it told as done must be whole, and the rest untouched and still to do.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from taihe.zones import keys

from .house import PATIENCE, ROOT, House, county_with_small_parts

pytestmark = pytest.mark.kill

ORGANS, DOCUMENTS = 110, 24
KILLS = int(os.environ.get("TAIHE_DISTRIBUTION_KILLS", "8"))
PLACES = ("distribution.round_made", "distribution.copies_made", "distribution.before_commit")
BEGIN = """
import json, sys
from taihe.zones import prepare
prepare.enter("inner")
from taihe.inner.office.documents.tests.sending import SendingKind, build
from taihe.inner.workflow.registry import Signer, register_subject
kind = SendingKind()
register_subject(kind)
"""
SEED = (
    BEGIN
    + """
from django.core.management import call_command
call_command("migrate", verbosity=0)
senders = build(kind, {organs})
print(json.dumps([senders.clerk.officer.pk] + [senders.sealed()[1].pk for _ in range({documents})]))
"""
)
CLERK = (
    BEGIN
    + """
from taihe.ground.errors import CountyError
from taihe.inner.office.documents.actions.distributing import distribute
from taihe.inner.people.models import Officer
from taihe.inner.people.tests.factories import acting
from taihe.inner.workflow.models import WorkItem
officer, *items = json.loads(sys.argv[1])
actor = acting(Officer.objects.get(pk=officer))
print("ready", flush=True)
for pk in items:
    try:
        print("done", distribute(actor, pk, WorkItem.objects.get(pk=pk).version).pk, flush=True)
    except CountyError as refusal:
        print("refused", refusal.code, flush=True)
"""
)
BOOK = """
select d.id, d.state, i.status, p.status, e.status,
       (select count(*) from office_documents_dispatch x where x.document_id = d.id),
       (select count(distinct y.organ_id) from office_documents_delivery y where y.document_id = d.id),
       (select count(*) from office_documents_delivery y where y.document_id = d.id),
       (select count(*) from office_documents_deliveryevent v join office_documents_delivery y on v.delivery_id = y.id
         where y.document_id = d.id),
       (select count(*) from ground_audit_auditentry a where a.action = 'documents.distribute' and a.outcome = 'done'
         and a.subject_id = cast(d.id as text))
from office_documents_document d
join inner_workflow_processinstance p on p.id = d.instance_id
join inner_workflow_workitem i on i.instance_id = p.id
join ground_registers_entry e on e.id = d.entry_id
order by d.id
"""
WHOLE = ("issued", "done", "finished", "issued", 1, ORGANS, ORGANS, ORGANS, 1)
NOTHING = ("sealed", "open", "running", "allocated", 0, 0, 0, 0, 0)


class Office:
    """The database of one zone, and the clerk at it."""

    def __init__(self, var: Path) -> None:
        self.house = House(var, bare=False)
        county_with_small_parts(var / "county")
        keys.make_keys(var / "inner" / "keys", "inner", demo=True)
        seed = SEED.format(organs=ORGANS, documents=DOCUMENTS)
        made = subprocess.run(
            [sys.executable, "-c", seed], cwd=ROOT, env=self.house.env("inner"), check=True, capture_output=True,
            text=True,
        )  # fmt: skip
        self.officer, *self.items = json.loads(made.stdout.splitlines()[-1])

    def clerk(self, **env: str) -> subprocess.Popen[str]:
        """The clerk begins with the first document; ready when this returns."""
        process = subprocess.Popen(
            [sys.executable, "-c", CLERK, json.dumps([self.officer, *self.items])],
            cwd=ROOT, env=self.house.env("inner") | env, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout and select.select([process.stdout], [], [], PATIENCE)[0]
        assert process.stdout.readline() == "ready\n"
        return process

    def book(self) -> dict[int, tuple[Any, ...]]:
        """What is on record of every document."""
        return {one[0]: tuple(one[1:]) for one in self.house.rows("inner", BOOK)}


def told(process: subprocess.Popen[str]) -> set[int]:
    """The documents of which the clerk was told that they have gone out, before it ended."""
    assert process.stdout
    return {int(one.split()[1]) for one in process.stdout.read().splitlines() if one.startswith("done ")}


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    return Office(tmp_path_factory.mktemp("office") / "var")


def check(office: Office, done: set[int]) -> int:
    """Everything or nothing of each; returns how many have gone out."""
    book = office.book()
    halves = {pk: row for pk, row in book.items() if row not in (WHOLE, NOTHING)}
    assert not halves
    out = {pk for pk, row in book.items() if row == WHOLE}
    assert done <= out, "what the clerk was told of stands"
    return len(out)


@pytest.mark.parametrize("place", PLACES)
def test_death_at_a_named_place_sends_nothing(office, place):
    before = check(office, set())
    process = office.clerk(TAIHE_KILLPOINT=f"{place}:2")  # the first goes out, the second dies
    assert process.wait(PATIENCE) == -signal.SIGKILL
    done = told(process)
    assert len(done) == 1 and check(office, done) == before + 1


def test_death_at_any_moment_then_everything_goes_out_once(office, chance):
    done: set[int] = set()
    for _ in range(KILLS):
        if check(office, done) >= DOCUMENTS - 2:
            break
        process = office.clerk()
        time.sleep(chance.uniform(0.005, 0.4))  # the moment of death is chance itself
        process.kill()
        process.wait(PATIENCE)
        done |= told(process)
        check(office, done)
    process = office.clerk()
    assert process.wait(PATIENCE) == 0
    assert check(office, told(process)) == DOCUMENTS
    again = office.clerk()
    assert again.wait(PATIENCE) == 0 and told(again) == set(), "nothing is sent twice"
    assert check(office, set()) == DOCUMENTS
