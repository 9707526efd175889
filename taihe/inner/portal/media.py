"""The media store: every picture variant and download that an approved page may show, by its SHA-256.

Write-once and by content: another picture is another digest, so a file replaced on the desk or on the
disk never slips under an approved page.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from taihe.ground.files.store import Readable, Store, Stored


def media_store() -> Store:
    """The store in the zone's folder (portal/media)."""
    return Store(Path(settings.TAIHE_FOLDER) / "portal" / "media")


def keep(stream: Readable | bytes) -> Stored:
    """Put a content in; digest (hex SHA-256) and size in bytes.  Raises StoreFull."""
    return media_store().put(BytesIO(stream) if isinstance(stream, bytes) else stream)


def open_media(sha256: str) -> BinaryIO:
    """A content, read against its digest first.  Raises FileLost or FileDamaged."""
    return media_store().open(sha256, verify=True)


def path_of(sha256: str) -> Path:
    """Where a content lies or would lie."""
    return media_store().path(sha256)
