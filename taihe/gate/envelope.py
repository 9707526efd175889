"""The envelope: a JWS over header and body, with an optional second SM2 signature.

One form for both zones; `seal` and `open_envelope` are each other's inverse.
"""

from __future__ import annotations

import json
from typing import Any

from joserfc import jws
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from taihe.ground.digests import canonical, digest
from taihe.ground.signing import KeyRing, Signature, sm2_purpose

from .errors import NotALetter
from .letters import Lane

PURPOSE = "gate"


class AttachmentNote(BaseModel):
    """What the signed header says of one attachment; its parts travel first."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=0)
    name: str = Field(max_length=255)
    mime: str = Field(max_length=100)


class Header(BaseModel):
    """The signed address and place of a letter."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    form: int = Field(default=1, ge=1, le=1)
    sender: str
    receiver: str
    epoch: int = Field(ge=1)
    lane: Lane
    sequence: int = Field(ge=1)
    previous: str = Field(pattern=r"^[0-9a-f]{64}$")
    kind: str = Field(max_length=64)
    version: int = Field(ge=1)
    sent_at: AwareDatetime
    expires_at: AwareDatetime
    attachments: tuple[AttachmentNote, ...] = ()


class Envelope(BaseModel):
    """A verified envelope: header, body as it stands in the letter, and the digest that the chain uses."""

    model_config = ConfigDict(frozen=True)
    header: Header
    body: Any
    digest: str


def file_name(lane: str, epoch: int, sequence: int) -> str:
    """The spool file of a letter; sorting names sorts letters within a lane."""
    return f"{lane}-{epoch:06d}-{sequence:012d}.letter"


def seal(ring: KeyRing, header: Header, body: Any, *, sm2: bool = False) -> tuple[bytes, str]:
    """Sign header and body; returns the file's bytes and the digest the next letter chains to."""
    payload = canonical({"header": header.model_dump(mode="json"), "body": body})
    key = ring.jwk(PURPOSE, private=True)
    token = jws.serialize_compact({"alg": "Ed25519", "kid": str(key.kid)}, payload, key, algorithms=["Ed25519"])
    outer: dict[str, Any] = {"jws": token}
    own = digest(token.encode())
    if sm2:
        outer["sm2"] = str(ring.sign_sm2(PURPOSE, own.encode()))
    return canonical(outer), own


def open_envelope(ring: KeyRing, peer: str, data: bytes, *, sm2: bool = False) -> Envelope:
    """Verify an envelope of the peer zone.  Raises NotALetter for anything that is not one, whole and true."""
    try:
        outer = json.loads(data)
        token = str(outer["jws"])
        own = digest(token.encode())
        key_id = str(jws.extract_compact(token.encode()).headers()["kid"])
        signed = jws.deserialize_compact(token, ring.jwk(PURPOSE, key_id=key_id, peer=peer), algorithms=["Ed25519"])
        if sm2:
            ring.verify(sm2_purpose(PURPOSE), own.encode(), Signature.parse(outer["sm2"]), peer=peer)
        content = json.loads(signed.payload)
        return Envelope(header=Header.model_validate(content["header"]), body=content["body"], digest=own)
    except Exception as broken:
        raise NotALetter from broken
