"""The first story: a clerk at work on desk and phone, three administrators, and the auditor sees it all."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from .people import sign_in

pytestmark = pytest.mark.journey
APPROVE = re.compile("^批准")
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


def good_file(width: str, folder: Path) -> Path:
    """The demo import, with codes of its own at each width: a county is imported once."""
    text = (COUNTY / "demo" / "import_good.csv").read_text("utf-8")
    if width == "phone":
        for desk, phone in (
            ("SY91", "SY81"),
            ("演示服务", "演示接待"),
            ("129-YS", "129-YT"),
            ("129991", "129981"),
            ("演示新村", "演示北村"),
        ):
            text = text.replace(desk, phone)
    file = folder / f"{width}.csv"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_an_import_a_grant_by_two_persons_and_the_auditor_who_sees_it_all(house, visit, width, tmp_path):
    system = visit(width, house.inner)
    page = system.page
    sign_in(system, "demo_sysadmin")
    page.goto("/import/organs/")
    system.shot("import")
    page.locator("input[type=file]").first.set_input_files(COUNTY / "demo" / "import_bad.csv")
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("heading", name="核对结果").first.wait_for()
    assert page.locator("#bad-rows tbody tr").count() == 2
    assert "SY92-01" in page.locator("#bad-rows").inner_text()
    assert "ZF99" in page.locator("#bad-rows").inner_text()
    system.shot("two-bad-rows")
    page.goto("/organs/?q=演示受理中心")
    assert "太和县演示受理中心" not in page.locator("main").inner_text(), "nothing of a bad file is loaded"
    page.goto("/import/organs/")
    page.locator("input[type=file]").first.set_input_files(good_file(width, tmp_path))
    page.get_by_role("button", name="上传并核对").click()
    page.get_by_role("button", name="确认导入").click()
    page.get_by_role("heading", name="导入完成").first.wait_for()
    system.shot("imported")

    page.goto("/security/roles/new/")
    page.locator("[name=role]").select_option("organ_keeper")
    page.locator("[name=appointment]").select_option(index={"desk": 40, "phone": 41}[width])
    page.locator("[name=scope]").select_option(
        label=page.locator("[name=scope] option", has_text="李兴镇").first.inner_text()
    )
    reason = f"负责本镇机构信息维护（演示{time.time_ns() % 10**6}）"
    page.locator("[name=reason]").fill(reason)
    system.shot("ask-for-a-role")
    page.get_by_role("button", name="提出申请").click()
    page.get_by_text(reason).first.wait_for()
    system.shot("asked")
    assert page.get_by_role("link", name=APPROVE).count() == 0, "nobody approves what he asked for"

    security = visit(width, house.inner)
    page = security.page
    sign_in(security, "demo_secadmin")
    security.shot("what-waits")
    page.goto("/security/approvals/")
    security.shot("approvals")
    row = page.locator("#pending-grants tbody tr", has_text=reason)
    row.get_by_role("link", name=APPROVE).click()
    security.shot("approve")
    page.get_by_role("button", name="批准").click()
    page.get_by_text("机构信息管理员").first.wait_for()
    assert page.goto("/security/audit/").status == 200
    assert "people.import_organs" not in page.locator("main").inner_text(), (
        "the security administrator sees auditors only"
    )

    auditor = visit(width, house.inner)
    page = auditor.page
    sign_in(auditor, "demo_auditor")
    page.goto("/security/audit/?text=" + reason)
    auditor.shot("audit")
    page.goto("/security/audit/")
    record = page.locator("main").inner_text()
    for act in ("导入机构", "申请授权", "批准授权"):
        assert act in record, act
    auditor.shot("audit-all")
    page.locator("main table tbody a").first.click()
    auditor.shot("entry")
    page.goto("/security/audit/verification/")
    page.get_by_role("button", name="开始核验").click()
    for _ in range(60):
        if page.get_by_text("完好").count():
            break
        page.wait_for_timeout(500)
        page.goto("/security/audit/verification/")
    page.get_by_text("完好").first.wait_for()
    auditor.shot("verification")
