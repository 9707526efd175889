"""Where the contents of releases lie: one file per content, ``o/xx/<sha256>``, written once, read only.

Nothing is found under a digest before it is whole and on the disk: neither a kill nor a power cut
leaves half a file.  Many at once share one synchronisation of the disk.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from taihe.ground.fulldisk import full_disk_is_told
from taihe.ground.killpoints import killpoint
from taihe.ground.signing.store import make_private_folder, sync_folder

from .errors import ObjectDamaged, ObjectLost

_SHA256 = re.compile(r"[0-9a-f]{64}")
# From so many files on, one synchronisation of the whole disk is cheaper than one of each file and folder.
MANY = 16


class ObjectStore:
    """One folder of contents; any number of processes may put and read at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"

    def path(self, sha256: str) -> Path:
        """Where a content lies or would lie.  Raises ValueError for anything but 64 hex digits."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self.folder / "o" / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Whether something lies under the digest; only reading it proves what."""
        path = self.path(sha256)
        return path.is_file() and not path.is_symlink()

    def read(self, sha256: str, size: int | None = None) -> bytes:
        """The content, verified; `size` bounds what is read of a file that grew.

        Raises ObjectLost, or ObjectDamaged for a link, another size or another digest.
        """
        try:
            handle = os.open(self.path(sha256), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            raise ObjectLost(digest=sha256) from None
        except OSError as strange:
            raise ObjectDamaged(digest=sha256) from strange
        try:
            data = _read_regular(handle, size)
        except OSError as strange:
            raise ObjectDamaged(digest=sha256) from strange
        finally:
            os.close(handle)
        if (size is not None and len(data) != size) or hashlib.sha256(data).hexdigest() != sha256:
            raise ObjectDamaged(digest=sha256)
        return data

    def put(self, data: bytes) -> str:
        """Store one content, on disk before returning; its digest."""
        return self.put_many([data])[0]

    def put_many(self, contents: Iterable[bytes]) -> list[str]:
        """Store contents, all on disk before returning; their digests in order.

        What lies there already and is sound is left alone; a damaged one is replaced.
        Raises DiskFull without room; nothing half-written ever lies under a digest.
        """
        with full_disk_is_told():
            make_private_folder(self._incoming)
            digests, waiting = [], dict[str, Path]()
            try:
                for data in contents:
                    sha256 = hashlib.sha256(data).hexdigest()
                    digests.append(sha256)
                    if sha256 not in waiting and not self._sound(sha256, data):
                        waiting[sha256] = self._draft(data)
                self._settle(waiting)
            finally:
                for left in waiting.values():
                    left.unlink(missing_ok=True)
        return digests

    def _sound(self, sha256: str, data: bytes) -> bool:
        try:
            return self.read(sha256, len(data)) == data
        except (ObjectLost, ObjectDamaged):
            return False

    def _draft(self, data: bytes) -> Path:
        handle, name = tempfile.mkstemp(dir=self._incoming)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        return Path(name)

    def _settle(self, waiting: dict[str, Path]) -> None:
        _sync(waiting.values())
        killpoint("releases.before_rename")
        folders = {self.path(one).parent for one in waiting}
        for folder in folders:
            make_private_folder(folder)
        for sha256, draft in waiting.items():
            draft.chmod(0o400)
            os.replace(draft, self.path(sha256))
        _sync(folders)
        killpoint("releases.after_rename")

    def delete(self, sha256: str) -> bool:
        """Remove a content; False when it was not here.  Who calls must know that no kept release names it."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def digests(self) -> Iterator[str]:
        """Every content that lies here, in no particular order."""
        for file in self.folder.glob("o/[0-9a-f][0-9a-f]/*"):
            if _SHA256.fullmatch(file.name) and file.parent.name == file.name[:2]:
                yield file.name


def _read_regular(handle: int, size: int | None) -> bytes:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise OSError("not a plain file")
    with os.fdopen(os.dup(handle), "rb") as file:
        return file.read() if size is None else file.read(size + 1)


def _sync(paths: Collection[Path]) -> None:
    """Bring files or folders to the disk."""
    if len(paths) >= MANY:
        os.sync()
        return
    for path in paths:
        sync_folder(path)  # a file is opened and synchronised in the same way
