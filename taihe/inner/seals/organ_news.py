"""When an organ is merged or abolished its seals are out of use at once; destroying them stays with their managers."""

from __future__ import annotations

from taihe.ground.actor import Actor
from taihe.inner.people.models import OrganEvent, OrganEventKind
from taihe.inner.people.registry import on_organ_changed

from .actions.issuing import suspend_of_organ


@on_organ_changed("seals.suspend")
def organ_changed(actor: Actor, event: OrganEvent) -> None:
    """机构并入、撤销: its seals are suspended in the same transaction."""
    if event.kind in (OrganEventKind.MERGED, OrganEventKind.ABOLISHED):
        suspend_of_organ(actor, event.organ_id, why=f"机构{event.get_kind_display()}")
