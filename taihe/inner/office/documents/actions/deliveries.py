"""What the actions of 分发 share: copies and their events made in bulk, rows locked in one order.

Lock order: the flow's instance, the document, a document it replaces, flows of 收文, then deliveries by number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing, StaleVersion
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import require
from taihe.inner.workflow.models import ProcessInstance

from ..errors_distributing import NotInForce
from ..models import Delivery, DeliveryEvent, Dispatch, Document, Incoming
from ..rights import REGISTER
from ..states import DeliveryState, Force, State

BATCH = 500
Kind = DeliveryEvent.Kind


def named(actor: Actor) -> str:
    """The actor as a copy keeps them."""
    return str(actor)[:80]


def posted(actor: Actor) -> str:
    """The acting post with its organ."""
    return " ".join(filter(None, (actor.organ_name, actor.post_name)))[:160]


def why(text: str, what: str = "原因") -> str:
    """A reason that says something.  Raises BadInput."""
    said, least = " ".join(text.split()), rule("documents.reason_characters")
    if len(said) < least:
        raise BadInput(what=f"请写明{what}（不少于{least}个字）。")
    return said[:300]


def issued(actor: Actor, pk: int, version: int | None, verb: str) -> Document:
    """The issued document in force, locked, for the office that distributes it.

    Raises Missing, NotAllowed, StaleVersion, NotInForce.
    """
    row = Document.objects.select_for_update(of=("self",)).select_related("series__office").filter(pk=pk).first()
    if row is None:
        raise Missing(what="这份公文")
    require(actor, REGISTER, row.series.office)
    if version is not None and row.version != version:
        raise StaleVersion(what="该公文的分发情况")
    require_in_force(row, verb)
    return row


def require_in_force(row: Document, verb: str) -> None:
    """Raises NotInForce."""
    if row.state != State.ISSUED or row.force != Force.IN_FORCE:
        status = row.get_force_display() if row.state == State.ISSUED else row.get_state_display()
        raise NotInForce(title=row.title, status=status, verb=verb)


def locked(rows: QuerySet[Delivery]) -> list[Delivery]:
    """Deliveries locked by number, so that no two acts wait for each other."""
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def hold_flows_of(rows: QuerySet[Delivery]) -> None:
    """Lock the receivers' flows over these copies before the copies, as 初审 does when it returns a paper."""
    flows = Incoming.objects.filter(delivery__in=rows, instance_id__isnull=False).values("instance_id")
    held = ProcessInstance.objects.select_for_update(of=("self",)).filter(pk__in=flows).order_by("pk")
    list(held.values_list("pk", flat=True))


def new_round(actor: Actor, document: Document, kind: str, at: datetime, reason: str = "") -> Dispatch:
    """The next round of a locked document."""
    last = Dispatch.objects.filter(document=document).order_by("-number").values_list("number", flat=True).first()
    return Dispatch.objects.create(
        document=document,
        number=(last or 0) + 1,
        kind=kind,
        reason=reason,
        sent_at=at,
        sent_by_name=named(actor),
        sent_by_post=posted(actor),
    )


def send(
    actor: Actor, dispatch: Dispatch, document: Document, to: Sequence[tuple[Organ, str, int]], text: str = ""
) -> list[Delivery]:
    """Copies for organs (with role and order) and their 发出 events, in as many queries as there are batches."""
    rows = Delivery.objects.bulk_create(
        [
            Delivery(
                dispatch=dispatch,
                document=document,
                organ=organ,
                organ_name=organ.name,
                role=role,
                order=order,
                sent_at=dispatch.sent_at,
                title=document.title,
                number=document.number,
                sender_name=document.organ_name,
                urgency=document.urgency,
            )
            for organ, role, order in to
        ],
        batch_size=BATCH,
    )
    note(actor, rows, Kind.SENT, dispatch.sent_at, text=text, notice=True)
    return rows


def note(
    actor: Actor, rows: Iterable[Delivery], kind: str, at: datetime, *, text: str = "", notice: bool = False
) -> None:
    """One event for each copy; `notice` puts it before the receiving organ's clerk."""
    DeliveryEvent.objects.bulk_create(
        [
            DeliveryEvent(
                delivery=row,
                organ_id=row.organ_id,
                kind=kind,
                notice=notice,
                text=text[:400],
                at=at,
                by_name=named(actor),
                by_post=posted(actor),
            )
            for row in rows
        ],
        batch_size=BATCH,
    )


def end(
    actor: Actor, rows: Sequence[Delivery], state: DeliveryState, reason: str, *, text: str = "", notice: bool = True
) -> None:
    """Locked copies come to an end (收回, 换版), each with its event."""
    now, kind = clock.now(), Kind.REPLACED if state == DeliveryState.REPLACED else Kind.RECALLED
    for start in range(0, len(rows), BATCH):
        part = [row.pk for row in rows[start : start + BATCH]]
        Delivery.objects.filter(pk__in=part).update(
            state=state, ended_at=now, ended_reason=reason[:300], version=F("version") + 1
        )
    for row in rows:
        row.state, row.ended_at, row.ended_reason, row.version = state, now, reason[:300], row.version + 1
    note(actor, rows, kind, now, text=text or reason, notice=notice)


def touch(document: Document, *fields: str) -> None:
    """Store the named fields of a locked document under its next version."""
    document.version += 1
    document.save(update_fields=[*fields, "version"])
