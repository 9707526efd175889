"""A citizen opens the public side, on a desk and on a phone, with and without scripts."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_public_face(house, visit, width):
    citizen = visit(width, house.outer)
    page = citizen.page
    page.goto("/")
    page.get_by_role("heading", name="网站服务状态").wait_for()
    assert "互联网服务区" in page.inner_text("body")
    citizen.shot("home")
    page.get_by_role("link", name="无障碍说明").first.click()
    page.get_by_role("heading", name="无障碍说明").wait_for()
    citizen.shot("accessibility")
