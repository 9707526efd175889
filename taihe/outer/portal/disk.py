"""The two copies of the signed pages on the outer disk, ``a/`` and ``b/``: each whole, neither believed.

A copy is an object store (``o/xx/<sha256>``), ``releases/<number>/manifest`` with ``manifest.sig``,
``notices/<serial>`` with ``<serial>.sig``, and the link ``current`` to the release that is to be served.
Everything is written aside, brought to the disk and put in place by one rename.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from taihe.ground.fulldisk import full_disk_is_told
from taihe.ground.killpoints import killpoint
from taihe.ground.releases import MOST_MANIFEST, ObjectStore
from taihe.ground.signing.store import make_private_folder, sync_folder

NAMES = ("a", "b")
FILE_MODE = 0o400
FOLDER_MODE = 0o700
_LINK = re.compile(r"releases/([1-9][0-9]{0,15})")
_NUMBER = re.compile(r"[1-9][0-9]{0,15}")
MOST_NOTICE = 4 * 1024 * 1024
MOST_SIGNATURE = 4096


class Signed(NamedTuple):
    """Bytes and the signature file that goes with them; nothing is believed of them yet."""

    data: bytes
    signature: bytes


def read_plainly(path: Path, most: int) -> bytes | None:
    """A regular file's bytes, at most `most` of them; None for a link, a pipe, a folder, or nothing."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            return file.read(most)
    except OSError:
        return None


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(FILE_MODE)


class Copy:
    """One of the two copies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name
        self.store = ObjectStore(folder)
        self.drafts = folder / "incoming"

    def ready(self) -> None:
        """Make the folders that are not there."""
        for folder in (self.folder, self.drafts, *(self.folder / name for name in ("o", "releases", "notices"))):
            make_private_folder(folder)

    # What is served --------------------------------------------------------------------------

    def current(self) -> int | None:
        """The number that `current` names; None when it is no such link."""
        try:
            found = _LINK.fullmatch(os.readlink(self.folder / "current"))
        except OSError:
            return None
        return int(found[1]) if found else None

    def switch(self, number: int) -> None:
        """Let `current` name a release, by one rename."""
        self.ready()
        with full_disk_is_told():
            link = self.drafts / f"current-{os.getpid()}"
            link.unlink(missing_ok=True)
            link.symlink_to(f"releases/{number}")
            killpoint("portal.before_switch")
            os.replace(link, self.folder / "current")
            sync_folder(self.folder)
        killpoint("portal.after_switch")

    # Releases --------------------------------------------------------------------------------

    def release_folder(self, number: int) -> Path:
        """Where a release's manifest lies."""
        return self.folder / "releases" / str(number)

    def release_numbers(self) -> list[int]:
        """Numbers under which something lies, the highest first."""
        with suppress(OSError):
            names = os.listdir(self.folder / "releases")
            return sorted((int(one) for one in names if _NUMBER.fullmatch(one)), reverse=True)
        return []

    def release(self, number: int) -> Signed | None:
        """Manifest and signature as they lie there."""
        folder = self.release_folder(number)
        data = read_plainly(folder / "manifest", MOST_MANIFEST + 1)
        signature = read_plainly(folder / "manifest.sig", MOST_SIGNATURE)
        return Signed(data, signature) if data is not None and signature is not None else None

    def put_release(self, number: int, signed: Signed) -> None:
        """Store a manifest with its signature, both or none; the same again changes nothing."""
        if self.release(number) == signed:
            return
        self.ready()
        with full_disk_is_told():
            draft = Path(tempfile.mkdtemp(dir=self.drafts))
            try:
                _write(draft / "manifest", signed.data)
                _write(draft / "manifest.sig", signed.signature)
                sync_folder(draft)
                final = self.release_folder(number)
                remove(final)
                os.replace(draft, final)
                sync_folder(final.parent)
            finally:
                remove(draft)

    def drop_release(self, number: int) -> None:
        """Remove a manifest that no longer counts."""
        remove(self.release_folder(number))

    # Notices of withdrawal -------------------------------------------------------------------

    def notices(self) -> dict[int, Signed]:
        """Notices by serial as they lie there."""
        return {serial: signed for serial in self.notice_serials() if (signed := self.notice(serial))}

    def notice_serials(self) -> set[int]:
        """Serials under which a notice lies, unread."""
        with suppress(OSError):
            return {int(name) for name in os.listdir(self.folder / "notices") if _NUMBER.fullmatch(name)}
        return set()

    def notice(self, serial: int) -> Signed | None:
        """One notice and its signature."""
        data = read_plainly(self.folder / "notices" / str(serial), MOST_NOTICE)
        signature = read_plainly(self.folder / "notices" / f"{serial}.sig", MOST_SIGNATURE)
        return Signed(data, signature) if data is not None and signature is not None else None

    def put_notice(self, serial: int, signed: Signed) -> None:
        """Store a notice of withdrawal: the signature first, so that the notice is never there without it."""
        self.put_file(Path("notices", f"{serial}.sig"), signed.signature)
        self.put_file(Path("notices", str(serial)), signed.data)

    def drop_notice(self, serial: int) -> None:
        """Remove a notice that no release on this disk needs any more."""
        for name in (str(serial), f"{serial}.sig"):
            remove(self.folder / "notices" / name)

    def put_file(self, place: Path, data: bytes) -> None:
        """Put bytes at a place of the copy, whole and on the disk, replacing what is there."""
        self.ready()
        with full_disk_is_told():
            handle, name = tempfile.mkstemp(dir=self.drafts)
            os.close(handle)
            draft = Path(name)
            try:
                _write(draft, data)
                final = self.folder / place
                make_private_folder(final.parent)
                os.replace(draft, final)
                sync_folder(final.parent)
            finally:
                draft.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove whatever lies at a path: file, link or folder; nothing when nothing does."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(FileNotFoundError):
            path.unlink()


class Disk:
    """Both copies, and beside them what is not served: arrivals, quarantine, the installer's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.copies = tuple(Copy(folder / name) for name in NAMES)
        self.beside = folder.with_name(f"{folder.name}-beside")
        self.arrivals = self.beside / "arrivals"
        self.quarantine = self.beside / "quarantine"

    def ready(self) -> None:
        """Make the folders that are not there."""
        for copy in self.copies:
            copy.ready()
        for folder in (self.arrivals, self.quarantine):
            make_private_folder(folder)

    def newest(self) -> int:
        """The highest number that either `current` names; 0 when neither names any."""
        return max((copy.current() or 0 for copy in self.copies), default=0)

    @contextmanager
    def installing(self, *, wait: bool = True) -> Iterator[bool]:
        """Hold the lock under which contents are added and swept; without `wait` it may be false."""
        make_private_folder(self.beside)
        handle = os.open(self.beside / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(handle)
