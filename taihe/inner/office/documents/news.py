"""What other modules hear of documents: a document was issued.

Handlers run once, inside the action of the first distribution, with (actor, document); what is slow they enqueue.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from taihe.ground.actor import Actor
from taihe.inner.people.registry import Handlers

from .models import Document

IssuedHandler: TypeAlias = Callable[[Actor, Document], None]
on_issued: Handlers[IssuedHandler] = Handlers("document_issued")


def tell_issued(actor: Actor, document: Document) -> None:
    """A document has gone out for the first time."""
    for handler in on_issued:
        handler(actor, document)
