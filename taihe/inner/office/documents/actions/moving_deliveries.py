"""机构变动: what a merged organ has not signed for goes to its successor; the list still says to whom it was sent."""

from __future__ import annotations

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.search.sources import touch_many
from taihe.inner.people.models import Organ

from ..access import DOCUMENT
from ..models import Delivery
from ..states import LIVE_DELIVERIES, DeliveryState
from .deliveries import Kind, end, locked, note


@action("documents.move_deliveries")
def move_deliveries(actor: Actor, organ: Organ, successor: Organ, *, told: str) -> int:
    """Unsigned copies move, or end where the successor has the document already.  Returns how many moved."""
    rows = locked(Delivery.objects.filter(organ=organ, state=DeliveryState.SENT))
    theirs = Delivery.objects.filter(organ=successor, state__in=LIVE_DELIVERIES)
    have = set(theirs.filter(document__in={row.document_id for row in rows}).values_list("document_id", flat=True))
    twice = [row for row in rows if row.document_id in have]
    end(actor, twice, DeliveryState.RECALLED, f"{told}，由承接单位一并签收", notice=False)
    moved = [row for row in rows if row.document_id not in have]
    for row in moved:
        row.organ, row.version = successor, row.version + 1
    Delivery.objects.bulk_update(moved, ["organ", "version"], batch_size=200)
    touch_many(DOCUMENT, sorted({row.document_id for row in rows}))
    note(actor, moved, Kind.MOVED, clock.now(), text=f"{told}，原送{organ.name}", notice=True)
    record(organ, detail={"moved": len(moved), "ended": len(twice), "into": successor.code})
    return len(moved)
