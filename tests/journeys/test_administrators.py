"""A day of the administrators: a stopped account, a lost password, a lost phone, a stray session, a new colleague."""

from __future__ import annotations

import re

import pytest

from .people import sign_in

pytestmark = pytest.mark.journey
WHOM = {"desk": 3, "phone": 4}  # rows of the account list: each width has a person of its own
NO_ROLE = {"desk": "例若晨", "phone": "示明桐"}  # whoever holds a role cannot be an administrator


def reason(page, text: str, button: str) -> None:
    """Fill the one field of a decision and press its button."""
    if page.locator("main textarea[name], main input[type=text][name]").count():
        page.locator("main textarea[name], main input[type=text][name]").first.fill(text)
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_accounts_in_trouble_are_helped_by_two_persons(house, visit, width):
    system, security = visit(width, house.inner), visit(width, house.inner)
    sign_in(system, "demo_sysadmin")
    sign_in(security, "demo_secadmin")
    page, other = system.page, security.page
    page.goto("/security/accounts/")
    page.locator("main table tbody a").nth(WHOM[width]).click()
    account = re.findall(r"/security/accounts/\d+/", page.url)[0]
    system.shot("account")

    page.goto(f"{account}lock/")
    system.shot("lock")
    reason(page, "演示：长期外出", "停用账号")
    page.get_by_text("账号已停用").first.wait_for()
    other.goto(f"{account}unlock/")
    security.shot("unlock")
    reason(other, "演示：已返岗", "恢复账号")
    other.get_by_text("账号已恢复").first.wait_for()

    page.goto(account)
    if page.get_by_role("link", name="发放初始密码").count():
        page.goto(f"{account}password/")
        system.shot("initial-password")
        page.get_by_role("button", name="生成一次性密码").click()
        page.locator("#one-time-password").wait_for()
        system.shot("one-time-password")
    else:
        page.goto(f"{account}reset/")
        system.shot("ask-for-a-reset")
        reason(page, "演示：忘记密码，已当面核实", "提出申请")
        page.get_by_text("等待安全管理员审批").first.wait_for()
        other.goto("/security/approvals/")
        other.locator("a[href*='/resets/'][href$='/approve/']").first.click()
        security.shot("reset-decision")
        other.get_by_role("button", name=re.compile("^批准")).click()
        other.locator("#one-time-password").wait_for()
        assert "有效至 20" in other.locator("main").inner_text()
        security.shot("one-time-password")

    # A person holding a second factor loses the phone; the auditor's own demo account is left alone here.
    other.goto(f"{account}factors/")
    security.shot("second-factor-reset")
    other.goto("/security/sessions/")
    security.shot("sessions")
    other.locator("a[href*='/sessions/'][href$='/end/']").first.click()
    security.shot("session-end")

    page.goto("/security/duties/new/")
    plain = page.locator("[name=officer] option", has_text=NO_ROLE[width]).first
    page.locator("[name=officer]").select_option(value=plain.get_attribute("value"))
    page.locator("[name=duty]").first.check()
    page.locator("[name=reason]").fill(f"演示：增设一名系统管理员（{width}）")
    system.shot("ask-for-a-duty")
    page.get_by_role("button", name="提出申请").click()
    page.get_by_text("等待审批").first.wait_for()
    other.goto("/security/duties/")
    other.locator("a[href*='/duties/'][href$='/approve/']").first.click()
    security.shot("duty-decision")
    other.get_by_role("button", name="批准", exact=True).click()
    other.get_by_text("管理员已就任").first.wait_for()
    other.locator("main table a[href$='/close/']").last.click()
    security.shot("duty-close")
