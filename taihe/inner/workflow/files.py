"""Who may open what hangs on a work item (代录凭证): whoever may see the flow."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.files.models import Attachment
from taihe.ground.files.owners import register_authoriser

from .queries import get_item


def may_open(actor: Actor, row: Attachment) -> bool:
    """Whether the actor may see the item the file belongs to."""
    try:
        get_item(actor, int(row.owner_id))
    except (Missing, ValueError):
        return False
    return True


OWNER = "workflow.item"
register_authoriser(OWNER, may_open)
