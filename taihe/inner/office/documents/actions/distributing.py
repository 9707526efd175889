"""分发: the sealed document goes out to its frozen list, all copies or none; later rounds (补发, 换版).

条例第二十五条: 核发 comes last, after the text, format and print were looked at.  Who received it is fixed here: a
change of an organ or of a recipient group afterwards changes no list.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.killpoints import killpoint
from taihe.inner.people.models import Organ, OrganStatus
from taihe.inner.people.permissions import require
from taihe.inner.workflow.actions import complete
from taihe.inner.workflow.actions.rows import at_desk

from .. import recipients
from ..errors_distributing import NobodyToSend, NotReadyToSend
from ..models import Addressee, Delivery, Dispatch, Document
from ..news import tell_issued
from ..rights import REGISTER
from ..search import touched
from ..states import LIVE_DELIVERIES, DeliveryState, Force, State
from . import numbering
from .deliveries import end, hold_flows_of, issued, locked, new_round, send, touch, why
from .receiving import replaced

NODE, DONE = "distribute", "done"
Copies = list[tuple[Organ, str, int]]


@action("documents.distribute")
def distribute(actor: Actor, item_pk: int, item_version: int) -> Document:
    """Send the document of an item at 分发 to everybody on its list, once, and end its flow.

    A corrected document also goes to whoever held the one it replaces, whose copies end (换版).  Raises
    NotYourItem, ItemClosed, StaleVersion, NotAllowed, NotReadyToSend, NobodyToSend.
    """
    document = _at_last_step(actor, item_pk, item_version)
    before = snapshot(document)
    old = _replaced(document)
    copies = _frozen(document)
    kind = Dispatch.Kind.FIRST
    if old is not None:
        kind = Dispatch.Kind.CORRECTED
        copies += _holders(old, document, without={organ.pk for organ, _, _ in copies})
    if not copies:
        raise NobodyToSend(what="主送和抄送中没有任何在册单位。")
    now = clock.now()
    reason = document.basis if old is not None else ""
    dispatch = new_round(actor, document, kind, now, reason)
    killpoint("distribution.round_made")
    send(actor, dispatch, document, copies, text=f"换版更正，替代{old.number}" if old is not None else "")
    killpoint("distribution.copies_made")
    if document.dated is not None:  # a sealed document is dated (document_signed_has_digest)
        numbering.issue(actor, document, document.dated)
    document.state, document.force = State.ISSUED, Force.IN_FORCE
    document.issued_at = document.sorted_at = now
    touch(document, "state", "force", "issued_at", "sorted_at")
    if old is not None:
        _end_old(actor, old, document)
    complete(actor, item_pk, item_version, outcome=DONE)
    tell_issued(actor, document)
    killpoint("distribution.before_commit")
    detail = {"dispatch": dispatch.pk, "kind": kind, "copies": len(copies), "sha256": document.pdf_sha256}
    record(document, before=before, after=snapshot(document), detail=detail)
    return document


def _at_last_step(actor: Actor, item_pk: int, item_version: int) -> Document:
    """The document of the actor's item, flow first, then document locked.  Raises as `distribute`."""
    at = at_desk(actor, item_pk, item_version, "分发")
    document = (
        Document.objects.select_for_update(of=("self",))
        .select_related("series__office")
        .filter(instance_id=at.instance.pk)
        .first()
    )
    if document is None or at.item.node != NODE:
        raise NotReadyToSend(title=at.item.title, status=at.item.node_title)
    require(actor, REGISTER, document.series.office)
    if document.state != State.SEALED:
        raise NotReadyToSend(title=document.title, status=document.get_state_display())
    return document


def _frozen(document: Document) -> Copies:
    """Who is on the list today, as it will stand for good."""
    return [(one.organ, one.role, one.order) for one in recipients.resolve(document)]


def _replaced(document: Document) -> Document | None:
    """The document that this one corrects, locked; none when that is no longer in force."""
    if document.replaces_id is None:
        return None
    old = Document.objects.select_for_update(of=("self",)).get(pk=document.replaces_id)
    if old.force != Force.IN_FORCE:
        raise NotReadyToSend(title=document.title, status=f"所更正的{old.number}{old.get_force_display()}")
    return old


def _holders(old: Document, document: Document, *, without: Collection[int]) -> Copies:
    """Organs that hold the old paper and are not on the new list: they must learn of the correction."""
    rows = Delivery.objects.filter(document=old, state__in=LIVE_DELIVERIES).select_related("organ").order_by("order")
    last = Delivery.objects.filter(document=document).count() + len(without)
    held = [row for row in rows if row.organ_id not in without and row.organ_id != document.organ_id]
    return [(row.organ, row.role, last + place) for place, row in enumerate(held, start=1)]


def _end_old(actor: Actor, old: Document, new: Document) -> None:
    """换版: the old paper is worth nothing from now on, and everybody who holds it is told."""
    reason = f"已换版，以{new.number}为准"
    held = Delivery.objects.filter(document=old, state__in=LIVE_DELIVERIES)
    hold_flows_of(held)
    rows = locked(held)
    signed = [row for row in rows if row.state == DeliveryState.SIGNED]
    end(actor, rows, DeliveryState.REPLACED, reason, text=f"{reason}：{new.basis}" if new.basis else reason)
    for row in signed:
        replaced(actor, row, reason)
    old.force = Force.CORRECTED
    old.force_note = f"{clock.today():%Y-%m-%d}由{new.number}换版更正。{new.basis}"[:300]
    touch(old, "force", "force_note")
    touched(old.pk)


@action("documents.send_further")
def send_further(
    actor: Actor, pk: int, version: int | None, *, organs: Sequence[int] = (), groups: Sequence[str] = (), reason: str
) -> Dispatch:
    """补发 to forgotten organs or groups; a copy that came back (退文) is sent anew.

    Who holds a copy gets no second one; a merged organ's successor gets it.  Raises NotAllowed, StaleVersion,
    NotInForce, NobodyToSend, BadInput.
    """
    document = issued(actor, pk, version, "补发")
    said = why(reason, "补发原因")
    held = {row.organ_id: row for row in locked(Delivery.objects.filter(document=document, state__in=LIVE_DELIVERIES))}
    wanted = _living(organs, groups)
    again = [held[one.pk] for one in wanted if one.pk in held and held[one.pk].state == DeliveryState.RETURNED]
    fresh = [one for one in wanted if one.pk not in held and one.pk != document.organ_id]
    if not (again or fresh):
        raise NobodyToSend(what="所选单位都已经有这份公文，或者是发文机关自己，或者已经撤销。")
    end(actor, again, DeliveryState.RECALLED, "退文后重新发送", notice=False)
    places = {row.organ_id: (row.role, row.order) for row in again}
    roles = {one.organ.pk: one.role for one in recipients.resolve(document)}
    last = Delivery.objects.filter(document=document).count()
    copies: Copies = [
        (one, *places.get(one.pk, (roles.get(one.pk, Addressee.Role.CC), last + place)))
        for place, one in enumerate([*[row for row in wanted if row.pk in places], *fresh], start=1)
    ]
    dispatch = new_round(actor, document, Dispatch.Kind.FURTHER, clock.now(), said)
    send(actor, dispatch, document, copies, text=f"补发：{said}")
    touch(document)
    touched(document.pk)
    detail = {"dispatch": dispatch.pk, "organs": [one.code for one, _, _ in copies], "reason": said}
    record(document, after=snapshot(document), detail=detail)
    return dispatch


def _living(organs: Sequence[int], groups: Sequence[str]) -> list[Organ]:
    """The organs meant, each once: those chosen (or what they were merged into), then those of the groups."""
    found: dict[int, Organ] = {}
    for one in Organ.objects.filter(pk__in=organs).select_related("successor").order_by("order", "code"):
        target = one
        while target.status == OrganStatus.MERGED and target.successor is not None:
            target = target.successor
        if target.status == OrganStatus.ACTIVE:
            found.setdefault(target.pk, target)
    for key in groups:
        for one in recipients.expand(key):
            found.setdefault(one.pk, one)
    return list(found.values())
