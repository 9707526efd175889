"""Two clerks of one organ register papers at the same second: each paper has a number of its own, none is skipped."""

from __future__ import annotations

import pytest

from taihe.ground.registers.models import Register
from taihe.ground.registers.queries import find_gaps
from taihe.inner.office.documents.actions import receiving
from taihe.inner.office.documents.models import Incoming
from taihe.inner.office.documents.tests.incoming import build, letter
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.errors import ItemClosed
from taihe.inner.workflow.models import WorkItem
from tests.races.together import at_once

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


def test_two_clerks_register_at_once(tmp_path, settings):
    settings.TAIHE_FOLDER = tmp_path
    office = build()
    papers = [receiving.receive_paper(office.clerk.actor, letter(), None) for _ in range(6)]

    def register(clerk, row):
        item = WorkItem.objects.get(instance=row.instance_id, post=clerk.post, status="open")
        return workflow.complete(clerk.actor, item.pk, item.version, outcome="accept")

    clerks = [office.clerk, office.second]
    results = at_once([lambda at=at, row=row: register(clerks[at % 2], row) for at, row in enumerate(papers)])
    assert not [one for one in results if isinstance(one, BaseException)]
    book = Register.objects.get(key=f"incoming.{office.organ.code}")
    numbers = sorted(Incoming.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 6 and find_gaps(book.key, Incoming.objects.first().received_at.year) == []


def test_one_paper_registered_by_both_gets_one_number(tmp_path, settings):
    settings.TAIHE_FOLDER = tmp_path
    office = build()
    row = receiving.receive_paper(office.clerk.actor, letter(), None)
    items = {one.post_id: one for one in WorkItem.objects.filter(instance=row.instance_id)}

    def register(clerk):
        item = items[clerk.post.pk]
        return workflow.complete(clerk.actor, item.pk, item.version, outcome="accept")

    results = at_once([lambda who=who: register(who) for who in (office.clerk, office.second)])
    assert sum(isinstance(one, WorkItem) for one in results) == 1
    assert sum(isinstance(one, ItemClosed) for one in results) == 1
    row.refresh_from_db()
    assert row.number.endswith("〕1号") and row.state == "handling"
