"""Sealing of what was typed: it takes the zone's vault key *and* the token in the person's browser.

Neither a copied database nor a stolen key folder opens a parked form; nor does one cookie open what
was moved to another row or page, since both are part of the seal.
"""

from __future__ import annotations

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from taihe.ground.vault.errors import VaultKeyLost, VaultTampered
from taihe.ground.vault.sealed import zone_vault

from .errors import ParkedGone

_NONCE = 12


def token_digest(token: str) -> str:
    """What the database may know of a browser's token."""
    return hashlib.sha256(b"taihe parked token\0" + token.encode()).hexdigest()


def _browser_cipher(token: str) -> AESGCM:
    derive = HKDF(hashes.SHA256(), 32, salt=None, info=b"taihe parked form")
    return AESGCM(derive.derive(token.encode()))


def seal(data: bytes, token: str, place: str) -> str:
    """Encrypt with the browser's token, then with the zone's vault; `place` names row and page."""
    nonce = os.urandom(_NONCE)
    inner = nonce + _browser_cipher(token).encrypt(nonce, data, place.encode())
    return zone_vault().seal(inner, f"formsafety.parked\0{place}")


def unseal(sealed: str, token: str, place: str) -> bytes:
    """Open again.  Raises ParkedGone when it was changed or moved, the token is another's, or the key is lost."""
    try:
        inner = zone_vault().open(sealed, f"formsafety.parked\0{place}")
        return _browser_cipher(token).decrypt(inner[:_NONCE], inner[_NONCE:], place.encode())
    except (VaultTampered, VaultKeyLost, InvalidTag) as bad:
        raise ParkedGone from bad
