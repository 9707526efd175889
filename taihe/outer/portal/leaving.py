"""Where a link that leaves the site leads, in words a visitor can judge (government site guide, portal.md 1.3 and F02).

The address is shown, never followed.  What a careless eye takes for another host is named.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from dataclasses import dataclass
from urllib.parse import urlsplit

from taihe.ground.errors import CountyError

LONGEST = 2000
GOVERNMENT = (".gov.cn", ".政务")
# Scripts whose letters pass for Latin ones.
LOOKALIKE = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH"})


class UnfitAddress(CountyError):
    """Not an address that a visitor may be sent to."""

    code = "portal.unfit_address"
    http_status = 400
    happened = "这个链接的网址不完整，或者不是网页地址。"
    done = "系统没有打开它。"
    next_step = "请返回上一页核对链接；确认有误的，请通过页面底部的“我为政府网站找错”告诉我们。"


@dataclass(frozen=True)
class Destination:
    """An outside address: as given, its host as people read it and as machines do, and what to beware of."""

    address: str
    host: str
    machine_host: str
    secure: bool
    government: bool
    warnings: tuple[str, ...]


def destination(given: str) -> Destination:
    """Judge an address.  Raises UnfitAddress for whatever is not a plain http or https address with a host."""
    if not given or len(given) > LONGEST or "\\" in given or any(_unseen(one) for one in given):
        raise UnfitAddress()
    try:
        parts = urlsplit(given)
        port = parts.port
        named = parts.hostname or ""
        host = _shown(named)
        machine = _machine(named)
    except (ValueError, UnicodeError) as broken:
        raise UnfitAddress() from broken
    if parts.scheme not in ("http", "https") or not host or parts.username is not None or parts.password is not None:
        raise UnfitAddress()
    suffix = f":{port}" if port else ""
    government = machine.endswith(".gov.cn") or host.endswith(GOVERNMENT)
    return Destination(
        address=given,
        host=host + suffix,
        machine_host=machine + suffix,
        secure=parts.scheme == "https",
        government=government and not _lookalikes(host),
        warnings=tuple(_warnings(host, machine, port, secure=parts.scheme == "https")),
    )


def _unseen(one: str) -> bool:
    return unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs")


def _shown(host: str) -> str:
    """The host with punycode labels turned into the characters they stand for."""
    labels = host.split(".")
    return ".".join(
        one[4:].encode("ascii").decode("punycode") if one.startswith("xn--") and one.isascii() else one
        for one in labels
    )


def _machine(host: str) -> str:
    """The host as it is looked up; ValueError for what is none."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return host.encode("idna").decode("ascii")


def _lookalikes(host: str) -> list[str]:
    return [one for one in host if not one.isascii() and unicodedata.name(one, "?").split()[0] in LOOKALIKE]


def _warnings(host: str, machine: str, port: int | None, *, secure: bool) -> list[str]:
    found = []
    if strange := _lookalikes(host):
        shown = "、".join(dict.fromkeys(strange))
        found.append(f"网址中含有容易混淆的外国文字（{shown}），看起来像另一个网站，请不要在其中填写个人信息。")
    elif machine != host and not _is_address(host):
        found.append("网址使用了非英文字符，请核对它是否就是您要访问的网站。")
    if _is_address(host):
        found.append("网址是一串数字地址而不是域名，无法看出是哪个单位的网站。")
    if not machine.endswith(".gov.cn") and ("gov.cn" in machine or "gov-cn" in machine):
        found.append("网址中虽有“gov.cn”字样，但不是政府网站域名。")
    if port not in (None, 80, 443):
        found.append(f"网址使用了不常见的端口 {port}。")
    if not secure:
        found.append("该网站没有使用加密连接，请不要在其中填写个人信息。")
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit()
    return True
