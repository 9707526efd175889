"""收文 for reading: whose papers one sees, one paper with its flow, and who must still read it."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q, QuerySet

from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.files.models import Attachment
from taihe.ground.files.owners import Owner
from taihe.ground.files.queries import attachments_of
from taihe.inner.people.permissions import may, scopes_of, within
from taihe.inner.workflow.models import Kind, ProcessInstance, WorkItem
from taihe.inner.workflow.models.item import PENDING
from taihe.inner.workflow.queries import may_view as may_view_flow

from .. import rights
from ..models import Incoming
from ..models.document import Audience
from ..states import DeliveryState, IncomingState
from .pages import PDF, PICTURES, shown

OWNER = "documents.incoming"
SCAN = "来文扫描件"
TABS = (
    ("received", "待登记", (IncomingState.RECEIVED,)),
    ("handling", "办理中", (IncomingState.HANDLING,)),
    ("closed", "已办结", (IncomingState.CLOSED,)),
    ("", "全部", ()),
)


def visible(actor: Actor, *, own: bool = False) -> QuerySet[Incoming]:
    """Papers the actor may look through: those of organs whose papers he receives or reads.

    What its sender meant for named persons only, mere readers do not find.  `own` narrows to the acting
    post's organ.
    """
    receives, reads = scopes_of(actor, rights.RECEIVE), scopes_of(actor, rights.READ)
    named = Q(delivery__document__audience=Audience.NAMED)
    rows = Incoming.objects.filter(
        within(receives, "organ__") | (within(reads, "organ__") & (Q(delivery__isnull=True) | ~named))
    )
    if own:
        rows = rows.filter(organ__code=actor.organ)
    return rows.select_related("organ").order_by("-received_at", "-pk")


def narrowed(
    rows: QuerySet[Incoming], *, text: str = "", source: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[Incoming]:
    """Rows by words of title or numbers, by where they came from, and by the day they came (both included)."""
    if text.strip():
        asked = text.strip()
        rows = rows.filter(Q(title__contains=asked) | Q(source_number__contains=asked) | Q(number__contains=asked))
    if source.strip():
        rows = rows.filter(source_name__contains=source.strip())
    if since:
        rows = rows.filter(received_at__date__gte=since)
    return rows.filter(received_at__date__lte=until) if until else rows


def standing(rows: QuerySet[Incoming]) -> dict[str, int]:
    """How many of the rows still have to be registered, and how many are being handled (1 query)."""
    open_ = rows.filter(state__in=[IncomingState.RECEIVED, IncomingState.HANDLING]).order_by()
    return dict(open_.values_list("state").annotate(figure=Count("pk")))


def flow_of(row: Incoming) -> ProcessInstance | None:
    """The flow a paper is or was on, looked up once for a row."""
    if not row.instance_id:
        return None
    known: ProcessInstance | None = row.__dict__.get("_flow")
    if known is None:
        rows = ProcessInstance.objects.select_related("definition", "organ").defer("definition__bpmn")
        known = row.__dict__["_flow"] = rows.get(pk=row.instance_id)
        known.__dict__["_incoming"] = row  # the flow's pages ask for the paper again
    return known


def in_scope(actor: Actor, row: Incoming) -> bool:
    """Whether the actor receives, or reads, the papers of its organ."""
    if may(actor, rights.RECEIVE, row.organ):
        return True
    named = row.delivery is not None and row.delivery.document.audience == Audience.NAMED
    return not named and may(actor, rights.READ, row.organ)


def get(actor: Actor, pk: int) -> Incoming:
    """One paper, for its organ's clerks and readers and whoever has a part in its flow.  Raises Missing."""
    joined = ("organ__successor", "delivery__document", "delivery__dispatch")
    row = Incoming.objects.select_related(*joined).filter(pk=pk).first()
    if row is None or not (in_scope(actor, row) or _takes_part(actor, row)):
        raise Missing(what="该收文")
    return row


def _takes_part(actor: Actor, row: Incoming) -> bool:
    found = flow_of(row)
    return found is not None and may_view_flow(actor, found)


def incoming_of(instance: ProcessInstance) -> Incoming:
    """The paper that a flow carries, looked up once for an instance."""
    known: Incoming | None = instance.__dict__.get("_incoming")
    if known is None:
        joined = ("organ__successor", "delivery__document")
        known = instance.__dict__["_incoming"] = Incoming.objects.select_related(*joined).get(pk=instance.subject_id)
    return known


def unread(instance_id: int) -> list[WorkItem]:
    """Copies that must be read and have not been, waiting ones too (R04)."""
    rows = WorkItem.objects.filter(instance=instance_id, kind=Kind.CC, mandatory=True, status__in=PENDING)
    return list(rows.order_by("pk"))


def scans(row: Incoming) -> list[Attachment]:
    """What was scanned of a paper that came by post."""
    return list(attachments_of(Owner(OWNER, str(row.pk))))


def paper_of(row: Incoming) -> tuple[Attachment, ...]:
    """The files whose pages are the paper: the sealed original, or the scans.

    Of a replaced paper the corrected one's, once it has been signed for; nothing of one that was taken
    back or returned.  Looked up once for a row (1 query).
    """
    known: tuple[Attachment, ...] | None = row.__dict__.get("_paper")
    if known is None:
        known = row.__dict__["_paper"] = _paper_of(row)
    return known


def _paper_of(row: Incoming) -> tuple[Attachment, ...]:
    if row.state in (IncomingState.RECALLED, IncomingState.RETURNED):
        return ()
    if row.delivery is not None and row.delivery.state == DeliveryState.REPLACED:
        newer = corrected(row)
        return _paper_of(newer) if newer is not None else ()
    if row.delivery is not None:
        original = shown(row.delivery.document.pdf)
        return (original,) if original else ()
    return tuple(one for one in scans(row) if one.mime in (PDF, *PICTURES))


def corrected(row: Incoming) -> Incoming | None:
    """What the same organ received in place of a paper that was replaced (换版), once it has signed for it."""
    if row.delivery is None:
        return None
    rows = Incoming.objects.filter(delivery__document__replaces=row.delivery.document_id, organ=row.organ_id)
    return rows.select_related("delivery__document").order_by("-pk").first()
