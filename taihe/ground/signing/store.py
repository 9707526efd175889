"""One folder of keys on disk, written so that a kill at any instant leaves it readable.

A folder holds, for one purpose, ``<key_id>.pem`` (private, own keys only), ``<key_id>.pub.pem``,
``<key_id>.json`` (dates) and ``active``, whose text is the id of the key in use.  Files appear whole
or not at all, and ``active`` is always written last.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

KEY_ID = re.compile(r"[0-9a-f]{16}")
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
# Folders beside the purposes: keys of other hosts, and the vault's own.
RESERVED = ("peers", "vault")


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Put `data` at `path` whole or not at all, on disk before returning (fsync of file and folder)."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the folder's names survive a power loss."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_private_folder(folder: Path) -> None:
    """Create the folder and its parents, readable by the owner only (0700)."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in missing:
        one.chmod(0o700)
        sync_folder(one.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from changing keys below `folder` while the block runs."""
    make_private_folder(folder)
    with open(folder / ".lock", "a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True)
class KeyRecord:
    """What is known of one key: whether it is in use, and since when it is retired."""

    key_id: str
    algorithm: str
    active: bool
    created_at: str | None
    retired_at: str | None


class KeyFolder:
    """The files of one purpose, ours or a peer's."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def active_id(self) -> str | None:
        """Id of the key in use, None when there is none yet."""
        try:
            text = (self.path / "active").read_text("ascii").strip()
        except FileNotFoundError:
            return None
        return text if KEY_ID.fullmatch(text) else None

    def key_ids(self) -> list[str]:
        """Ids of all keys whose public half is here, in the order of the ids."""
        names = (file.name.removesuffix(".pub.pem") for file in self.path.glob("*.pub.pem"))
        return sorted(name for name in names if KEY_ID.fullmatch(name))

    def public_file(self, key_id: str) -> Path:
        return self.path / f"{key_id}.pub.pem"

    def private_file(self, key_id: str) -> Path:
        return self.path / f"{key_id}.pem"

    def dates(self, key_id: str) -> dict[str, str]:
        """Dates noted beside the key; empty when a kill came before they were written."""
        try:
            found = json.loads((self.path / f"{key_id}.json").read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def record(self, key_id: str, algorithm: str) -> KeyRecord:
        """The key's state; `active` decides, the dates only tell since when."""
        dates, active = self.dates(key_id), self.active_id() == key_id
        return KeyRecord(
            key_id, algorithm, active, dates.get("created_at"), None if active else dates.get("retired_at")
        )

    def note_dates(self, key_id: str, **dates: str | None) -> None:
        """Add dates to the small file beside the key."""
        kept = {name: value for name, value in {**self.dates(key_id), **dates}.items() if value}
        write_atomically(self.path / f"{key_id}.json", json.dumps(kept, indent=1).encode() + b"\n")

    def add(self, key_id: str, public_pem: bytes, private_pem: bytes | None, created_at: str | None) -> None:
        """Lay the key's files down; it is not in use until `set_active`."""
        make_private_folder(self.path)
        if private_pem is not None:
            write_atomically(self.private_file(key_id), private_pem)
        write_atomically(self.public_file(key_id), public_pem, 0o644)
        self.note_dates(key_id, created_at=created_at)

    def set_active(self, key_id: str, at: datetime) -> None:
        """Switch to the key, then date every other key that is not yet dated as retired."""
        if self.active_id() != key_id:
            write_atomically(self.path / "active", key_id.encode() + b"\n")
        for other in self.key_ids():
            if other != key_id and "retired_at" not in self.dates(other):
                self.note_dates(other, retired_at=at.isoformat())
