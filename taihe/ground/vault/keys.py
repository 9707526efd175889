"""The zone's vault: its secret keys, and the sealing of single values.

``<KEY_DIR>/vault/seal/`` holds the keys that encrypt (AES-256-GCM, 96-bit random nonce) and
``<KEY_DIR>/vault/index/`` those of the blind index (HMAC-SHA-256): ``<key_id>.key`` and ``active``.
A sealed value reads ``v1.<key id>.<base64url of nonce, ciphertext and tag>``; its context (which
field of which row) is authenticated but not stored, so a value moved elsewhere does not open.
Knows no Django, so that the command line can make keys before anything else stands.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from taihe.ground.errors import BadSetup
from taihe.ground.signing.store import KEY_ID, locked, make_private_folder, write_atomically

from .errors import VaultKeyLost, VaultTampered
from .kinds import KINDS

VERSION = "v1"
_NONCE = 12


def _key_id(secret: bytes) -> str:
    return hashlib.sha256(b"taihe vault key\0" + secret).hexdigest()[:16]


class SecretFolder:
    """Symmetric keys of one use; the newest is active, older ones stay for what they sealed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._secrets: dict[str, bytes] = {}

    def active_id(self) -> str:
        """Id of the key in use; BadSetup naming the folder when there is none."""
        try:
            key_id = (self.path / "active").read_text("ascii").strip()
        except FileNotFoundError:
            key_id = ""
        if not KEY_ID.fullmatch(key_id):
            raise BadSetup(
                what=f"个人信息保险库没有启用的密钥（目录 {self.path}）。",
                fix="首次安装请运行 taihe setup；已有数据的，请从密钥备份恢复，切勿另造新密钥。",
            )
        return key_id

    def ids(self) -> list[str]:
        """Ids of all keys here, the active one first."""
        active = self.active_id()
        found = sorted(file.stem for file in self.path.glob("*.key") if KEY_ID.fullmatch(file.stem))
        return [active, *(one for one in found if one != active)]

    def secret(self, key_id: str) -> bytes:
        """The 32 bytes of a key; VaultKeyLost when its file is missing or damaged."""
        if key_id not in self._secrets:
            self._secrets[key_id] = self._read(key_id)
        return self._secrets[key_id]

    def _read(self, key_id: str) -> bytes:
        try:
            secret = bytes.fromhex((self.path / f"{key_id}.key").read_text("ascii").strip())
        except (FileNotFoundError, ValueError) as bad:
            raise VaultKeyLost(key_id=key_id, where=self.path.name) from bad
        if _key_id(secret) != key_id:
            raise VaultKeyLost(key_id=key_id, where=self.path.name)
        return secret

    def ensure(self) -> str:
        """Id of the active key, made first when the folder is new."""
        with locked(self.path.parent):
            return self.active_id() if (self.path / "active").exists() else self._make()

    def rotate(self) -> str:
        """Put a new key in use and return its id."""
        with locked(self.path.parent):
            return self._make()

    def _make(self) -> str:
        make_private_folder(self.path)
        secret = os.urandom(32)
        key_id = _key_id(secret)
        write_atomically(self.path / f"{key_id}.key", secret.hex().encode() + b"\n")
        write_atomically(self.path / "active", key_id.encode() + b"\n")
        return key_id


class Vault:
    """Seals and opens single values, and computes blind indexes, with the keys of one zone."""

    def __init__(self, folder: Path) -> None:
        self.sealing = SecretFolder(folder / "seal")
        self.indexing = SecretFolder(folder / "index")

    def ensure(self) -> bool:
        """Make the keys of a new installation and tell whether any was made; existing ones stay."""
        missing = [one for one in (self.sealing, self.indexing) if not (one.path / "active").exists()]
        for one in missing:
            one.ensure()
        return bool(missing)

    def require(self) -> None:
        """Check at start that the active keys are here; BadSetup or VaultKeyLost naming what is not."""
        for folder in (self.sealing, self.indexing):
            folder.secret(folder.active_id())

    def seal(self, plain: bytes, context: str) -> str:
        """Encrypt; only the same context opens it again."""
        key_id = self.sealing.active_id()
        nonce = os.urandom(_NONCE)
        box = nonce + AESGCM(self.sealing.secret(key_id)).encrypt(nonce, plain, _bound(context))
        return f"{VERSION}.{key_id}.{base64.urlsafe_b64encode(box).decode()}"

    def open(self, token: str, context: str) -> bytes:
        """Decrypt.  Raises VaultTampered (changed, or from another context) or VaultKeyLost."""
        where = context.replace("\0", " ")
        try:
            version, key_id, text = token.split(".")
            box = base64.b64decode(text, altchars=b"-_", validate=True)
            if base64.urlsafe_b64encode(box).decode() != text:  # one spelling only: "/" would be read as "_"
                raise ValueError(text)
        except (ValueError, binascii.Error) as bad:
            raise VaultTampered(where=where) from bad
        if version != VERSION or not KEY_ID.fullmatch(key_id) or len(box) < _NONCE + 16:
            raise VaultTampered(where=where)
        try:
            return AESGCM(self.sealing.secret(key_id)).decrypt(box[:_NONCE], box[_NONCE:], _bound(context))
        except InvalidTag as bad:
            raise VaultTampered(where=where) from bad
        except VaultKeyLost as lost:
            raise VaultKeyLost(key_id=key_id, where=where) from lost

    def is_current(self, token: str) -> bool:
        """Whether the value is sealed with the active key."""
        return token.startswith(f"{VERSION}.{self.sealing.active_id()}.")

    def blind(self, kind: str, value: str) -> str:
        """Keyed digest (40 characters) of the value's one spelling, by the active index key."""
        return self._blind(self.indexing.active_id(), kind, value)

    def blinds(self, kind: str, value: str) -> list[str]:
        """The digests under every index key, the active one first, for look-ups while keys change."""
        return [self._blind(key_id, kind, value) for key_id in self.indexing.ids()]

    def _blind(self, key_id: str, kind: str, value: str) -> str:
        message = f"{kind}\0{KINDS[kind].spell(value)}".encode()
        return key_id[:8] + hmac.new(self.indexing.secret(key_id), message, hashlib.sha256).hexdigest()[:32]

    def is_current_blind(self, index: str) -> bool:
        """Whether a stored index was computed with the active index key."""
        return index.startswith(self.indexing.active_id()[:8])


def _bound(context: str) -> bytes:
    return b"taihe vault\0" + context.encode()


@lru_cache(maxsize=8)
def vault_at(key_dir: Path) -> Vault:
    """The vault below a zone's key folder; parsed keys are kept in memory."""
    return Vault(Path(key_dir) / "vault")
