"""The first page says truly whether the passage lives, and stays light."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.gate.models import PeerState
from taihe.ground import clock

pytestmark = pytest.mark.django_db


def heard(minutes_ago: int) -> None:
    at = clock.now() - timedelta(minutes=minutes_ago)
    PeerState.objects.create(heard_at=at, sent_at=at)


def test_before_the_first_heartbeat_it_says_so(client):
    assert "尚未收到办公区消息" in client.get("/").text


def test_a_living_and_a_silent_passage_are_told_apart(client, django_assert_max_num_queries):
    heard(1)
    with django_assert_max_num_queries(3):
        page = client.get("/").text
    assert "状态截至" in page
    assert "暂时中断" not in page
    PeerState.objects.all().delete()
    heard(30)
    assert "暂时中断" in client.get("/").text


def test_pages_are_light_marked_and_safe(client):
    for address in ("/", "/accessibility/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 20_000
        assert "演示" in answer.text
        assert "noindex" in answer.text
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "<script>" not in answer.text
    assert client.post("/").status_code == 405
