"""A citizen opens the public side, on a desk and on a phone, with and without scripts."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_public_face(house, visit, width):
    citizen = visit(width, house.outer)
    page = citizen.page
    for _ in range(240):  # the first release of a new house takes a moment to be baked and to cross
        page.goto("/")
        if page.get_by_role("link", name="马集镇", exact=True).count():
            break
        page.wait_for_timeout(500)
    assert "演示网站" in page.inner_text("body")
    citizen.shot("home")
    page.get_by_role("link", name=re.compile("^无障碍")).first.click()
    page.get_by_role("heading", name="无障碍说明").wait_for()
    citizen.shot("accessibility")
