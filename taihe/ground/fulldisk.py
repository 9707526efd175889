"""No room left on the disk: what the database and the file system say of it, told as one refusal in plain words."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import DiskFull

_FILES = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Besides "full": a write, or the index of the log, that met the end of a quota or of the disk.
_SQLITE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE)
_POSTGRESQL = "53100"


def _says_full(error: BaseException) -> bool:
    if isinstance(error, DiskFull):
        return True
    if isinstance(error, OSError):
        return error.errno in _FILES
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", None) in _SQLITE
    return getattr(error, "sqlstate", None) == _POSTGRESQL


def is_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that the disk has no room (SQLite, PostgreSQL 53100, files)."""
    at: BaseException | None = error
    while at is not None:
        if _says_full(at):
            return True
        at = at.__cause__
    return False


@contextmanager
def full_disk_is_told() -> Iterator[None]:
    """Turn what the database says of a full disk into DiskFull; everything else passes."""
    try:
        yield
    except Exception as fault:
        if is_full(fault) and not isinstance(fault, DiskFull):
            raise DiskFull from fault
        raise
