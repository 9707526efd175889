"""打印: each print of a document leaves an entry, whichever paper it is for."""

from __future__ import annotations

from taihe.ground.action import action, record
from taihe.ground.actor import Actor

from ..access import require_read
from ..models import Document


@action("documents.print")
def note_print(actor: Actor, document: Document, *, stock: str) -> None:
    """Record a print for plain or pre-printed stock.  Raises NotAllowed."""
    require_read(actor, document)
    detail = {"stock": stock, "number": document.number, "sha256": document.pdf_sha256, "version": document.head}
    record(document, detail=detail)
