"""A passkey in software: answers WebAuthn ceremonies as a browser with a security key would."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftKey:
    """One key pair for one site; `counter` counts its signatures."""

    origin: str = "http://localhost"
    rp_id: str = "localhost"
    counter: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _rp(self) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest()

    def _answer(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer to creation options: registration without attestation."""
        client = self._client(CollectedClientData.TYPE.CREATE.value, options["publicKey"]["challenge"])
        public = ES256.from_cryptography_key(self.private.public_key())
        known = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = AuthenticatorData.create(self._rp(), FLAG.UP | FLAG.UV | FLAG.AT, self.counter, known)
        attested = AttestationObject.create("none", data, {})
        return self._answer(
            {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(attested), "transports": []}
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer to request options: a signature over the challenge."""
        self.counter += 1
        client = self._client(CollectedClientData.TYPE.GET.value, options["publicKey"]["challenge"])
        data = AuthenticatorData.create(self._rp(), FLAG.UP | FLAG.UV, self.counter)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
            }
        )
