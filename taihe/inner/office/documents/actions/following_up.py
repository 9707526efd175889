"""After 分发, on the sender's side: 催收 within its caps, 收回 from a wrong organ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from django.db.models import Count, F

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.rules import rule

from ..errors_distributing import NobodyToSend, UrgedEnough
from ..models import Delivery, DeliveryEvent
from ..search import touched
from ..states import LIVE_DELIVERIES, DeliveryState
from .deliveries import BATCH, Kind, end, hold_flows_of, issued, locked, note, touch, why
from .receiving import recalled


@action("documents.urge_receipt")
def urge(actor: Actor, pk: int, *, deliveries: Sequence[int] = (), words: str = "") -> int:
    """催收: remind whoever has not signed, all of them or the chosen copies; returns how many were reminded.

    Capped for each copy, in a day and altogether (rules documents.urges_per_delivery*).  Copies at their cap are
    passed over; raises UrgedEnough when all are, NobodyToSend when everybody has signed.
    """
    document = issued(actor, pk, None, "催收")
    rows = Delivery.objects.filter(document=document, state=DeliveryState.SENT)
    waiting = locked(rows.filter(pk__in=deliveries) if deliveries else rows)
    if not waiting:
        raise NobodyToSend(what="没有待签收的单位，无须催收。")
    due = _below_cap(waiting)
    if not due:
        who = waiting[0].organ_name if len(waiting) == 1 else f"{len(waiting)}个待签收单位"
        day, whole = rule("documents.urges_per_delivery_day"), rule("documents.urges_per_delivery")
        raise UrgedEnough(who=who, day=day, all=whole)
    now, said = clock.now(), " ".join(words.split())[:200]
    for start in range(0, len(due), BATCH):
        part = [row.pk for row in due[start : start + BATCH]]
        # The version stays: the receiver's open form is not out of date.
        Delivery.objects.filter(pk__in=part).update(urged=F("urged") + 1, urged_at=now)
    note(actor, due, Kind.URGED, now, text=said or "请尽快签收", notice=True)
    detail = {"urged": len(due), "passed_over": len(waiting) - len(due)}
    record(document, detail=detail)
    return len(due)


def _below_cap(waiting: Sequence[Delivery]) -> list[Delivery]:
    morning = datetime.combine(clock.today(), time(), clock.COUNTY_ZONE)
    day, whole = rule("documents.urges_per_delivery_day"), rule("documents.urges_per_delivery")
    today = dict(
        DeliveryEvent.objects.filter(delivery__in=[row.pk for row in waiting], kind=Kind.URGED, at__gte=morning)
        .values_list("delivery_id")
        .annotate(times=Count("pk"))
    )
    return [row for row in waiting if row.urged < whole and today.get(row.pk, 0) < day]


@action("documents.recall")
def recall(actor: Actor, pk: int, version: int | None, *, deliveries: Sequence[int], reason: str) -> list[Delivery]:
    """收回 chosen copies, signed for or not: the organ keeps a line, and can open the text no more.

    Raises NotAllowed, StaleVersion, NotInForce, BadInput, NobodyToSend when none of them is there to take back.
    """
    document = issued(actor, pk, version, "收回")
    said = why(reason, "收回原因")
    wanted = Delivery.objects.filter(document=document, pk__in=deliveries, state__in=LIVE_DELIVERIES)
    hold_flows_of(wanted)
    rows = locked(wanted)
    if not rows:
        raise NobodyToSend(what="请选择要收回的单位；已经收回或换版的不必再收回。")
    signed = [row for row in rows if row.state == DeliveryState.SIGNED]
    end(actor, rows, DeliveryState.RECALLED, said, text=f"收回：{said}")
    for row in signed:
        recalled(actor, row, said)
    touch(document)
    touched(document.pk)
    detail = {"organs": [row.organ_name for row in rows], "signed": len(signed), "reason": said}
    record(document, after=snapshot(document), detail=detail)
    return rows
