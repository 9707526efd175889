"""Erased means erased: what was deleted must not lie on in the database's own side files.

SQLite overwrites deleted values in its main file (secure_delete, outer zone) but keeps their earlier
pages in the write-ahead log until that is emptied.
"""

from __future__ import annotations

from django.db import connection


def empty_write_ahead_log() -> bool:
    """Bring the log into the database and cut it to nothing; False when a reader was in the way.

    Call it outside any transaction.  On PostgreSQL there is nothing to do: its log is the operator's to keep.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy
