"""The pages of a stored paper as pictures: what a phone can show, and what a page of the office shows beside a form.

A sealed original stays one PDF; here it is only looked at.  Who may look is asked by the view, before.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from taihe.ground.errors import Missing
from taihe.ground.files.models import Attachment
from taihe.ground.files.queries import zone_store
from taihe.ground.paper.flat import flattened
from taihe.ground.paper.render import page_picture

PDF = "application/pdf"
PICTURES = ("image/png", "image/jpeg")


def shown(key: str) -> Attachment | None:
    """The stored file behind a key, if it has pages that can be shown."""
    row = Attachment.objects.filter(key=key, removed_at__isnull=True).first() if key else None
    return row if row is not None and row.mime in (PDF, *PICTURES) else None


def page_total(row: Attachment) -> int:
    """How many pages the file has; 0 when it cannot be read."""
    return _total(row.sha256) if row.mime == PDF else 1


def page_bytes(row: Attachment, number: int) -> tuple[bytes, str]:
    """One page (from 1) as a picture, with its type.  Raises Missing for a page that is not there, CannotDraw."""
    if not 1 <= number <= page_total(row):
        raise Missing(what="这一页")
    return (_page(row.sha256, number), "image/png") if row.mime == PDF else (_read(row.sha256), row.mime)


def _read(sha256: str) -> bytes:
    with zone_store().open(sha256) as stream:
        return stream.read()


@lru_cache(maxsize=512)
def _total(sha256: str) -> int:
    try:
        return int(PdfFileReader(BytesIO(_read(sha256)), strict=False).root["/Pages"]["/Count"])
    except (PdfReadError, KeyError, ValueError):
        return 0


@lru_cache(maxsize=64)
def _page(sha256: str, number: int) -> bytes:
    with TemporaryDirectory(prefix="page-") as folder:
        Path(folder, "paper.pdf").write_bytes(flattened(_read(sha256)))
        return page_picture(Path(folder), number)


def whole(row: Attachment) -> bytes:
    """The stored file itself."""
    return _read(row.sha256)
