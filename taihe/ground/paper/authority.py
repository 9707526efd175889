"""The county's own certificate authority for papers: certificates of seals, time stamps, the list of the revoked.

It serves rehearsal and an office without a certified provider's device: its signatures prove that a PDF is
unchanged and which seal certificate signed it, not more.  EC P-256, SHA-256 (not 国密; SM2 stands beside, as
a detached signature).  Everything works without a network.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Protocol

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from taihe.ground import clock
from taihe.ground.signing import write_atomically
from taihe.ground.signing.store import locked, make_private_folder

LIFE = timedelta(days=365 * 10)
SEAL_LIFE = timedelta(days=365 * 3)
LIST_LIFE = timedelta(days=7)
_BACKDATED = timedelta(days=1)


@dataclass(frozen=True)
class Credential:
    """A private key with its certificate, as DER."""

    key: bytes = b""
    certificate: bytes = b""

    @property
    def signing_key(self) -> asn1_keys.PrivateKeyInfo:
        """The key as pyHanko takes it."""
        return asn1_keys.PrivateKeyInfo.load(self.key)

    @property
    def signing_certificate(self) -> asn1_x509.Certificate:
        """The certificate as pyHanko takes it."""
        return asn1_x509.Certificate.load(self.certificate)

    @property
    def serial(self) -> int:
        """The certificate's serial number."""
        return int(self.signing_certificate.serial_number)


def _context(name: str) -> str:
    """What binds an encrypted key to its place."""
    return f"ground.paper.authority\0{name}"


def _name(common: str, organ: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
    if organ:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organ[:64]))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _der(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Locker(Protocol):
    """What encrypts private keys at rest, such as a zone's vault; only the same context opens again."""

    def seal(self, plain: bytes, context: str) -> str: ...

    def open(self, token: str, context: str) -> bytes: ...


class Authority:
    """The authority that lives in one folder of keys (mode 600, encrypted by `locker` when given); made on first use.

    Two processes that start at once make one authority, not two.
    """

    def __init__(self, folder: Path, title: str, *, locker: Locker | None = None) -> None:
        self.folder, self.title, self.locker = folder, title, locker

    def kept(self, name: str) -> Credential | None:
        """Key and certificate kept under a name; None when one of them is missing.  Raises as the locker does."""
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.cer"
        if not key.exists() or not certificate.exists():
            return None
        data = key.read_bytes()
        opened = data if self.locker is None else self.locker.open(data.decode("ascii"), _context(name))
        return Credential(opened, certificate.read_bytes())

    def keep(self, name: str, credential: Credential) -> Credential:
        """Keep a key and its certificate under a name, the key first: a kill in between leaves no certificate."""
        make_private_folder(self.folder)
        key = credential.key
        data = key if self.locker is None else self.locker.seal(key, _context(name)).encode("ascii")
        for ending, content in (("key", data), ("cer", credential.certificate)):
            file = self.folder / f"{name}.{ending}"
            write_atomically(file, content)
            os.chmod(file, 0o600)
        return credential

    def forget(self, name: str) -> None:
        """Remove a private key for good; its certificate stays, to check what it signed."""
        (self.folder / f"{name}.key").unlink(missing_ok=True)

    @cached_property
    def root(self) -> Credential:
        """The authority's own key and certificate."""
        with locked(self.folder):
            return self.kept("root") or self.keep("root", self._make_root())

    def _make_root(self) -> Credential:
        private = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"{self.title}签章根证书")
        made = self._builder(name, name, private.public_key(), LIFE * 2)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        signed = made.sign(private, hashes.SHA256())
        return Credential(_der(private), signed.public_bytes(serialization.Encoding.DER))

    @cached_property
    def clock_certificate(self) -> Credential:
        """Key and certificate of the internal time stamp (RFC 3161)."""
        self.root  # noqa: B018  made before the lock is taken, which it takes itself
        with locked(self.folder):
            return self.kept("time") or self.keep("time", self._make_clock())

    def _make_clock(self) -> Credential:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return self._issue(f"{self.title}时间戳", "", purpose, LIFE)

    def issue(self, seal: str, organ: str, *, life: timedelta = SEAL_LIFE) -> Credential:
        """A new key and certificate for one seal; the caller keeps them (`keep`)."""
        return self._issue(seal, organ, None, life)

    def _issue(self, common: str, organ: str, purpose: x509.ExtendedKeyUsage | None, life: timedelta) -> Credential:
        # pyHanko's internal time stamp signs with RSA only; seals use the shorter curve.
        private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = (
            ec.generate_private_key(ec.SECP256R1())
            if purpose is None
            else rsa.generate_private_key(public_exponent=65537, key_size=3072)
        )
        root = x509.load_der_x509_certificate(self.root.certificate)
        made = self._builder(_name(common, organ), root.subject, private.public_key(), life)
        made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        made = made.add_extension(_usage(digital_signature=True, content_commitment=purpose is None), critical=True)
        if purpose is not None:
            made = made.add_extension(purpose, critical=True)
        signed = made.sign(self._root_key(), hashes.SHA256())
        return Credential(_der(private), signed.public_bytes(serialization.Encoding.DER))

    def _root_key(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_der_private_key(self.root.key, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the authority's key is not an EC key")
        return key

    @staticmethod
    def _builder(
        subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, life: timedelta
    ) -> x509.CertificateBuilder:
        now = clock.now()
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _BACKDATED)
            .not_valid_after(now + life)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        )

    def revocations(self, revoked: Mapping[int, datetime], *, life: timedelta = LIST_LIFE) -> asn1_crl.CertificateList:
        """The list of revoked certificates (serial to moment), good for `life` from now."""
        root = x509.load_der_x509_certificate(self.root.certificate)
        now = clock.now()
        made = x509.CertificateRevocationListBuilder().issuer_name(root.subject)
        made = made.last_update(now - _BACKDATED).next_update(now + life)
        for serial, moment in sorted(revoked.items()):
            one = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()
            made = made.add_revoked_certificate(one)
        signed = made.sign(self._root_key(), hashes.SHA256())
        return asn1_crl.CertificateList.load(signed.public_bytes(serialization.Encoding.DER))


def _usage(**allowed: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in names})
