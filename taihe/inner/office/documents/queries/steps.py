"""What a document shows of itself: the cells of the 发文稿纸, its pages, and what changed since one last saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, OuterRef, Subquery

from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.paper import Paper, preview_pages
from taihe.inner.workflow.models import Kind, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.seats import desk_of, on_desk, seat_of

from ..access import readable
from ..content import Content
from ..flow_rows import JOINED, content_of, newest, numbered
from ..models import Document, DocumentVersion, SealJob, Signing
from ..paper import DRAFT, FINAL, Looks, build, written
from ..states import JobState, State
from .changes import Change, changes
from .drafting import PARKED

FINAL_STATES = (State.NUMBERED, State.SEALED, State.ISSUED)
"""Where the text is looked at as it will be printed (清样)."""
PPI = 110


def document(actor: Actor, pk: int) -> Document:
    """One document the actor may read, with its series and organs.  Raises Missing, also for what is not his to see."""
    rows = Document.objects.select_related(*JOINED, "series__seal_organ", "replaces")
    head = DocumentVersion.objects.filter(document=OuterRef("pk"), number=OuterRef("head"))
    rows = rows.annotate(
        copies_count=Count("deliveries"),
        head_content=Subquery(head.values("content")[:1]),
        head_digest=Subquery(head.values("digest")[:1]),
    )
    found = rows.filter(readable(actor), pk=pk).first()
    if found is None:
        raise Missing(what="这份公文")
    return found


def instance_of(row: Document) -> ProcessInstance | None:
    """The flow the document is on, or was on."""
    if row.instance_id is None:
        return None
    joined = ProcessInstance.objects.select_related("definition", "organ").defer("definition__bpmn")
    return joined.filter(pk=row.instance_id).first()


def cells(row: Document) -> Mapping[str, Any]:
    """The ruled cells of the 发文稿纸 beside the opinions (4 queries; 2 for a document of `document`)."""
    copies = getattr(row, "copies_count", None)
    text = row.head_content if hasattr(row, "head_content") else _head(row)
    content = Content.model_validate(text or {"title": row.title})
    signings = list(Signing.objects.filter(document=row))
    jobs = list(SealJob.objects.filter(document=row).order_by("-pk")) if row.number else []
    return {
        "document": row,
        "content": content,
        "mains": "，".join(content.addressees),
        "copies": "，".join(content.copies),
        "listed": content.attachment_titles,
        "dated": written(row.dated),
        "printed_on": written(row.printed_on),
        "signing": next((one for one in signings if one.void_at is None), None),
        "voided": [one for one in signings if one.void_at is not None],
        "job": jobs[0] if jobs else None,
        "sealing": next((one for one in jobs if one.state == JobState.DONE), None),
        "copies_count": row.deliveries.count() if copies is None else copies,
    }


def _head(row: Document) -> Any:
    return DocumentVersion.objects.filter(document=row, number=row.head).values_list("content", flat=True).first()


def body(row: Document, actor: Actor) -> Mapping[str, Any]:
    """The panels below the sheet of a step: pages, and what changed since the actor last handled it."""
    seen = last_seen(row, actor)
    text = newest(row)
    found: list[Change] = []
    if seen is not None and seen.digest != text.digest:
        found = changes(content_of(seen), content_of(text))
    return {
        "document": row,
        "seen": seen,
        "text": text,
        "changes": found,
        "signed_away": signed_text_changed(row, text),
    }


def last_seen(row: Document, actor: Actor) -> DocumentVersion | None:
    """The version that stood when the actor last handled the document in this flow."""
    if row.instance_id is None or not actor.person_id.isdigit():
        return None
    mine = WorkItem.objects.filter(
        instance=row.instance_id, done_by=int(actor.person_id), kind=Kind.DO, status__in=[Status.DONE, Status.RETURNED]
    ).order_by("-done_at")
    done = mine.values_list("done_at", flat=True).first()
    if done is None:
        return None
    seen = DocumentVersion.objects.filter(document=row, started_at__lte=done, number__lte=row.head)
    return seen.exclude(note=PARKED).order_by("-number").first()


def signed_text_changed(row: Document, text: DocumentVersion | None = None) -> bool:
    """Whether the newest text is not the one that was signed (D15)."""
    if not row.signed_digest or row.state not in (State.SIGNED, State.NUMBERED, State.SEALED):
        return False
    digest = text.digest if text else getattr(row, "head_digest", None) or newest(row).digest
    return bool(digest != row.signed_digest)


def open_item(row: Document, actor: Actor) -> WorkItem | None:
    """The open step on the actor's desk (2 queries)."""
    seat = seat_of(actor)
    if seat is None or row.instance_id is None:
        return None
    rows = WorkItem.objects.filter(on_desk(seat), instance=row.instance_id, kind=Kind.DO, status=Status.OPEN)
    return rows.select_related("instance").order_by("pk").first()


def mine(items: Sequence[WorkItem], actor: Actor) -> WorkItem | None:
    """The open step on the actor's desk among a flow's items (no query at one's own desk)."""
    seat = desk_of(actor)
    if seat is None:
        return None
    open_now = (one for one in items if one.status == Status.OPEN and one.kind == Kind.DO and seat.holds(one))
    return next(open_now, None)


def pull_back(row: Document, actor: Actor) -> WorkItem | None:
    """The actor's 送审 that can still be pulled back: what it sent on is unread (2 queries)."""
    if row.instance_id is None or not actor.person_id.isdigit():
        return None
    items = WorkItem.objects.filter(instance=row.instance_id, kind=Kind.DO)
    sent = items.filter(node="draft", status=Status.DONE, done_by=int(actor.person_id)).order_by("-pk").first()
    if sent is None:
        return None
    below = list(items.filter(parent=sent).values_list("status", "read_at"))
    return sent if below and all(status == Status.OPEN and read is None for status, read in below) else None


def last_job(row: Document) -> SealJob | None:
    """The newest sealing that was asked for."""
    return SealJob.objects.filter(document=row).order_by("-pk").first()


def looks_now(row: Document) -> Looks:
    """送审稿 until it has its number; a text changed since 签发 is 送审稿 again."""
    return FINAL if row.state in FINAL_STATES and not signed_text_changed(row) else DRAFT


def pictures(row: Document, looks: Looks | None = None) -> tuple[bytes, ...]:
    """The pages of the text as it stands, as PNG; drawn once for the same text.  Raises what drawing raises."""
    wanted = looks or looks_now(row)
    version = numbered(row, row.signed_version) if wanted.stage == "final" and row.signed_version else newest(row)
    paper = build(row, content_of(version), wanted)
    key = paper.model_dump_json(exclude={"blocks", "issued", "appendices"})
    return _drawn(version.digest, key, paper)


_memory: dict[tuple[str, str], tuple[bytes, ...]] = {}
MOST_REMEMBERED = 40


def _drawn(digest: str, key: str, paper: Paper) -> tuple[bytes, ...]:
    known = _memory.get((digest, key))
    if known is None:
        known = tuple(preview_pages(paper, ppi=PPI))
        while len(_memory) >= MOST_REMEMBERED:
            _memory.pop(next(iter(_memory)), None)
        _memory[digest, key] = known
    return known
