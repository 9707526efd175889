"""Whose word counts for what the site shows: the office wing's release key, its public half kept here.

The outer zone holds no key that could sign a page; it only checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from taihe.gate.setup import gate_setup
from taihe.ground.errors import CountyError
from taihe.ground.releases import Manifest, Notice, open_manifest, open_notice
from taihe.ground.signing import KeyRing

from .disk import Disk, Signed


@dataclass(frozen=True)
class Trust:
    """The pinned keys, and for which site (网站标识码) they speak."""

    ring: KeyRing
    peer: str
    site: str
    sm2: bool = False

    def manifest(self, signed: Signed) -> Manifest:
        """A manifest that may be believed.  Raises BadSignature, UnknownKey or BadManifest."""
        return open_manifest(signed.data, signed.signature, self.ring, peer=self.peer, site=self.site, sm2=self.sm2)

    def notice(self, signed: Signed) -> Notice:
        """A notice of withdrawal that may be believed.  Raises BadSignature, UnknownKey or BadNotice."""
        return open_notice(signed.data, signed.signature, self.ring, peer=self.peer, site=self.site, sm2=self.sm2)

    def believes(self, signed: Signed | None, number: int) -> Manifest | None:
        """The manifest when it may be believed and bears the number; None otherwise."""
        if signed is None:
            return None
        try:
            manifest = self.manifest(signed)
        except CountyError:
            return None
        return manifest if manifest.number == number else None

    def believes_notice(self, signed: Signed | None, serial: int) -> Notice | None:
        """The notice when it may be believed and bears the serial; None otherwise."""
        if signed is None:
            return None
        try:
            notice = self.notice(signed)
        except CountyError:
            return None
        return notice if notice.serial == serial else None


def trust() -> Trust:
    """The trust of this zone's settings; the site is the domain in county.toml, as in the zone that signs."""
    gate = gate_setup()
    site = str(settings.TAIHE_COUNTY["portal"]["domain"])
    return Trust(ring=gate.ring, peer=gate.peer, site=site, sm2=gate.sm2)


def disk() -> Disk:
    """Where this zone keeps the signed pages."""
    return Disk(Path(settings.TAIHE_FOLDER) / "portal")
