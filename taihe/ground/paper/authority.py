"""The county's own certificate authority for papers: certificates of seals, time stamps, the list of the revoked.

It serves rehearsal and an office without a certified provider's device: its signatures prove that a PDF is
unchanged and which seal certificate signed it, not more.  EC P-256, SHA-256 (not 国密; SM2 stands beside, as
a detached signature).  Everything works without a network.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from taihe.ground import clock
from taihe.ground.signing import write_atomically

LIFE = timedelta(days=365 * 10)
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


def _name(common: str, organ: str = "") -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
    if organ:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organ[:64]))
    return x509.Name([*parts, x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _der(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class Authority:
    """The authority that lives in one folder of keys (mode 600); made on first use."""

    def __init__(self, folder: Path, title: str) -> None:
        self.folder, self.title = folder, title

    def _kept(self, name: str) -> bytes | None:
        file = self.folder / name
        return file.read_bytes() if file.exists() else None

    def _keep(self, name: str, data: bytes) -> bytes:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.folder / name, data)
        os.chmod(self.folder / name, 0o600)
        return data

    @cached_property
    def root(self) -> Credential:
        """The authority's own key and certificate."""
        key, certificate = self._kept("root.key"), self._kept("root.cer")
        if key and certificate:
            return Credential(key, certificate)
        private = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"{self.title}签章根证书")
        made = self._builder(name, name, private.public_key(), LIFE * 2)
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        made = made.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        signed = made.sign(private, hashes.SHA256())
        return Credential(
            self._keep("root.key", _der(private)),
            self._keep("root.cer", signed.public_bytes(serialization.Encoding.DER)),
        )

    @cached_property
    def clock_certificate(self) -> Credential:
        """Key and certificate of the internal time stamp (RFC 3161)."""
        key, certificate = self._kept("time.key"), self._kept("time.cer")
        if key and certificate:
            return Credential(key, certificate)
        issued = self._issue(
            f"{self.title}时间戳", "", x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), LIFE
        )
        return Credential(self._keep("time.key", issued.key), self._keep("time.cer", issued.certificate))

    def issue(self, seal: str, organ: str, *, life: timedelta = timedelta(days=365 * 3)) -> Credential:
        """A new key and certificate for one seal; the caller keeps them."""
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

    def revocations(self, revoked: dict[int, datetime]) -> asn1_crl.CertificateList:
        """The list of revoked certificates (serial to moment), good for a week from now."""
        root = x509.load_der_x509_certificate(self.root.certificate)
        now = clock.now()
        made = x509.CertificateRevocationListBuilder().issuer_name(root.subject)
        made = made.last_update(now - _BACKDATED).next_update(now + timedelta(days=7))
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
