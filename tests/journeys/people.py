"""How people of the demo county sign in: by password and the second factor they carry."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
import tomllib
from pathlib import Path

DEMO = tomllib.loads((Path(__file__).resolve().parents[2] / "config/taihe/county.toml").read_text("utf-8"))["demo"]
PERIOD = 30


def code_now(secret: str = DEMO["totp_secret"], ahead: int = 0) -> str:
    """The six digits an authenticator shows (RFC 6238, SHA-1), computed here and not asked of the product."""
    step = int(time.time()) // PERIOD + ahead
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


_used: dict[str, int] = {}


def fresh_code(name: str) -> str:
    """A code this person has not used yet: the same one opens only once, the next step is accepted early."""
    step = int(time.time()) // PERIOD
    last = _used.get(name, -1)
    while step + 1 <= last:
        time.sleep(1)
        step = int(time.time()) // PERIOD
    ahead = 1 if step <= last else 0
    _used[name] = step + ahead
    return code_now(ahead=ahead)


def sign_in(visitor, name: str, *, pictures: bool = False) -> None:
    """Through the door: password, then the second factor where the account has one."""
    page = visitor.page
    page.goto("/signin/")
    if pictures:
        visitor.shot("sign-in")
    page.get_by_label("登录名").first.fill(name)
    page.get_by_label("密码").first.fill(DEMO["password"])
    page.get_by_role("button", name="登录", exact=True).click()
    if name in DEMO["totp_accounts"]:
        page.get_by_role("heading", name="第二步验证").wait_for()
        if pictures:
            visitor.shot("second-factor")
        page.get_by_label("动态口令").fill(fresh_code(name))
        page.get_by_role("button", name="验证并登录").click()
    page.get_by_role("heading", name="工作台").wait_for()
