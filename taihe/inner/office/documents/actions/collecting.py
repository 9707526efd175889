"""签收 on the receiving side: seen, signed for with time and name, printed, or sent back (退文).

条例第二十四条: 签收 is counted piece by piece, with signature and time; a paper that fails the first look is
returned with the reason.
"""

from __future__ import annotations

from django.db.models import F

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, StaleVersion
from taihe.inner.people.permissions import require

from ..errors_distributing import DeliveryClosed
from ..models import Delivery
from ..rights import RECEIVE
from ..search import touched
from ..states import DeliveryState
from .deliveries import Kind, named, note, posted, why

HELD = (DeliveryState.SENT, DeliveryState.SIGNED)


def _mine(actor: Actor, pk: int, version: int | None, states: tuple[DeliveryState, ...], verb: str) -> Delivery:
    """The organ's copy, locked, in one of these states.

    Raises Missing, NotAllowed, DeliveryClosed, StaleVersion.
    """
    row = Delivery.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=pk).first()
    if row is None:
        raise Missing(what="这份来文")
    require(actor, RECEIVE, row.organ)
    if row.state not in states:
        raise DeliveryClosed(title=row.title, organ=row.organ_name, what=_told(row), verb=verb)
    if version is not None and row.version != version:
        raise StaleVersion(what="这份来文")
    return row


def _told(row: Delivery) -> str:
    if row.state == DeliveryState.SIGNED and row.signed_at:
        return f"已由{row.signed_by_name}于{clock.local(row.signed_at):%m月%d日%H:%M}签收"
    return row.get_state_display()


def mark_opened(actor: Actor, row: Delivery) -> None:
    """Note the first look of a clerk; nothing is written when it was seen before or is over."""
    if row.opened_at is None and row.state in HELD:
        _opened(actor, row.pk)


@action("documents.open_delivery")
def _opened(actor: Actor, pk: int) -> Delivery:
    row = _mine(actor, pk, None, HELD, "查看")
    if row.opened_at is None:
        _see(actor, row)
        row.save(update_fields=["opened_at", "opened_by_name"])  # the version stays: the form is not out of date
        note(actor, [row], Kind.OPENED, clock.now())
    record(row, detail={"organ": row.organ.code})
    return row


def _see(actor: Actor, row: Delivery) -> None:
    if row.opened_at is None:
        row.opened_at, row.opened_by_name = clock.now(), named(actor)


@action("documents.sign_for")
def sign_for(actor: Actor, pk: int, version: int | None) -> Delivery:
    """签收 once, with time, name and post; the paper then stands in the organ's 收文.

    Raises Missing, NotAllowed, DeliveryClosed (a colleague was faster, or it was taken back), StaleVersion.
    """
    row = _mine(actor, pk, version, (DeliveryState.SENT,), "签收")
    before = snapshot(row)
    _see(actor, row)
    row.state, row.signed_at = DeliveryState.SIGNED, clock.now()
    row.signed_by_name, row.signed_post, row.version = named(actor), posted(actor), row.version + 1
    row.save(
        update_fields=[
            "state", "signed_at", "signed_by_name", "signed_post", "opened_at", "opened_by_name", "version",
        ]
    )  # fmt: skip
    note(actor, [row], Kind.SIGNED, row.signed_at)
    _receive(actor, row)
    record(row, before=before, after=snapshot(row), detail={"organ": row.organ.code, "number": row.number})
    return row


def _receive(actor: Actor, row: Delivery) -> None:
    from .receiving import receive

    receive(actor, row)


@action("documents.note_print")
def note_print(actor: Actor, pk: int) -> Delivery:
    """Count a print of the original.  Raises Missing, NotAllowed, DeliveryClosed."""
    row = _mine(actor, pk, None, HELD, "打印")
    now = clock.now()
    _see(actor, row)
    Delivery.objects.filter(pk=pk).update(
        prints=F("prints") + 1,
        printed_at=row.printed_at or now,
        opened_at=row.opened_at,
        opened_by_name=row.opened_by_name,
    )
    row.prints += 1
    note(actor, [row], Kind.PRINTED, now, text=f"第{row.prints}次")
    record(row, detail={"prints": row.prints, "organ": row.organ.code})
    return row


@action("documents.refuse_delivery")
def refuse(actor: Actor, pk: int, version: int | None, *, reason: str) -> Delivery:
    """退文 of a copy that was not signed for: it does not concern the organ, or cannot be read.

    Raises Missing, NotAllowed, DeliveryClosed, StaleVersion, BadInput.
    """
    row = _mine(actor, pk, version, (DeliveryState.SENT,), "退文")
    return_paper(actor, row, reason)
    record(row, detail={"organ": row.organ.code})
    return row


@action("documents.return_paper")
def return_paper(actor: Actor, delivery: Delivery, reason: str) -> Delivery:
    """Within another act of the receiving organ, which has asked for the right: the copy goes back with the reason.

    The sender sees it among the receipts and may send it anew.  Raises DeliveryClosed, BadInput.
    """
    row = Delivery.objects.select_for_update(of=("self",)).select_related("organ").get(pk=delivery.pk)
    if row.state not in HELD:
        raise DeliveryClosed(title=row.title, organ=row.organ_name, what=_told(row), verb="退文")
    said, before = why(reason, "退文理由"), snapshot(row)
    _see(actor, row)
    row.state, row.ended_reason, row.version = DeliveryState.RETURNED, said, row.version + 1
    row.save(update_fields=["state", "ended_reason", "opened_at", "opened_by_name", "version"])
    note(actor, [row], Kind.RETURNED, clock.now(), text=said)
    touched(row.document_id)
    record(row, before=before, after=snapshot(row), detail={"organ": row.organ.code, "reason": said})
    delivery.state, delivery.ended_reason, delivery.version = row.state, row.ended_reason, row.version
    return row
