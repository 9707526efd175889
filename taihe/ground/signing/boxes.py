"""Boxes that only the receiving zone can open, for letters that carry personal data.

JWE compact (RFC 7516), ECDH-ES+A256KW over X25519 (RFC 8037) and A256GCM, so that whoever carries
the spool between the zones reads nothing.  A box says nothing of its sender: the envelope's
signature around it does.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, OKPKey

from .algorithms import X25519
from .errors import CannotOpen
from .ring import KeyRing

BOX_PURPOSE = "gate-box"
BOX_ALGORITHM = X25519


class _Registry(jwe.JWERegistry):
    """One way to seal and no other; the gate's own limits on letters come before this one (bytes)."""

    max_ciphertext_length = 96_000_000


_REGISTRY = _Registry(algorithms=["ECDH-ES+A256KW", "A256GCM"])


def seal_to(peer: str, data: bytes, ring: KeyRing) -> bytes:
    """Encrypt for a peer's active box key; UnknownKey when its public keys were never imported."""
    key = ring.jwk(BOX_PURPOSE, peer=peer)
    header = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": key.kid}
    return jwe.encrypt_compact(header, data, key, registry=_REGISTRY).encode("ascii")


def open_sealed(data: bytes, ring: KeyRing) -> bytes:
    """Decrypt what was sealed to any of our box keys, retired ones too.

    Raises UnknownKey when the key is not ours, CannotOpen when the box is damaged.
    """

    def own_key(box: GuestProtocol) -> OKPKey:
        return ring.jwk(BOX_PURPOSE, private=True, key_id=str(box.headers().get("kid", "")))

    try:
        opened = jwe.decrypt_compact(data, own_key, registry=_REGISTRY)
    except (JoseError, InvalidTag, InvalidUnwrap, ValueError, TypeError, KeyError) as bad:
        raise CannotOpen() from bad
    if opened.plaintext is None or "zip" in opened.headers():
        raise CannotOpen()
    return opened.plaintext
