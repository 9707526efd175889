"""The first story: a clerk at work on desk and phone, three administrators, and the auditor sees it all."""

from __future__ import annotations

from pathlib import Path

import pytest

from .people import sign_in

pytestmark = pytest.mark.journey
COUNTY = Path(__file__).resolve().parents[2] / "config" / "taihe"


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_a_clerk_signs_in_switches_post_and_finds_a_colleague(house, visit, width):
    clerk = visit(width, house.inner)
    page = clerk.page
    sign_in(clerk, "demo_clerk", pictures=True)
    clerk.shot("home")
    page.locator(".gv-menu summary").first.click()
    clerk.shot("posts")
    page.get_by_role("button", name="县政府 文书").first.click()
    page.locator(".gv-menu summary").first.click()
    assert "县政府" in page.locator(".gv-menu").first.inner_text()
    page.goto("/contacts/")
    clerk.shot("contacts")
    page.get_by_role("searchbox", name="查找").fill("李兴镇")
    page.get_by_role("button", name="查询").click()
    clerk.shot("found")
    page.locator("table a").first.click()
    clerk.shot("colleague")
    page.goto("/organs/")
    clerk.shot("organs")
