"""A document on its way: 送审, what each step leaves on it, and the ways back.

The actor's opinion stays in the flow; here the document follows: its state, the signature over its text
(条例第二十二条), and what becomes of that signature when the text changes (第二十五条).
"""

from __future__ import annotations

from collections.abc import Callable

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, NotAllowed
from taihe.ground.files.actions import remove
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.models import Kind, Origin, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.seats import on_desk, seat_of

from .. import guards
from ..errors_flow import NothingToSignAgain, SealingUnderWay, SignAgainFromStart, WrongStage
from ..flow_rows import content_of, held, held_alone, newest, numbered, valid_signing
from ..guards import AGREED, KIND
from ..models import Document, SealJob, Signing
from ..queries.changes import told
from ..search import touched
from ..states import MOVES, JobState, State
from . import drafting, numbering

ORDER = ("draft", "verify", "cosign", "office", "sign", "recheck", "register", "seal", "distribute")
UP_TO_SIGN = ORDER[: ORDER.index("sign") + 1]
AFTER_SIGN = (State.SIGNED, State.NUMBERED, State.SEALED)


def move(document: Document, state: State) -> None:
    """Change the state (not saved).  Raises WrongStage for a move that is not allowed."""
    if state != document.state and state not in MOVES[document.state]:
        now = State(document.state).label
        raise WrongStage(title=document.title, state=now, verb=f"转为“{state.label}”")
    document.state = state


def keep(document: Document) -> None:
    """Store the document under its next version."""
    document.version += 1
    document.sorted_at = clock.now()
    document.save()
    touched(document.pk)


@action("documents.submit")
def submit(actor: Actor, pk: int, version: int) -> Document:
    """送审 by the drafter: begins the flow, or hands a returned draft on again.

    Raises WrongStage, ChecksFailed, SeriesEnded, NobodyFits, NotAllowed, StaleVersion.
    """
    document = held(pk, version)
    seat, before = seat_of(actor), snapshot(document)
    if seat is None or (seat.officer_id, seat.post_id) != (document.drafter_id, document.drafter_post_id):
        raise NotAllowed(what="送审他人起草的公文")
    item = _waiting_draft(document)
    if document.state != State.DRAFT and item is None:
        raise WrongStage(title=document.title, state=document.get_state_display(), verb="送审")
    if item is None:
        item = _begin(actor, document)
    outcome = "resubmit" if item.origin == Origin.REWORK else "submit"
    workflow.complete(actor, item.pk, item.version, outcome=outcome)
    document.refresh_from_db()
    record(document, before=before, after=snapshot(document), detail={"instance": document.instance_id})
    return document


def _waiting_draft(document: Document) -> WorkItem | None:
    """The open step 起草 of a document that was sent back."""
    rows = WorkItem.objects.filter(instance=document.instance_id, node="draft", kind=Kind.DO, status=Status.OPEN)
    return rows.first() if document.instance_id else None


def _begin(actor: Actor, document: Document) -> WorkItem:
    instance = workflow.start(
        actor,
        KIND,
        str(document.pk),
        title=document.title,
        organ=document.organ,
        number=document.number,
        urgency=document.urgency,
        context={"cosigners": len(document.cosigners)},
    )
    document.instance_id = instance.pk
    document.save(update_fields=["instance_id"])
    return WorkItem.objects.get(instance=instance, node="draft", status=Status.OPEN)


@action("documents.note_step")
def note_step(actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
    """A step of the flow was decided: the document follows.  Called inside the flow's own action."""
    document = held_alone(int(instance.subject_id))
    before = snapshot(document)
    _FOLLOW.get(item.node, _nothing)(actor, document, instance, item)
    keep(document)
    detail = {"node": item.node, "outcome": item.outcome, "item": item.pk}
    record(document, before=before, after=snapshot(document), detail=detail)


def _nothing(actor: Actor, document: Document, instance: ProcessInstance, item: WorkItem) -> None:
    """The opinion is all."""


def _drafted(actor: Actor, document: Document, instance: ProcessInstance, item: WorkItem) -> None:
    drafting.freeze(actor, document, item.node_title)
    if document.state == State.DRAFT:
        move(document, State.IN_REVIEW)
    instance.context["cosigners"] = len(document.cosigners)
    _name_again(document, instance)


def _name_again(document: Document, instance: ProcessInstance) -> None:
    """The flow and what is on desks now carry the document's present title, number and urgency."""
    now = {"title": document.title, "number": document.number, "urgency": document.urgency}
    if any(getattr(instance, name) != value for name, value in now.items()):
        for name, value in now.items():
            setattr(instance, name, value)
        ProcessInstance.objects.filter(pk=instance.pk).update(**now)


def _read_over(actor: Actor, document: Document, instance: ProcessInstance, item: WorkItem) -> None:
    """核稿, 审核, 复核: the text as it now stands is a version of its own."""
    drafting.freeze(actor, document, item.node_title)
    _name_again(document, instance)


def _reviewed(actor: Actor, document: Document, instance: ProcessInstance, item: WorkItem) -> None:
    _read_over(actor, document, instance, item)
    if item.is_added or item.origin == Origin.REWORK:
        return
    chosen = str((item.data or {}).get("signer") or "")
    if chosen:
        post, _, officer = chosen.partition(":")
        instance.context["signer_post"] = int(post)
        instance.context["signer_officer"] = int(officer or 0)


def _signed(actor: Actor, document: Document, instance: ProcessInstance, item: WorkItem) -> None:
    """签发: 意见、姓名、完整日期 over one version of the text (条例第二十二条); the document bears that day's date."""
    if item.outcome not in AGREED or item.is_added or item.done_at is None:
        return
    version = newest(document)
    Signing.objects.create(
        document=document,
        version_number=version.number,
        digest=version.digest,
        item_id=item.pk,
        officer_id_copy=str(item.done_by_id),
        signer_name=item.done_by_name,
        post_name=f"{item.post_organ_name} {item.post_name}",
        opinion=item.opinion or item.outcome_title,
        signed_at=item.done_at,
    )
    move(document, State.SIGNED)
    document.signed_version, document.signed_digest = version.number, version.digest
    document.signer_name = item.done_by.name if item.done_by else item.done_by_name
    document.dated = clock.local(item.done_at).date()


def _registered(actor: Actor, document: Document, instance: ProcessInstance, item: WorkItem) -> None:
    numbering.number(actor, document, item.data or {})
    move(document, State.NUMBERED)
    _name_again(document, instance)


_FOLLOW: dict[str, Callable[[Actor, Document, ProcessInstance, WorkItem], None]] = {
    "draft": _drafted,
    "verify": _read_over,
    "office": _reviewed,
    "sign": _signed,
    "recheck": _read_over,
    "register": _registered,
}


@action("documents.note_return")
def note_return(actor: Actor, instance: ProcessInstance, node: str, reason: str) -> None:
    """退回 or 撤回 to a step: a signature behind it is void and kept, a sealed paper is put aside, the number stays.

    Raises SignAgainFromStart for 改后直送 across the signature.
    """
    document = held_alone(int(instance.subject_id))
    before = snapshot(document)
    if node in UP_TO_SIGN and document.state in AFTER_SIGN:
        detour = WorkItem.objects.filter(
            instance=instance, node=node, origin=Origin.REWORK, status=Status.OPEN, kind=Kind.DO
        )
        if detour.exists():
            raise SignAgainFromStart()
        void_signing(actor, document, reason)
    elif node != "distribute" and document.state == State.SEALED:
        put_aside(actor, document, reason)
        move(document, State.NUMBERED)
    drop_job(document, reason)
    if node == "draft" and document.state == State.IN_REVIEW:
        move(document, State.DRAFT)
    keep(document)
    record(document, before=before, after=snapshot(document), detail={"to": node, "reason": reason})


def void_signing(actor: Actor, document: Document, reason: str) -> None:
    """The signature in force, if any, no longer is; it stays on record with the reason (not saved)."""
    signing = valid_signing(document)
    if signing is not None:
        signing.void_at, signing.void_reason = clock.now(), reason[:300]
        signing.save(update_fields=["void_at", "void_reason"])
    put_aside(actor, document, reason)
    move(document, State.IN_REVIEW)
    document.signed_version, document.signed_digest, document.signer_name, document.dated = None, "", "", None


def put_aside(actor: Actor, document: Document, reason: str) -> None:
    """The sealed paper is not the original any more (not saved)."""
    if document.pdf:
        remove(actor, document.pdf, reason=f"退回后重新办理：{reason}"[:200])
        document.pdf, document.pdf_sha256, document.pages = "", "", 0


def drop_job(document: Document, reason: str) -> None:
    """A sealing that was asked for is not to be done any more."""
    for job in SealJob.objects.filter(document=document, state=JobState.ASKED):
        job.state, job.fault, job.ended_at = JobState.FAILED, f"公文已退回：{reason}"[:500], clock.now()
        job.save(update_fields=["state", "fault", "ended_at"])


@action("documents.return_to_signer")
def return_to_signer(actor: Actor, pk: int, version: int | None = None) -> Document:
    """签发后有实质性修改，由原签发人复审 (条例第二十五条第一项; D15): the changed sentences are the reason.

    By whoever has the open step after 签发 on the desk.  Raises NothingToSignAgain, WrongStage, NotYourItem.
    """
    document = held(pk, version)
    before, seat = snapshot(document), seat_of(actor)
    rows = WorkItem.objects.filter(
        instance=document.instance_id, kind=Kind.DO, status=Status.OPEN, node__in=ORDER[ORDER.index("recheck") :]
    )
    item = rows.filter(on_desk(seat)).first() if seat and document.instance_id else None
    if item is None or document.state not in AFTER_SIGN or document.signed_version is None:
        raise WrongStage(title=document.title, state=document.get_state_display(), verb="送原签发人复审")
    drafting.freeze(actor, document, item.node_title)
    text = newest(document)
    if text.digest == document.signed_digest:
        raise NothingToSignAgain(title=document.title)
    changes = told(content_of(numbered(document, document.signed_version)), content_of(text))
    keep(document)
    workflow.send_back(actor, item.pk, item.version, node="sign", reason=f"签发后修改：{changes}", resume="again")
    document.refresh_from_db()
    record(document, before=before, after=snapshot(document), detail={"changes": changes})
    return document


@action("documents.cancel")
def cancel(actor: Actor, pk: int, version: int, *, reason: str) -> Document:
    """撤销办理 before 印发; a number given is void with the reason and not used again (T06).

    By the drafter (or a flow manager once on its way).  Raises WrongStage, SealingUnderWay, NotAllowed, BadInput.
    """
    document = held(pk, version)
    before = snapshot(document)
    if len(reason.strip()) < 2:
        raise BadInput(what="请填写撤销办理的原因（不少于2个字）。")
    if document.state in (State.ISSUED, State.CANCELLED):
        raise WrongStage(title=document.title, state=document.get_state_display(), verb="撤销办理")
    if document.instance_id and ProcessInstance.objects.get(pk=document.instance_id).is_open:
        workflow.cancel(actor, document.instance_id, reason=reason)
        document.refresh_from_db()
    else:
        if actor.person_id != str(document.drafter_id):
            raise NotAllowed(what="撤销他人起草的公文")
        _end(actor, document, reason)
        keep(document)
    record(document, before=before, after=snapshot(document), detail={"reason": reason.strip()})
    return document


@action("documents.note_end")
def note_end(actor: Actor, instance: ProcessInstance, reason: str) -> None:
    """The flow was cancelled, or the signer refused (不予签发)."""
    document = held_alone(int(instance.subject_id))
    before = snapshot(document)
    drop_job(document, reason)
    _end(actor, document, reason)
    keep(document)
    record(document, before=before, after=snapshot(document), detail={"reason": reason})


def _end(actor: Actor, document: Document, reason: str) -> None:
    move(document, State.CANCELLED)
    document.force_note = reason.strip()[:300]
    document.editing_by, document.editing_name = None, ""
    document.editing_since = document.editing_seen = None
    numbering.give_up(actor, document, reason)


def guard_cancel(document: Document) -> None:
    """Raises WrongStage once issued, SealingUnderWay while the worker seals."""
    if document.state in (State.ISSUED, State.CANCELLED):
        raise WrongStage(title=document.title, state=document.get_state_display(), verb="撤销办理")
    if SealJob.objects.filter(document=document, state=JobState.ASKED).exists():
        raise SealingUnderWay(title=document.title)


@action("documents.note_dispute")
def note_dispute(actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
    """The leader denies a 签发 entered in his name: the signature is void; the flow stands until it is settled."""
    document = held_alone(int(instance.subject_id))
    before = snapshot(document)
    if item.node == "sign" and document.state in AFTER_SIGN:
        void_signing(actor, document, f"签发人对代录的意见提出异议：{item.confirm_note}")
        drop_job(document, "签发人对代录的意见提出异议")
        keep(document)
    record(document, before=before, after=snapshot(document), detail={"node": item.node, "item": item.pk})


__all__ = ["cancel", "guards", "note_dispute", "note_end", "note_return", "note_step", "return_to_signer", "submit"]
