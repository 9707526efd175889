"""The file in which one host hands its public keys to another, carried by hand and compared by voice.

The file is signed by the active key of its first purpose, and the person who imports it types the
fingerprint of that key as read out by the other side: this one comparison vouches for every key in it.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from taihe.ground import clock

from .algorithms import PrivateKey, PublicKey, load_public
from .errors import BadKeyFile
from .store import NAME, RESERVED, KeyRecord

FORMAT = "taihe-public-keys/1"
MAX_BYTES = 1_000_000


@dataclass(frozen=True)
class ExchangedKey:
    """One public key of the file with its state."""

    purpose: str
    public: PublicKey
    active: bool
    created_at: str | None
    retired_at: str | None


@dataclass(frozen=True)
class KeyFile:
    """A file whose own signature held."""

    signer: PublicKey
    keys: list[ExchangedKey]
    demo: bool


def _signed_bytes(body: dict[str, Any]) -> bytes:
    # The leading line keeps this signature from ever passing for one over a letter or an audit batch.
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return FORMAT.encode() + b"\n" + text.encode()


def pack_keys(keys: list[tuple[str, KeyRecord, bytes]], signer: PrivateKey, purpose: str, demo: bool) -> bytes:
    """Write the file: (purpose, record, public PEM) of each key, signed by `signer` of `purpose`."""
    body = {
        "format": FORMAT,
        "exported_at": clock.now().isoformat(),
        "demo": demo,
        "signed_by": {"purpose": purpose, "key_id": signer.public.key_id},
        "keys": [
            {
                "purpose": name,
                "key_id": record.key_id,
                "algorithm": record.algorithm,
                "active": record.active,
                "created_at": record.created_at,
                "retired_at": record.retired_at,
                "public_pem": pem.decode("ascii"),
            }
            for name, record, pem in keys
        ],
    }
    body["signature"] = base64.b64encode(signer.sign(_signed_bytes(body))).decode()
    return json.dumps(body, indent=1, ensure_ascii=False).encode() + b"\n"


def unpack_keys(data: bytes) -> KeyFile:
    """Read the file and check its own signature; raises BadKeyFile.  Trust needs the fingerprint besides."""
    if len(data) > MAX_BYTES:
        raise BadKeyFile(why="文件过大")
    try:
        body = json.loads(data)
        if body["format"] != FORMAT:
            raise BadKeyFile(why="格式版本不认识")
        signature = base64.b64decode(body.pop("signature"), validate=True)
        keys = [_read_key(raw) for raw in body["keys"]]
        signed_by, demo = (body["signed_by"]["purpose"], body["signed_by"]["key_id"]), bool(body["demo"])
        signers = [key.public for key in keys if key.active and (key.purpose, key.public.key_id) == signed_by]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as bad:
        raise BadKeyFile(why="内容不完整或已损坏") from bad
    if len(signers) != 1:
        raise BadKeyFile(why="其中没有签署该文件的密钥")
    in_use = [key.purpose for key in keys if key.active]
    if len(in_use) != len(set(in_use)):
        raise BadKeyFile(why="同一用途有两把启用的密钥")
    if not signers[0].verifies(_signed_bytes(body), signature):
        raise BadKeyFile(why="文件签名核验没有通过，内容可能被改动")
    return KeyFile(signers[0], keys, demo)


def _read_key(raw: dict[str, Any]) -> ExchangedKey:
    purpose, public = raw["purpose"], load_public(raw["public_pem"].encode("ascii"))
    if public.key_id != raw["key_id"] or public.algorithm != raw["algorithm"] or not isinstance(raw["active"], bool):
        raise ValueError("key does not match its description")
    if not NAME.fullmatch(purpose) or purpose in RESERVED:
        raise ValueError("not a purpose")
    dates = [raw["created_at"], raw["retired_at"]]
    if any(one is not None and not isinstance(one, str) for one in dates):
        raise ValueError("bad date")
    return ExchangedKey(purpose, public, raw["active"], *dates)
