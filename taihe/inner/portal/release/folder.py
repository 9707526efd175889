"""Where releases lie in the office wing, and that only one is made at a time."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from taihe.ground.releases import ObjectStore
from taihe.ground.signing import KeyRing


def release_folder() -> Path:
    """The zone's folder of releases."""
    return Path(settings.TAIHE_FOLDER) / "portal" / "releases"


def release_store() -> ObjectStore:
    """Contents, manifests and lists of sources of the releases that are kept."""
    return ObjectStore(release_folder())


def ring() -> KeyRing:
    """The zone's keys."""
    return KeyRing(Path(settings.TAIHE_KEY_DIR))


def second_signature() -> bool:
    """Whether releases also carry the SM2 signature, as the letters of this machine do."""
    return bool(settings.TAIHE_GATE["sm2"])


def site_name() -> str:
    """The site a release is for, as both zones know it: the domain in county.toml."""
    return str(settings.TAIHE_COUNTY["portal"]["domain"])
