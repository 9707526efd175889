"""Key pairs the county uses: Ed25519 to sign, SM2 (GB/T 32918) to sign beside it, X25519 to seal.

cryptography cannot load SM2 keys, so SM2 goes through Tongsuo; everything else of the house sees
only `PublicKey` and `PrivateKey`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from taihe.ground.errors import BadSetup

ED25519, SM2, X25519 = "Ed25519", "SM2", "X25519"
SIGNING = (ED25519, SM2)

# DER of the object identifier 1.2.156.10197.1.301 (the SM2 curve).
_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")


def _tongsuo() -> tuple[ModuleType, ModuleType, ModuleType]:
    """Tongsuo's parts, loaded only where SM2 is used."""
    try:
        from tongsuopy.crypto import hashes, serialization
        from tongsuopy.crypto.asymciphers import ec
    except ImportError as missing:
        raise BadSetup(
            what="国密 SM2 签名需要 tongsuopy 组件，本机没有安装。",
            fix="请安装 tongsuopy，或在设置中关闭 SM2 第二签名。",
        ) from missing
    return ec, hashes, serialization


def der_of(pem: bytes) -> bytes:
    """The bytes between the PEM lines; ValueError when this is not one PEM block."""
    lines = pem.decode("ascii").strip().splitlines()
    if len(lines) < 3 or not lines[0].startswith("-----BEGIN ") or not lines[-1].startswith("-----END "):
        raise ValueError("not PEM")
    return base64.b64decode("".join(lines[1:-1]), validate=True)


def key_id_of(public_pem: bytes) -> str:
    """First 16 hex of the SHA-256 of the public key's SubjectPublicKeyInfo."""
    return hashlib.sha256(der_of(public_pem)).hexdigest()[:16]


def fingerprint_of(public_pem: bytes) -> str:
    """128 bits of the same digest in eight groups, to be read out over the telephone."""
    digest = hashlib.sha256(der_of(public_pem)).hexdigest()[:32].upper()
    return " ".join(digest[i : i + 4] for i in range(0, 32, 4))


@dataclass(frozen=True)
class PublicKey:
    """The half that verifies (or seals)."""

    key_id: str
    algorithm: str
    pem: bytes
    native: Any

    def verifies(self, data: bytes, value: bytes) -> bool:
        """Whether `value` is this key's signature over `data`."""
        if self.algorithm == SM2:
            return _sm2_verifies(self.native, data, value)
        if self.algorithm != ED25519:
            return False
        try:
            self.native.verify(value, data)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class PrivateKey:
    """The half that signs (or opens)."""

    public: PublicKey
    native: Any

    def sign(self, data: bytes) -> bytes:
        """Signature over `data`: 64 bytes for Ed25519, DER with SM3 and the standard's default id for SM2."""
        if self.public.algorithm == SM2:
            ec, hashes, _ = _tongsuo()
            return bytes(self.native.sign(data, ec.ECDSA(hashes.SM3())))
        return bytes(self.native.sign(data))


def _sm2_verifies(native: Any, data: bytes, value: bytes) -> bool:
    """GB/T 32918.2 with SM3; the signer's id is Tongsuo's default 1234567812345678 (that of GM/T 0009-2012)."""
    ec, hashes, _ = _tongsuo()
    from tongsuopy.crypto.exceptions import InternalError, InvalidSignature

    try:
        native.verify(value, data, ec.ECDSA(hashes.SM3()))
    except (InvalidSignature, InternalError):  # Tongsuo reports a malformed signature as an internal error
        return False
    return True


def generate(algorithm: str) -> tuple[bytes, bytes]:
    """A new pair as PEM: (private PKCS#8, public SPKI).  Raises BadSetup for an algorithm not known here."""
    native: Any
    part: Any = serialization
    if algorithm == ED25519:
        native = Ed25519PrivateKey.generate()
    elif algorithm == X25519:
        native = X25519PrivateKey.generate()
    elif algorithm == SM2:
        ec, _, part = _tongsuo()
        native = ec.generate_private_key(ec.SM2())
    else:
        raise BadSetup(what=f"不支持的密钥算法 {algorithm}。", fix=f"请使用 {ED25519}、{SM2} 或 {X25519}。")
    private = native.private_bytes(part.Encoding.PEM, part.PrivateFormat.PKCS8, part.NoEncryption())
    public = native.public_key().public_bytes(part.Encoding.PEM, part.PublicFormat.SubjectPublicKeyInfo)
    return private, public


def load_public(pem: bytes) -> PublicKey:
    """Read a public key; ValueError when it is damaged or of a kind the house does not use."""
    try:
        if _SM2_CURVE in der_of(pem):
            return PublicKey(key_id_of(pem), SM2, pem, _tongsuo()[2].load_pem_public_key(pem))
        native = serialization.load_pem_public_key(pem)
    except (UnsupportedAlgorithm, binascii.Error, UnicodeDecodeError) as bad:
        raise ValueError(str(bad)) from bad
    if isinstance(native, Ed25519PublicKey):
        return PublicKey(key_id_of(pem), ED25519, pem, native)
    if isinstance(native, X25519PublicKey):
        return PublicKey(key_id_of(pem), X25519, pem, native)
    raise ValueError("unsupported kind of key")


def load_private(pem: bytes, public: PublicKey) -> PrivateKey:
    """Read the private half that belongs to `public`; ValueError when it belongs to another."""
    part: Any = serialization
    if public.algorithm == SM2:
        part = _tongsuo()[2]
    native = part.load_pem_private_key(pem, None)
    own = native.public_key().public_bytes(part.Encoding.PEM, part.PublicFormat.SubjectPublicKeyInfo)
    if der_of(own) != der_of(public.pem):
        raise ValueError("the private key belongs to another public key")
    return PrivateKey(public, native)
