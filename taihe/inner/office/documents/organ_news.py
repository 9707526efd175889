"""When organs change: copies on their way follow a merger; those of an abolished organ wait for the sender."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.inner.people.models import OrganEvent, OrganEventKind
from taihe.inner.people.registry import on_organ_changed

from .actions.moving_deliveries import move_deliveries


@on_organ_changed("documents.deliveries")
def organ_changed(actor: Actor, event: OrganEvent) -> None:
    """A merged organ's unsigned papers go with it.  One abolished without a successor stands on the receipts page."""
    if event.kind == OrganEventKind.MERGED and event.into is not None:
        move_deliveries(actor, event.organ, event.into, told=f"并入{event.after_name}")
