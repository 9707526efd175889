"""The shelf as the operator meets it."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import include, path

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox import actions, registry
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.worker import drain
from taihe.ground.testkit.officials import Official
from taihe.ground.testkit.officials import official as official  # fixture

urlpatterns = [path("shelf/", include("taihe.ground.shelf.urls"))]
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(settings.TAIHE_ZONE != "inner", reason="only the office zone has operators' pages"),
]


@pytest.fixture
def row(monkeypatch) -> OutboxMessage:
    """A message that failed for good."""
    monkeypatch.setattr(registry, "_known", dict(registry._known))

    @registry.handler("test.broken", max_attempts=1)
    def broken(payload):
        raise ValueError("对方没有应答")

    with unit_of_work("test", Actor.system("试")):
        made = actions.enqueue("test.broken", {"secret": "演示人姓名"})
    drain("main")
    assert made
    made.refresh_from_db()
    assert made.status == Status.SHELVED
    return made


def posted(official: Official, address: str, **fields: str):
    """A form filled in as a browser does: with the hidden values the page came with."""
    page = official.client.get(address).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return official.client.post(address, hidden | fields, follow=True)


def test_only_who_may_see_it_does(official: Official, row):
    assert official.client.get("/shelf/").status_code == 403
    official.may("outbox.view")
    page = official.client.get("/shelf/").content.decode()
    assert "test.broken" in page
    assert "对方没有应答" in page
    one = official.client.get(f"/shelf/{row.pk}/").content.decode()
    assert "演示人姓名" not in one, "what a message carries is nobody's to read here"
    assert "作废" not in one.split("<main")[1].split("说明")[0]
    assert official.client.get(f"/shelf/{row.pk}/discard/").status_code == 403


def test_a_message_is_tried_again(official: Official, row):
    official.may("outbox.view", "outbox.operate")
    answer = posted(official, f"/shelf/{row.pk}/retry/")
    assert "已重新排队执行" in answer.content.decode()
    row.refresh_from_db()
    assert row.status == Status.WAITING
    assert AuditEntry.objects.filter(action="outbox.retry", outcome="done", person_id="7").exists()
    assert official.client.get(f"/shelf/{row.pk + 99}/").status_code == 404


def test_a_message_is_given_up_with_a_reason(official: Official, row):
    official.may("outbox.view", "outbox.operate")
    refused = posted(official, f"/shelf/{row.pk}/discard/", reason="无")
    assert "至少" in refused.content.decode() or "不少于" in refused.content.decode()
    row.refresh_from_db()
    assert row.status == Status.SHELVED
    answer = posted(official, f"/shelf/{row.pk}/discard/", reason="对方系统已停用")
    assert "任务已作废" in answer.content.decode()
    row.refresh_from_db()
    assert (row.status, row.reason) == (Status.DISCARDED, "对方系统已停用")
    assert "对方系统已停用" in official.client.get("/shelf/?tab=discarded").content.decode()
