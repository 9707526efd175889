"""Kinds of personal data: how a value is spelled for comparison, and how much of it a mask shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

DOTS = "●●●●"


@dataclass(frozen=True)
class Kind:
    """One kind: its name on screens, its one spelling, and its mask."""

    title: str
    spell: Callable[[str], str]
    mask: Callable[[str], str]


def _folded(value: str) -> str:
    """Full-width letters and digits made plain, outer and repeated blanks removed."""
    return " ".join(unicodedata.normalize("NFKC", value).split())


def _compact(value: str) -> str:
    return re.sub(r"[\s\-‐-―·•・‧.]", "", unicodedata.normalize("NFKC", value))


def _phone(value: str) -> str:
    digits = re.sub(r"[()]", "", _compact(value))
    return re.sub(r"^(\+|00)86", "", digits)


def _ends(head: int, tail: int) -> Callable[[str], str]:
    """Show `head` and `tail` characters; a value so short that this gives it away shows nothing."""

    def mask(value: str) -> str:
        hidden = len(value) - head - tail
        if hidden < max(head + tail, 1) // 2 + 1:
            return "*" * len(value)
        return value[:head] + "*" * hidden + value[len(value) - tail :]

    return mask


def _name_mask(value: str) -> str:
    return value[:1] + "*" * max(len(value) - 1, 1)


def _email_mask(value: str) -> str:
    person, at, host = value.partition("@")
    return f"{person[:1]}***{at}{host}" if at else "*" * len(value)


# Four more digits at the end would leave so few candidates that the rest can be guessed (handbook, portal §5.2).
KINDS: dict[str, Kind] = {
    "id_card": Kind("身份证号", lambda value: _compact(value).upper(), _ends(3, 2)),
    "phone": Kind("电话号码", _phone, _ends(3, 2)),
    "name": Kind("姓名", _compact, _name_mask),
    "email": Kind("电子邮箱", lambda value: _folded(value).lower(), _email_mask),
    "bank_card": Kind("银行账号", _compact, _ends(0, 4)),
    "address": Kind("住址", lambda value: _compact(value), _ends(6, 0)),
    "text": Kind("个人信息", _folded, lambda value: DOTS),
}
