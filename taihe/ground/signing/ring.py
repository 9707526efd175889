"""The key ring of one host: its own keys by purpose, and the public keys of its peers.

``<folder>/<purpose>/`` holds our keys, ``<folder>/peers/<name>/<purpose>/`` what another host gave
us.  One purpose has one active key; retired keys stay, so that what they signed can still be
verified.  To stop trusting a key altogether, an operator removes its ``.pub.pem``.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from joserfc.jwk import OKPKey

from taihe.ground import clock
from taihe.ground.errors import BadSetup

from . import algorithms
from .algorithms import ED25519, SM2, PrivateKey, PublicKey
from .errors import BadKeyFile, BadSignature, FingerprintDiffers, UnknownKey
from .exchange import pack_keys, unpack_keys
from .store import KEY_ID, NAME, RESERVED, KeyFolder, KeyRecord, locked, make_private_folder


@dataclass(frozen=True)
class Signature:
    """A detached signature: which key, which algorithm, and the bytes."""

    key_id: str
    algorithm: str
    value: bytes

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.key_id}:{base64.b64encode(self.value).decode()}"

    @classmethod
    def parse(cls, text: str) -> Signature:
        """Read `str(signature)` back; ValueError when it is not one."""
        algorithm, key_id, value = text.split(":")
        if not KEY_ID.fullmatch(key_id):
            raise ValueError("not a key id")
        return cls(key_id, algorithm, base64.b64decode(value, validate=True))


class SigningProvider(Protocol):
    """What the house asks of whatever signs: this ring, or a certified device behind the same methods."""

    def active_key_id(self, purpose: str) -> str: ...

    def sign(self, purpose: str, data: bytes) -> Signature: ...

    def sign_sm2(self, purpose: str, data: bytes) -> Signature: ...

    def verify(self, purpose: str, data: bytes, signature: Signature, peer: str | None = None) -> None: ...

    def fingerprint(self, purpose: str, key_id: str | None = None, peer: str | None = None) -> str: ...


def sm2_purpose(purpose: str) -> str:
    """Purpose under which the second, SM2 signature's keys are kept."""
    return f"{purpose}-sm2"


class KeyRing:
    """Keys in a folder, parsed once and read again when the folder's `active` changes."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self._active: dict[str, tuple[tuple[int, int], PrivateKey]] = {}
        self._public: dict[Path, tuple[tuple[int, int], PublicKey]] = {}

    # Where things lie ------------------------------------------------------------------------

    def _folder(self, purpose: str, peer: str | None = None) -> KeyFolder:
        bad = [one for one in (purpose, peer) if one is not None and not NAME.fullmatch(one)]
        if bad or purpose in RESERVED:
            raise BadSetup(
                what=f"密钥用途或来源名称不合规定：{(bad or [purpose])[0]!r}。", fix="请使用小写字母、数字和短横线。"
            )
        return KeyFolder(self.folder / purpose if peer is None else self.folder / "peers" / peer / purpose)

    def peers(self) -> list[str]:
        """Names of the hosts whose public keys were imported."""
        return sorted(one.name for one in self.folder.glob("peers/*") if one.is_dir())

    def purposes(self, peer: str | None = None) -> list[str]:
        """Purposes that have an active key, ours or a peer's."""
        root = self.folder if peer is None else self.folder / "peers" / peer
        names = (one.parent.name for one in root.glob("*/active"))
        return sorted(name for name in names if name not in RESERVED)

    # Keeping our own keys --------------------------------------------------------------------

    def create(self, purpose: str, algorithm: str = ED25519) -> str:
        """Make a key, put it in use and return its id; the key it replaces stays for verification."""
        folder = self._folder(purpose)
        with locked(self.folder):
            return self._create(folder, algorithm)

    def ensure(self, purpose: str, algorithm: str = ED25519) -> str:
        """Id of the active key, made first when there is none; safe when two processes start at once."""
        folder = self._folder(purpose)
        with locked(self.folder):
            active = folder.active_id()
            if active is not None:
                self._own(folder, purpose, active)  # a damaged key is reported at start, not at first use
                return active
            return self._create(folder, algorithm)

    def rotate(self, purpose: str) -> str:
        """Replace the active key by a new one of the same algorithm; BadSetup when there is none."""
        folder = self._folder(purpose)
        with locked(self.folder):
            return self._create(folder, self._own(folder, purpose, self.active_key_id(purpose)).public.algorithm)

    def _create(self, folder: KeyFolder, algorithm: str) -> str:
        private_pem, public_pem = algorithms.generate(algorithm)
        key_id = algorithms.key_id_of(public_pem)
        moment = clock.now()
        folder.add(key_id, public_pem, private_pem, moment.isoformat())
        folder.set_active(key_id, moment)
        return key_id

    def active_key_id(self, purpose: str) -> str:
        """Id of our key in use; BadSetup naming the purpose when there is none."""
        key_id = self._folder(purpose).active_id()
        if key_id is None:
            raise _missing(self.folder, purpose)
        return key_id

    def require(self, *purposes: str) -> None:
        """Check at start that every purpose has a usable key; BadSetup naming the one that lacks it."""
        for purpose in purposes:
            self._signer(purpose)

    def records(self, purpose: str, peer: str | None = None) -> list[KeyRecord]:
        """All keys of a purpose, the active one first, then by date of making."""
        folder = self._folder(purpose, peer)
        found = [folder.record(one, self.public_key(purpose, one, peer).algorithm) for one in folder.key_ids()]
        return sorted(found, key=lambda one: (not one.active, one.created_at or "", one.key_id))

    # Parsed keys -----------------------------------------------------------------------------

    def _signer(self, purpose: str) -> PrivateKey:
        """Our active private key, from memory as long as `active` on disk is the same file."""
        folder = self._folder(purpose)
        try:
            stamp = _stamp(folder.path / "active")
        except FileNotFoundError:
            raise _missing(self.folder, purpose) from None
        known = self._active.get(purpose)
        if known is not None and known[0] == stamp:
            return known[1]
        key = self._own(folder, purpose, self.active_key_id(purpose))
        self._active[purpose] = (stamp, key)
        return key

    def _own(self, folder: KeyFolder, purpose: str, key_id: str) -> PrivateKey:
        try:
            public = algorithms.load_public(folder.public_file(key_id).read_bytes())
            private = algorithms.load_private(folder.private_file(key_id).read_bytes(), public)
        except FileNotFoundError as missing:
            raise BadSetup(
                what=f"用途“{purpose}”的密钥 {key_id} 缺少文件 {Path(missing.filename).name}。",
                fix=f"请从密钥备份恢复到 {folder.path}，不要另造同名文件。",
            ) from missing
        except (ValueError, TypeError) as damaged:
            raise BadSetup(
                what=f"用途“{purpose}”的密钥 {key_id} 文件已损坏。", fix=f"请从密钥备份恢复 {folder.path}。"
            ) from damaged
        return private

    def private_key(self, purpose: str, key_id: str) -> PrivateKey:
        """One of our own keys, also a retired one; UnknownKey when it is not here."""
        folder = self._folder(purpose)
        if not KEY_ID.fullmatch(key_id) or not folder.private_file(key_id).exists():
            raise UnknownKey(purpose=purpose, key_id=key_id[:32], owner="本机")
        return self._own(folder, purpose, key_id)

    def public_key(self, purpose: str, key_id: str | None = None, peer: str | None = None) -> PublicKey:
        """A public key, ours or a peer's (default: the active one); UnknownKey when it is not here."""
        folder = self._folder(purpose, peer)
        wanted = key_id if key_id is not None else folder.active_id() or "（无启用密钥）"
        unknown = UnknownKey(purpose=purpose, key_id=wanted[:32], owner=peer or "本机")
        if not KEY_ID.fullmatch(wanted):
            raise unknown
        file = folder.public_file(wanted)
        try:
            stamp = _stamp(file)
            known = self._public.get(file)
            if known is not None and known[0] == stamp:
                return known[1]
            key = algorithms.load_public(file.read_bytes())
        except (FileNotFoundError, ValueError) as bad:
            raise unknown from bad
        if key.key_id != wanted:  # the file was exchanged under another key's name
            raise unknown
        self._public[file] = (stamp, key)
        return key

    # Signing ---------------------------------------------------------------------------------

    def sign(self, purpose: str, data: bytes) -> Signature:
        """Sign with the active key; BadSetup naming the purpose when it has no key."""
        key = self._signer(purpose)
        return Signature(key.public.key_id, key.public.algorithm, key.sign(data))

    def sign_sm2(self, purpose: str, data: bytes) -> Signature:
        """The second signature beside `sign`: SM2 with SM3, detached, key of purpose ``<purpose>-sm2``."""
        return self.sign(sm2_purpose(purpose), data)

    def verify(self, purpose: str, data: bytes, signature: Signature, peer: str | None = None) -> None:
        """Return quietly when the signature holds, by an active or retired key of the purpose.

        An SM2 signature is looked up under ``<purpose>-sm2``.  Raises UnknownKey or BadSignature.
        """
        held = sm2_purpose(purpose) if signature.algorithm == SM2 and not purpose.endswith("-sm2") else purpose
        key = self.public_key(held, signature.key_id, peer)
        if key.algorithm != signature.algorithm or not key.verifies(data, signature.value):
            raise BadSignature(purpose=purpose, key_id=signature.key_id)

    def fingerprint(self, purpose: str, key_id: str | None = None, peer: str | None = None) -> str:
        """Eight groups of four hex digits to compare by voice (default: the active key's)."""
        return algorithms.fingerprint_of(self.public_key(purpose, key_id, peer).pem)

    def jwk(self, purpose: str, private: bool = False, key_id: str | None = None, peer: str | None = None) -> OKPKey:
        """The key for joserfc, with `kid`; alg ``Ed25519`` to sign, none for a sealing key."""
        if private:
            key = self._signer(purpose) if key_id is None else self.private_key(purpose, key_id)
            public, native = key.public, key.native
        else:
            public = self.public_key(purpose, key_id, peer)
            native = public.native
        extra: Any = {"kid": public.key_id}
        if public.algorithm == ED25519:
            extra |= {"alg": ED25519, "use": "sig"}
        elif public.algorithm == SM2:
            raise BadSetup(what="SM2 密钥不能用于 JWS/JWE。", fix="请使用 sign_sm2 作第二签名。")
        return OKPKey(native, native, extra)

    # Exchange with peers ---------------------------------------------------------------------

    def export_public(self, purpose: str, *also: str) -> bytes:
        """One JSON file with all public keys of the purposes, signed by the first purpose's active key."""
        self.require(purpose, *also)
        keys = [
            (name, record, self.public_key(name, record.key_id).pem)
            for name in (purpose, *also)
            for record in self.records(name)
        ]
        signer = self._signer(purpose)
        return pack_keys(keys, signer, purpose, demo=is_demo(self.folder))

    def import_peer(self, name: str, data: bytes, expected_fingerprint: str) -> list[tuple[str, str]]:
        """Take over another host's public keys; returns (purpose, active key id) pairs.

        The fingerprint is the one the other side reads out for its signing key.  Raises
        FingerprintDiffers, BadKeyFile, or BadSetup when demo keys meet a production host.
        """
        file = unpack_keys(data)
        found = algorithms.fingerprint_of(file.signer.pem)
        if _bare(found) != _bare(expected_fingerprint):
            raise FingerprintDiffers(found=found, expected=expected_fingerprint)
        if file.demo and not is_demo(self.folder):
            raise BadKeyFile(why="其中是演示密钥，本机不是演示环境")
        moment = clock.now()
        folders = {key.purpose: self._folder(key.purpose, name) for key in file.keys}
        with locked(self.folder):
            for key in file.keys:
                folders[key.purpose].add(key.public.key_id, key.public.pem, None, key.created_at)
                if key.retired_at:
                    folders[key.purpose].note_dates(key.public.key_id, retired_at=key.retired_at)
            active = [(key.purpose, key.public.key_id) for key in file.keys if key.active]
            for purpose, key_id in active:
                folders[purpose].set_active(key_id, moment)
        return active


def _bare(fingerprint: str) -> str:
    """Fingerprint without the spaces, dashes and case in which people write it down."""
    return re.sub(r"[\s:：-]", "", fingerprint).upper()


def _stamp(file: Path) -> tuple[int, int]:
    status = file.stat()
    return status.st_ino, status.st_mtime_ns


def _missing(folder: Path, purpose: str) -> BadSetup:
    return BadSetup(
        what=f"没有用途为“{purpose}”的密钥（目录 {folder / purpose}）。",
        fix="请运行 taihe setup 生成密钥，或从密钥备份恢复。",
    )


def mark_demo(folder: Path) -> None:
    """Leave the mark that every key below this folder is for demonstration only."""
    make_private_folder(folder)
    (folder / "DEMO").write_text("演示密钥，不得用于正式环境。\n", encoding="utf-8")


def is_demo(folder: Path) -> bool:
    """Whether the folder holds demo keys."""
    return (Path(folder) / "DEMO").exists()


def refuse_demo(folder: Path) -> None:
    """Raise BadSetup when production is started on demo keys."""
    if is_demo(folder):
        raise BadSetup(
            what=f"密钥目录 {folder} 中是演示密钥，正式环境不能使用。",
            fix="请另建密钥目录并生成正式密钥，不要删除 DEMO 标记后沿用。",
        )
