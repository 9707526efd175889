"""Who vouches for a release: a detached Ed25519 signature over the manifest's bytes, SM2 beside it where required.

The file ``manifest.sig`` is canonical JSON, ``{"ed25519": …}`` or with ``"sm2": …``; any other spelling of
it is refused, so that what is stored and sent has one form.
"""

from __future__ import annotations

import json

from taihe.ground.digests import canonical
from taihe.ground.signing import ED25519, SM2, BadSignature, KeyRing, Signature, sm2_purpose

from .errors import BadManifest
from .manifest import Manifest, parse

# The key that signs pages exists in the office wing only; the other wing holds its public half.
PURPOSE = "portal-release"
_PARTS = {"ed25519": ED25519, "sm2": SM2}


def sign(data: bytes, ring: KeyRing, *, sm2: bool = False) -> bytes:
    """The signature file for the bytes of a manifest or notice; BadSetup without the key."""
    parts = {"ed25519": str(ring.sign(PURPOSE, data))}
    if sm2:
        parts["sm2"] = str(ring.sign_sm2(PURPOSE, data))
    return canonical(parts)


def verify(data: bytes, signature: bytes, ring: KeyRing, *, peer: str | None, sm2: bool = False) -> str:
    """Return the id of the key when every signature in the file holds; with `sm2`, both must be there.

    `peer` is whose keys count (None: this zone's own).  Raises BadSignature or UnknownKey.
    """
    found = _parts(signature)
    if "ed25519" not in found or (sm2 and "sm2" not in found):
        raise BadSignature(purpose=PURPOSE, key_id="（缺少签名）")
    for name, one in found.items():
        if one.algorithm != _PARTS[name]:
            raise BadSignature(purpose=PURPOSE, key_id=one.key_id)
        ring.verify(sm2_purpose(PURPOSE) if name == "sm2" else PURPOSE, data, one, peer=peer)
    return found["ed25519"].key_id


def _parts(signature: bytes) -> dict[str, Signature]:
    try:
        spelled = json.loads(signature)
        found = {name: Signature.parse(value) for name, value in spelled.items()}
        if set(found) <= set(_PARTS) and canonical({name: str(one) for name, one in found.items()}) == signature:
            return found
    except (ValueError, TypeError, AttributeError, RecursionError) as broken:
        raise BadSignature(purpose=PURPOSE, key_id="（无法读取）") from broken
    raise BadSignature(purpose=PURPOSE, key_id="（写法不对）")


def open_manifest(
    data: bytes, signature: bytes, ring: KeyRing, *, peer: str | None, site: str, sm2: bool = False
) -> Manifest:
    """A manifest that may be believed: signed, well-formed, of this site, by the key it names.

    Whether its number is newer than what is served is for the caller to judge.
    Raises BadSignature, UnknownKey or BadManifest.
    """
    key = verify(data, signature, ring, peer=peer, sm2=sm2)
    manifest = parse(data)
    if manifest.key != key:
        raise BadManifest(why="签署密钥不是清单所写的密钥")
    if manifest.site != site:
        raise BadManifest(why=f"清单属于另一个网站（{manifest.site}）")
    return manifest
