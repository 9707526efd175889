"""``{% load signin %}``: a browser's own words and a way of signing in, in Chinese."""

from __future__ import annotations

from django import template

register = template.Library()

# The first that matches names the browser: the later ones are what the earlier ones also claim to be.
_BROWSERS = (
    ("QAXBrowser", "奇安信浏览器"), ("360", "360 浏览器"), ("QIHU", "360 浏览器"), ("UBrowser", "UC 浏览器"),
    ("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "火狐"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Windows NT 10", "Windows 10/11"), ("Windows NT 6.1", "Windows 7"), ("Windows", "Windows"), ("HarmonyOS", "鸿蒙"),
    ("OpenHarmony", "鸿蒙"), ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "macOS"),
    ("UOS", "统信 UOS"), ("Kylin", "麒麟"), ("Linux", "Linux"),
)  # fmt: skip
_METHODS = {"password": "密码", "totp": "密码和动态口令", "passkey": "密码和通行密钥", "recovery": "密码和恢复码"}


def _first(known: tuple[tuple[str, str], ...], text: str) -> str:
    return next((name for mark, name in known if mark in text), "")


@register.filter
def device(agent: str) -> str:
    """“Chrome · Windows 10/11” from a browser's own words."""
    named = [one for one in (_first(_BROWSERS, agent), _first(_SYSTEMS, agent)) if one]
    return " · ".join(named) or "未知设备"


@register.filter
def method(key: str) -> str:
    """How a session was opened."""
    return _METHODS.get(key, key)
