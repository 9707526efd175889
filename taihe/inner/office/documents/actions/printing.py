"""打印: each print of a document leaves an entry, whichever paper it is for."""

from __future__ import annotations

from taihe.ground.action import action, record
from taihe.ground.actor import Actor

from ..models import Document
from ..queries import steps


@action("documents.print")
def note_print(actor: Actor, pk: int, *, stock: str) -> Document:
    """Record a print for plain or pre-printed stock.  Raises Missing for what is not the actor's to see."""
    document = steps.document(actor, pk)
    detail = {"stock": stock, "number": document.number, "sha256": document.pdf_sha256, "version": document.head}
    record(document, detail=detail)
    return document
