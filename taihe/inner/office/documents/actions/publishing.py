"""主动公开: a document notes which draft of the website it became."""

from __future__ import annotations

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.inner.people.permissions import require
from taihe.inner.portal.actions.offering import Prepared, offer_article

from ..models import Document
from ..rights import REGISTER


@action("documents.offer_to_portal")
def offer_to_portal(actor: Actor, pk: int, prepared: Prepared) -> int:
    """Put the draft on the desk and note it; returns the page's number.  Done again, nothing changes.

    Raises Missing, NotAllowed, NoDocumentColumn.
    """
    document = Document.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=pk).first()
    if document is None:
        raise Missing(what="这份公文")
    require(actor, REGISTER, document.organ)
    if document.portal_page is None:
        document.portal_page = offer_article(actor, prepared)
        document.save(update_fields=["portal_page"])
    record(document, detail={"page": document.portal_page, "sha256": prepared.sha256})
    return int(document.portal_page)
