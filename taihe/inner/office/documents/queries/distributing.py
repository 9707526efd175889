"""Reading 分发: who will get a document, who has signed for it, and what lies before a receiving clerk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.inner.people.models import Appointment, Organ, OrganKind, OrganStatus, in_force
from taihe.inner.people.permissions import EVERYWHERE, may, scopes_of, within
from taihe.inner.workflow.models import Status, WorkItem

from .. import recipients
from ..access import IN_HANDS
from ..models import Delivery, DeliveryEvent, Dispatch, Document, Incoming
from ..rights import DRAFT, READ, RECEIVE, REGISTER
from ..states import LIVE_DELIVERIES, DeliveryState, Force, State

CLERK = "document_clerk"
NODE = "distribute"
NEVER_ADDRESSED = (
    OrganKind.SUPERIOR, OrganKind.LEADING_GROUP, OrganKind.LEADING_GROUP_OFFICE, OrganKind.INTERNAL_OFFICE,
    OrganKind.STATION, OrganKind.VILLAGE, OrganKind.COMMUNITY,
)  # fmt: skip
UNOPENED, OPENED, SIGNED, PRINTED, RETURNED, ENDED = "unopened", "opened", "signed", "printed", "returned", "ended"
STANDINGS: dict[str, tuple[str, Callable[[Delivery], bool]]] = {
    UNOPENED: ("未查看", lambda row: row.state == DeliveryState.SENT and row.opened_at is None),
    OPENED: ("已查看未签收", lambda row: row.state == DeliveryState.SENT and row.opened_at is not None),
    SIGNED: ("已签收", lambda row: row.state == DeliveryState.SIGNED),
    PRINTED: ("已打印", lambda row: row.state in IN_HANDS and row.prints > 0),
    RETURNED: ("退文", lambda row: row.state == DeliveryState.RETURNED),
    ENDED: ("已收回、换版", lambda row: row.state in (DeliveryState.RECALLED, DeliveryState.REPLACED)),
}


# -- before 分发 ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """One organ on the list as it will be frozen; `clerk` tells whether anybody there can sign for it."""

    organ: Organ
    text: str
    clerk: bool


@dataclass(frozen=True)
class Preview:
    """The list before it is frozen, by 主送 and 抄送."""

    mains: Sequence[Listed]
    copies: Sequence[Listed]

    @property
    def total(self) -> int:
        """How many organs."""
        return len(self.mains) + len(self.copies)

    @property
    def without_clerk(self) -> list[Listed]:
        """Organs where nobody can sign yet."""
        return [one for one in (*self.mains, *self.copies) if not one.clerk]


def preview(document: Document) -> Preview:
    """To whom a document would go today."""
    found = recipients.resolve(document)
    manned = with_clerk(one.organ.pk for one in found)
    listed = [(one.role, Listed(one.organ, one.text, one.organ.pk in manned)) for one in found]
    return Preview(
        [row for role, row in listed if role == "main"],
        [row for role, row in listed if role == "cc"],
    )


def with_clerk(organs: Iterable[int]) -> set[int]:
    """Of these organs, those where somebody holds a document clerk's post today (1 query)."""
    day = clock.today()
    held = Appointment.objects.filter(
        in_force(day), in_force(day, "post__"), post__organ__in=list(organs), officer__is_active=True
    )
    return {organ for organ, duties in held.values_list("post__organ_id", "post__duties") if CLERK in duties}


def sending_item(actor: Actor, document: Document) -> WorkItem | None:
    """The open item at 分发 of a sealed document, if the actor's post has it."""
    if document.instance_id is None or not actor.post_id.isdigit():
        return None
    rows = WorkItem.objects.filter(
        instance=document.instance_id, node=NODE, status=Status.OPEN, kind="do", post=int(actor.post_id)
    )
    return rows.order_by("pk").first()


def to_send(actor: Actor, pk: int) -> Document:
    """A document for the office that sends it out.  Raises Missing."""
    row = Document.objects.select_related("series__office", "replaces").filter(pk=pk).first()
    if row is None or not may(actor, REGISTER, row.series.office):
        raise Missing(what="这份公文")
    return row


# -- the sender's view ------------------------------------------------------------------------------


def sent_out(actor: Actor, pk: int) -> Document:
    """An issued document for those who may see its receipts: office, drafting organ, readers of the organ.

    Raises Missing.
    """
    row = (
        Document.objects.select_related("series__office", "organ", "drafting_organ", "replaces")
        .filter(pk=pk, state=State.ISSUED)
        .first()
    )
    if row is None or not may_see_receipts(actor, row):
        raise Missing(what="这份公文的分发回执")
    return row


def may_see_receipts(actor: Actor, row: Document) -> bool:
    """The drafter, the office that sends, and drafters and readers of the two organs; not those who received it."""
    if str(row.drafter_id) == actor.person_id and actor.kind == "officer":
        return True
    asked = ((REGISTER, row.series.office), (READ, row.organ), (DRAFT, row.drafting_organ), (READ, row.drafting_organ))
    return any(may(actor, permission, organ) for permission, organ in asked)


def may_follow_up(actor: Actor, row: Document) -> bool:
    """Whether the actor may urge, send further, recall and correct."""
    return row.force == Force.IN_FORCE and may(actor, REGISTER, row.series.office)


def receipts(document: Document) -> list[Delivery]:
    """Every copy of a document in the order of its list (1 query; some hundred rows at most)."""
    rows = Delivery.objects.filter(document=document).select_related("organ", "dispatch")
    return list(rows.order_by("order", "pk"))


def counts(rows: Sequence[Delivery]) -> dict[str, int]:
    """How many copies stand where; `all` is every copy ever sent."""
    found = {key: sum(1 for row in rows if stands(row)) for key, (_, stands) in STANDINGS.items()}
    return {**found, "all": len(rows)}


def narrowed(rows: Sequence[Delivery], *, standing: str = "", text: str = "", role: str = "") -> list[Delivery]:
    """The copies that stand there, whose organ is called so, of one role."""
    stands = STANDINGS[standing][1] if standing in STANDINGS else lambda row: True
    return [
        row
        for row in rows
        if stands(row)
        and (not role or row.role == role)
        and (text in row.organ_name or text in row.organ.name or text in row.organ.short_name)
    ]


def masterless(row: Delivery) -> bool:
    """无承接单位: the organ is gone, nobody took its papers over, and nobody will sign."""
    return row.state == DeliveryState.SENT and row.organ.status != OrganStatus.ACTIVE


def events(document: Document, limit: int = 40) -> list[DeliveryEvent]:
    """What happened to the copies, newest first; the many 发出 of one round are told by the round."""
    rows = DeliveryEvent.objects.filter(delivery__document=document).exclude(kind=DeliveryEvent.Kind.SENT)
    return list(rows.select_related("delivery").order_by("-pk")[:limit])


def rounds(rows: Sequence[Delivery]) -> list[tuple[Dispatch, int]]:
    """Every round of sending with the number of its copies."""
    copies = Counter(row.dispatch_id for row in rows)
    return [(one, copies[one.pk]) for one in {row.dispatch_id: row.dispatch for row in rows}.values()]


def correction_of(document: Document) -> Document | None:
    """The corrected version begun or issued, if any."""
    return Document.objects.filter(replaces=document).exclude(state=State.CANCELLED).order_by("-pk").first()


def live(document: Document) -> list[Delivery]:
    """The copies that are not over, in the order of the list."""
    return list(Delivery.objects.filter(document=document, state__in=LIVE_DELIVERIES).order_by("order", "pk"))


def chosen(document: Document, pks: Sequence[int]) -> list[Delivery]:
    """The copies of a document among these numbers that are not over."""
    return [one for one in live(document) if one.pk in set(pks)]


def without_copy(document: Document) -> list[Organ]:
    """Organs that have no copy in their hands and could get one, in their order (1 query)."""
    held = Delivery.objects.filter(document=document, state__in=IN_HANDS).values("organ")
    return list(
        Organ.objects.filter(in_force(clock.today()), status=OrganStatus.ACTIVE)
        .exclude(kind__in=NEVER_ADDRESSED)
        .exclude(pk__in=held)
        .exclude(pk=document.organ_id)
        .order_by("order", "code")
    )


# -- the receiving organ ------------------------------------------------------------------------------


def receives_for(actor: Actor) -> Q:
    """Conditions on an organ: those for which the actor signs, not all those below them.

    A clerk's right covers the organ and all below it; papers of a department are signed for by the department.
    """
    paths = scopes_of(actor, RECEIVE)
    if EVERYWHERE in paths:
        return Q()
    own = Q(code=actor.organ) & within(paths)
    return Q(path__in=paths) | own


def my_organs(actor: Actor) -> list[int]:
    """Numbers of the organs for which the actor signs (1 query)."""
    if not may(actor, RECEIVE):
        return []
    return list(Organ.objects.filter(receives_for(actor)).values_list("pk", flat=True)[:50])


def _named(rows: QuerySet[Delivery], text: str) -> QuerySet[Delivery]:
    named = Q(title__contains=text) | Q(number__contains=text) | Q(sender_name__contains=text)
    return rows.filter(named) if text else rows


def _sent_to(organs: Sequence[int]) -> QuerySet[Delivery]:
    """Copies for these organs; for one, as nearly always, in the order of its index."""
    return Delivery.objects.filter(organ=organs[0]) if len(organs) == 1 else Delivery.objects.filter(organ__in=organs)


def waiting(actor: Actor, organs: Sequence[int] | None = None, *, text: str = "") -> QuerySet[Delivery]:
    """待签收 of the actor's organs (`my_organs` unless given), newest first."""
    rows = _sent_to(my_organs(actor) if organs is None else organs).filter(state=DeliveryState.SENT)
    return _named(rows, text).order_by("-sent_at", "-id")


def waiting_count(actor: Actor) -> int:
    """How many papers wait for the actor's 签收, up to a hundred (1 query; shown on every page)."""
    if not may(actor, RECEIVE):
        return 0
    mine = Organ.objects.filter(receives_for(actor)).values("pk")
    return len(Delivery.objects.filter(organ__in=mine, state=DeliveryState.SENT).values_list("pk")[:100])


def handled(organs: Sequence[int], *, text: str = "") -> QuerySet[Delivery]:
    """What was signed for, returned, recalled or replaced, newest first."""
    rows = _sent_to(organs).exclude(state=DeliveryState.SENT)
    return _named(rows, text).order_by("-sent_at", "-id")


def notices(organs: Sequence[int], *, text: str = "") -> QuerySet[DeliveryEvent]:
    """通知 for these organs: 催收, 收回, 换版, 补发, 移交; newest first.  A first 发出 stands in 待签收 anyway."""
    rows = DeliveryEvent.objects.filter(organ__in=organs, notice=True)
    if text:
        rows = rows.filter(Q(delivery__title__contains=text) | Q(delivery__number__contains=text))
    first = Q(kind=DeliveryEvent.Kind.SENT, delivery__dispatch__kind=Dispatch.Kind.FIRST)
    return rows.exclude(first).select_related("delivery").order_by("-id")


def delivery(actor: Actor, pk: int) -> Delivery:
    """An organ's copy for its clerk.  Raises Missing."""
    row = Delivery.objects.select_related("organ", "document__series", "dispatch").filter(pk=pk).first()
    if row is None or not may(actor, RECEIVE, row.organ):
        raise Missing(what="这份来文")
    return row


def readable(row: Delivery) -> bool:
    """Whether the text may be opened: not once it was taken back, replaced, or sent back."""
    return row.state in IN_HANDS


def readable_delivery(actor: Actor, pk: int) -> Delivery:
    """An organ's copy whose text may be opened.  Raises Missing."""
    row = delivery(actor, pk)
    if not readable(row):
        raise Missing(what=f"这份来文的正文（{row.get_state_display()}）")
    return row


def history(row: Delivery) -> list[DeliveryEvent]:
    """Everything that happened to one copy, newest first."""
    return list(DeliveryEvent.objects.filter(delivery=row).order_by("-pk")[:60])


def newer(row: Delivery) -> Delivery | None:
    """The organ's copy of the version that replaced this one."""
    if row.state != DeliveryState.REPLACED:
        return None
    return Delivery.objects.filter(document__replaces=row.document_id, organ=row.organ_id).order_by("-pk").first()


def incoming_of(row: Delivery) -> Incoming | None:
    """What the organ has made of its copy, once signed for."""
    return Incoming.objects.filter(delivery=row).first()
