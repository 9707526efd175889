"""The envelope: a JWS over header and content, with an optional second SM2 signature.

One form for both zones; `seal` and `open_envelope` are each other's inverse.  The content of a letter
that carries personal data is a box (JWE) which only the receiving zone can open.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from joserfc import jws
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from taihe.ground.digests import canonical, digest
from taihe.ground.signing import KeyRing, Signature, open_sealed, seal_to, sm2_purpose

from .errors import NotALetter
from .letters import LANES, Lane

PURPOSE = "gate"
HEX64 = r"^[0-9a-f]{64}$"


class Carried(BaseModel):
    """What the signed header says of one attachment as it travels: digest, bytes, number of parts."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sha256: str = Field(pattern=HEX64)
    size: int = Field(ge=0)
    parts: int = Field(ge=1, le=100_000)


class Enclosure(BaseModel):
    """What the content says of one attachment: digest and size of the file itself, its name and mime type."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sha256: str = Field(pattern=HEX64)
    size: int = Field(ge=0)
    name: str = Field(max_length=255)
    mime: str = Field(max_length=100)


class Content(BaseModel):
    """What a letter says: its body by the letter's class, and its attachments in the header's order."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    body: dict[str, Any]
    enclosures: tuple[Enclosure, ...] = ()


class Header(BaseModel):
    """The signed address and place of a letter; `letter_id` stays the same when it is sealed again."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    form: int = Field(default=1, ge=1, le=1)
    letter_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    sender: str
    receiver: str
    epoch: int = Field(ge=1)
    lane: Lane
    sequence: int = Field(ge=1)
    previous: str = Field(pattern=HEX64)
    kind: str = Field(max_length=64)
    version: int = Field(ge=1)
    sent_at: AwareDatetime
    expires_at: AwareDatetime
    attachments: tuple[Carried, ...] = ()


class Envelope(BaseModel):
    """A verified envelope: header, content as it stands in the letter (a box is text), the chain's digest."""

    model_config = ConfigDict(frozen=True)
    header: Header
    content: dict[str, Any] | str
    digest: str


class Place(NamedTuple):
    """Where a letter stands in its lane; places compare in the order of the lane."""

    epoch: int
    sequence: int


_NAME = re.compile(rf"({'|'.join(LANES)})-(\d{{12}})-(\d{{12}})\.letter")


def file_name(lane: str, epoch: int, sequence: int) -> str:
    """The spool file of a letter; sorting names sorts letters within a lane."""
    return f"{lane}-{epoch:012d}-{sequence:012d}.letter"


def place_of(name: str) -> tuple[Lane, Place] | None:
    """Lane and place that a file name claims; None when it is no letter's name.  The header must agree later."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return next(lane for lane in LANES if lane == found[1]), Place(int(found[2]), int(found[3]))


def write_content(content: Content, ring: KeyRing, *, box_for: str | None) -> dict[str, Any] | str:
    """The content as it stands in the envelope: plain, or boxed for the receiving zone."""
    plain = content.model_dump(mode="json")
    return plain if box_for is None else seal_to(box_for, canonical(plain), ring).decode("ascii")


def read_content(content: dict[str, Any] | str, ring: KeyRing, *, boxed: bool) -> Content:
    """The content a receiver may believe, opened.  Raises ValueError, CannotOpen or UnknownKey."""
    if isinstance(content, str) is not boxed:
        raise ValueError("personal letters, and only they, are boxed")
    return Content.model_validate(
        json.loads(open_sealed(content.encode(), ring)) if isinstance(content, str) else content
    )


def _digest_of(token: str) -> str:
    """The digest of what is signed: the signature's own spelling has spare bits a carrier could change."""
    return digest(token.rpartition(".")[0].encode())


def seal(ring: KeyRing, header: Header, content: dict[str, Any] | str, *, sm2: bool = False) -> tuple[bytes, str]:
    """Sign header and content; returns the file's bytes and the digest the next letter chains to."""
    payload = canonical({"header": header.model_dump(mode="json"), "content": content})
    key = ring.jwk(PURPOSE, private=True)
    token = jws.serialize_compact({"alg": "Ed25519", "kid": str(key.kid)}, payload, key, algorithms=["Ed25519"])
    outer: dict[str, Any] = {"jws": token}
    own = _digest_of(token)
    if sm2:
        outer["sm2"] = str(ring.sign_sm2(PURPOSE, own.encode()))
    return canonical(outer), own


def open_envelope(ring: KeyRing, sender: str | None, data: bytes, *, sm2: bool = False) -> Envelope:
    """Verify an envelope of the peer zone (None: of this zone itself).

    Raises NotALetter for anything that is not one, whole and true.
    """
    try:
        outer = json.loads(data)
        if not {"jws"} <= set(outer) <= {"jws", "sm2"}:
            raise ValueError("only what is signed may come in")
        token = str(outer["jws"])
        own = _digest_of(token)
        key_id = str(jws.extract_compact(token.encode()).headers()["kid"])
        signed = jws.deserialize_compact(token, ring.jwk(PURPOSE, key_id=key_id, peer=sender), algorithms=["Ed25519"])
        if sm2:
            ring.verify(sm2_purpose(PURPOSE), own.encode(), Signature.parse(outer["sm2"]), peer=sender)
        whole = json.loads(signed.payload)
        if set(whole) != {"header", "content"}:
            raise ValueError("header and content, nothing else")
        return Envelope(header=Header.model_validate(whole["header"]), content=whole["content"], digest=own)
    except Exception as broken:
        raise NotALetter from broken
