"""Who puts seals on papers: an interface, so that a certified service stands where the rehearsal one does.

The house brings one provider, `internal`: PAdES with the county's own authority and a picture marked 样章.  It is
not certified, and production refuses to seal with it.  A certified provider registers here under its own name and is
chosen by TAIHE_SEAL_PROVIDER; everything above sees only these methods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings

from taihe.ground.errors import BadSetup

from .errors import NoCertifiedProvider


@dataclass(frozen=True)
class Impression:
    """One seal to put on: whose (certificate serial, name), where (page from 1, middle in mm) and how wide."""

    serial: str
    title: str
    page: int
    x_mm: float
    y_mm: float
    width_mm: float


@dataclass(frozen=True)
class Issued:
    """A certificate just made for a seal."""

    serial: str
    certificate: bytes
    not_before: datetime
    not_after: datetime


class SealProvider(Protocol):
    """What the house asks of whatever keeps the keys of seals and signs with them."""

    name: str
    title: str
    certified: bool

    def issue(self, seal_title: str, organ_name: str, life: timedelta) -> Issued:
        """Make a key and a certificate for a seal."""

    def sign(
        self, pdf: bytes, impressions: Sequence[Impression], *, reason: str, revoked: Mapping[str, datetime]
    ) -> bytes:
        """The PDF with all seals on it.  Slow: outside any transaction."""

    def forget(self, serial: str) -> None:
        """Destroy a key for good."""

    def picture(self, seal_title: str, width_mm: float) -> bytes:
        """The impression as an SVG picture, for pages."""

    def roots(self) -> list[bytes]:
        """Root certificates (DER) by which its seals are checked."""

    def revocation_list(self, revoked: Mapping[str, datetime], life: timedelta) -> bytes:
        """The signed list (DER) of revoked certificates, serial to moment."""


_known: dict[str, SealProvider] = {}


def register_provider(provider: SealProvider) -> SealProvider:
    """Make a provider known at start; a doubled name is a start-up error."""
    if provider.name in _known:
        raise RuntimeError(f"seal provider {provider.name} is registered twice")
    _known[provider.name] = provider
    return provider


def forget_provider(name: str) -> None:
    """Forget a provider (for tests)."""
    _known.pop(name, None)


def known_providers() -> Mapping[str, SealProvider]:
    """Every provider there is, by name."""
    return dict(_known)


def provider() -> SealProvider:
    """The provider this installation has chosen.  Raises BadSetup for an unknown name."""
    name = getattr(settings, "TAIHE_SEAL_PROVIDER", "internal")
    if name not in _known:
        raise BadSetup(
            what=f"没有名为“{name}”的签章服务（已安装：{'、'.join(sorted(_known))}）。",
            fix="请检查环境变量 TAIHE_SEAL_PROVIDER。",
        )
    return _known[name]


def signing_provider() -> SealProvider:
    """The provider, if it may seal papers.  Raises NoCertifiedProvider in production without a certified one."""
    chosen = provider()
    if not settings.TAIHE_DEMO and not chosen.certified:
        raise NoCertifiedProvider(provider=chosen.title)
    return chosen
