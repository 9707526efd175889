"""What the demo shows on its sign-in pages, and nothing else ever does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings

from taihe.ground import clock
from taihe.ground.actor import Actor

from .actions import give_demo_factors
from .queries import Factors, without_totp

PERIOD = 30


def _demo() -> Mapping[str, Any]:
    found = settings.TAIHE_COUNTY.get("demo", {}) if settings.TAIHE_DEMO else {}
    return found if isinstance(found, Mapping) else {}


def demo_password() -> str:
    """The password all demo accounts share; empty outside the demo."""
    return str(_demo().get("password", ""))


def demo_secret() -> str:
    """The TOTP secret (base32) of the demo accounts; empty outside the demo."""
    return str(_demo().get("totp_secret", ""))


def demo_accounts() -> dict[str, str]:
    """The accounts that the demo's sign-in page offers, sign-in name to what they are; none outside the demo."""
    return {str(name): str(title) for name, title in _demo().get("accounts", {}).items()}


def bind_demo_factors() -> int:
    """Bind the demo's secret to the accounts that county.toml names and that have none; returns how many."""
    missing = without_totp([str(one) for one in _demo().get("totp_accounts", [])])
    if not missing or not demo_secret():
        return 0
    return give_demo_factors(Actor.system("演示数据"), missing, demo_secret())


def code_at(secret: str, step: int) -> str:
    """The TOTP code of a time step (RFC 6238)."""
    return str(format_hotp_value(hotp_value(secret, step)))


def demo_code(held: Factors) -> str:
    """The code that opens now, for an account bound to the demo's secret; empty for every other."""
    secret = demo_secret()
    if not secret or held.totp is None or decrypt(held.totp.data["secret"]) != secret:
        return ""
    now = int(clock.now().timestamp()) // PERIOD
    # A step once used opens no more; the next one already does.
    return code_at(secret, max(now, min(held.totp.data.get("last_step", -1) + 1, now + 1)))
