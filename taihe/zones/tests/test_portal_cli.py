"""The operator's commands of the public pages, as he types them and as they answer."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from typer.testing import CliRunner

if settings.TAIHE_ZONE != "inner":
    pytest.skip("releases are made in the office wing", allow_module_level=True)

from taihe.inner.portal.models import Release
from taihe.inner.portal.release.checking import check_newest
from taihe.inner.portal.release.folder import release_store
from taihe.inner.portal.release.making import read_manifest
from taihe.inner.portal.release.tests import office
from taihe.inner.portal.release.tests.conftest import key_folders, room  # noqa: F401
from taihe.zones import portal_cli, prepare

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(room):  # noqa: F811
    office.small_office()
    return office.bake()


@pytest.fixture
def prompt(monkeypatch):
    monkeypatch.setattr(prepare, "enter", lambda zone: None)

    def typed(*words: str):
        return CliRunner().invoke(portal_cli.app, ["release", *words])

    return typed


def test_before_the_first_release_the_prompt_says_so(room, prompt):  # noqa: F811
    assert "还没有发布" in prompt("status").output
    assert "还没有发布" in prompt("verify").output
    assert "没有变化" in prompt("make").output


def test_status_is_a_sentence_for_people_and_json_for_programs(site, prompt):
    assert "第1号" in prompt("status").output
    found = json.loads(prompt("status", "--json").output)
    assert (found["newest"], found["outer"], found["alarms"]) == (1, 0, 0)


def test_make_now_makes_one_and_a_full_one_wants_a_reason(site, prompt):
    office.approve(office.article(101, "改过的题目"), minutes=90)
    assert "第2号" in prompt("make").output
    assert "没有变化" in prompt("make").output
    refused = prompt("make", "--full")
    assert refused.exit_code != 0
    assert "第3号" in prompt("make", "--full", "--reason", "演示全量重制").output
    assert Release.objects.first().made_by.startswith("命令行")


def test_verify_finds_a_lost_and_a_changed_content(site, prompt):
    assert check_newest().sound
    assert "完好" in prompt("verify").output
    store = release_store()
    lost, changed = sorted(read_manifest(store, site).objects)[:2]
    store.path(lost).unlink()
    store.path(changed).chmod(0o600)
    store.path(changed).write_bytes(b"x")
    told = prompt("verify")
    assert told.exit_code == 1
    assert "2 处问题" in told.output
    assert prompt("make", "--full", "--reason", "演示重制").exit_code == 0
    assert check_newest().sound
