"""Every page of the editorial office: who may open it, who may not, and that it stays quick as rows grow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from taihe.inner.portal import actions
from taihe.inner.portal.models import Approval, Submission
from taihe.inner.portal.tests.newsroom import House

pytest_plugins = ["taihe.inner.portal.tests.conftest"]
pytestmark = pytest.mark.django_db
MOST_QUERIES = 15
# These make a page anew from the desk, with its pictures and files: slow by nature, still the same however many rows.
MAKES_A_PAGE = {"portal:submit": 40, "portal:preview": 60, "portal:preview_draft": 60}


@dataclass(frozen=True)
class Row:
    """One page: whom it answers, whom it refuses and how."""

    name: str
    allowed: str
    denied: str
    arg: str = ""
    query: str = ""
    status: int = 200
    refused: int = 403


ROWS = [
    Row("portal:mine", "editor", "clerk"),
    Row("portal:submit", "editor", "majing", "page"),
    Row("portal:hide_numbers", "editor", "majing", "page", status=302),
    Row("portal:preview_draft", "editor", "majing", "page"),
    Row("portal:submission", "second", "clerk", "submission"),
    Row("portal:preview", "final", "majing", "submission"),
    Row("portal:recall", "editor", "first", "submission"),
    Row("portal:withdrawals", "final", "clerk"),
    Row("portal:withdraw", "final", "editor", "public"),
    Row("portal:confirm_withdrawal", "second", "editor", "withdrawn"),
    Row("portal:look", "editor", "clerk", "asset", status=404),
]


@pytest.fixture
def world(house: House) -> dict[str, Any]:
    """The newsroom with its columns public, one page of every standing."""
    for column in (house.home, house.news, house.townships):
        house.approve(house.submit(column, by="shaper"))
    public, gone = house.published(title="公开的"), house.published(title="撤下的")
    withdrawn = actions.withdraw(house.actor("final"), gone.pk, reason="测试需要")
    sent = house.submit(house.article(title="审核中的"))
    return {
        "house": house, "page": house.article(title="草稿").pk, "public": public.pk, "withdrawn": withdrawn.pk,
        "submission": sent.pk, "asset": "assets/none.css",
    }  # fmt: skip


def _names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from _names(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}"


def test_every_page_says_who_may_open_it() -> None:
    named = {name for name in _names(get_resolver()) if name.startswith("portal:")}
    listed = [row.name for row in ROWS]
    assert sorted(named) == sorted(listed)


def _url(row: Row, world: dict[str, Any]) -> str:
    return reverse(row.name, args=[world[row.arg]] if row.arg else []) + row.query


def test_the_one_may_and_the_other_may_not(world: dict[str, Any]) -> None:
    house = world["house"]
    for row in ROWS:
        allowed = house.client(row.allowed).get(_url(row, world))
        assert allowed.status_code == row.status, (row.name, allowed.headers)
        denied = house.client(row.denied).get(_url(row, world))
        assert denied.status_code == row.refused, (row.name, denied.headers)
        assert denied["X-Error-Code"] == "ground.not_allowed", row.name


def _queries(house: House, row: Row, world: dict[str, Any]) -> int:
    client = house.client(row.allowed)
    client.get(_url(row, world))
    with CaptureQueriesContext(connection) as seen:
        client.get(_url(row, world))
    return len(seen)


@pytest.mark.slow
def test_queries_do_not_grow_with_rows(world: dict[str, Any]) -> None:
    house = world["house"]
    rows = [row for row in ROWS if row.status == 200]
    few = {row.name: _queries(house, row, world) for row in rows}
    for number in range(12):
        house.article(title=f"草稿{number}")
        house.submit(house.article(title=f"在审{number}"))
    assert Submission.objects.count() > 12 and Approval.objects.count() > 4
    many = {row.name: _queries(house, row, world) for row in rows}
    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}
    assert {name: count for name, count in many.items() if count > MAKES_A_PAGE.get(name, MOST_QUERIES)} == {}
