"""An editor binds a phone, adds a passkey of the office computer, and signs in by each of them."""

from __future__ import annotations

import pytest

from .people import DEMO, code_now

pytestmark = pytest.mark.journey
NAME = "demo_editor"  # signs in nowhere else, so that the factors bound here trouble no other story
VIRTUAL = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def password_step(page) -> None:
    page.goto("/signin/")
    page.get_by_label("登录名").fill(NAME)
    page.get_by_label("密码").fill(DEMO["password"])
    page.get_by_role("button", name="登录", exact=True).click()


def sign_out(page) -> None:
    page.locator("details.gv-menu summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("heading", name="已退出登录").wait_for()


def confirm(page, button: str) -> None:
    page.get_by_label("当前密码").fill(DEMO["password"])
    page.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("width", ["desk", "phone"])
def test_factors_of_ones_own(house, visit, width):
    # A passkey belongs to a host name; the house answers to localhost as well as to its address.
    officer = visit(width, house.inner.replace("127.0.0.1", "localhost"))
    page = officer.page
    password_step(page)
    page.goto("/account/second/totp/")
    officer.shot("scan")
    secret = page.locator(".gv-secret code").inner_text().replace(" ", "")
    page.get_by_label("动态口令").fill(code_now(secret))
    confirm(page, "绑定")
    page.get_by_role("heading", name="恢复码").first.wait_for()
    codes = [one.replace(" ", "") for one in page.locator(".gv-codes code").all_inner_texts()]
    assert len(codes) == 10
    officer.shot("recovery-codes")

    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})
    page.get_by_role("link", name="我已保存，继续").click()
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill("办公室电脑")
    confirm(page, "添加")
    page.get_by_text("通行密钥已添加").wait_for()
    officer.shot("factors")

    sign_out(page)
    password_step(page)
    page.get_by_role("heading", name="第二步验证").wait_for()
    officer.shot("second-step")
    page.get_by_role("button", name="使用通行密钥").click()
    page.get_by_role("heading", name="工作台").wait_for()
    page.goto("/account/sessions/")
    assert "密码和通行密钥" in page.inner_text("main")
    officer.shot("sessions")

    sign_out(page)
    officer.shot("signed-out")
    password_step(page)
    page.get_by_role("link", name="使用恢复码").click()
    page.get_by_label("恢复码").fill(codes[0])
    page.get_by_role("button", name="验证并登录").click()
    page.get_by_role("heading", name="工作台").wait_for()
    page.goto("/account/second/")
    assert "剩 9 个" in page.inner_text("main")
    page.get_by_role("link", name="移除通行密钥 办公室电脑").click()
    confirm(page, "移除")
    page.get_by_role("link", name="解除绑定").click()
    officer.shot("unbind")
    confirm(page, "解除绑定")
    page.get_by_text("未绑定").wait_for()
