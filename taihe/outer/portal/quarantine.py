"""Where what was found on the disk of the site, and does not belong there, is kept for those who investigate."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from taihe.ground import clock
from taihe.ground.rules import rule
from taihe.ground.signing.store import make_private_folder

from .disk import remove


class Quarantine:
    """A folder of limited size; what finds no room in it is removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.held = 0

    def measure(self) -> None:
        """Count anew what lies here: an investigator may have taken some away."""
        self.held = _size(self.folder)

    def take(self, path: Path, copy: str) -> bool:
        """Move an entry, link or folder out of the site; whether it is gone."""
        size = _size(path)
        if self.held + size > rule("serving.quarantine_mb") * 1024 * 1024:
            remove(path)
        else:
            self.held += size
            make_private_folder(self.folder)
            name = f"{clock.local():%Y%m%d-%H%M%S}-{copy}-{uuid.uuid4().hex[:8]}-{path.name[:80]}"
            try:
                os.rename(path, self.folder / name)
            except FileNotFoundError:
                return True
            except OSError:
                remove(path)
        return not os.path.lexists(path)


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; links are not followed."""
    if not path.is_dir() or path.is_symlink():
        try:
            return os.lstat(path).st_size
        except OSError:
            return 0
    return sum(_size(Path(top, name)) for top, _, names in os.walk(path) for name in names)
