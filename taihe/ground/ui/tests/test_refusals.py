"""A refusal reaches programs as JSON and carries the request's number."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "asked",
    [
        {"headers": {"Accept": "application/json"}},
        {"headers": {"Accept": "application/json, text/html;q=0.5"}},
        {"content_type": "application/json"},
    ],
)
def test_programs_get_json(pages, asked):
    answer = pages.generic("POST", "/refuse/", b"{}", **asked)
    said = answer.json()
    assert answer.status_code == 422
    assert (said["code"], said["happened"]) == ("ground.bad_input", "“<i>份数</i>”须为整数。")
    assert said["done"] and said["next_step"]


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", ""])
def test_browsers_get_the_page_with_the_requests_number(pages, accept):
    answer = pages.get("/refuse/", headers={"Accept": accept, "X-Request-ID": "front-0042"})
    assert answer["Content-Type"].startswith("text/html")
    assert "front-0042" in answer.content.decode()
