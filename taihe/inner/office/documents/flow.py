"""发文 as the flow sees it: who stands at each step, what is refused, and what follows for the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse

from taihe.ground.actor import Actor
from taihe.inner.people.permissions import may
from taihe.inner.workflow.models import Kind, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.registry import Signer, SubjectKind, register_subject
from taihe.inner.workflow.seats import on_desk, seat_of

from . import access, guards
from .actions import flowing
from .errors_flow import NobodyFits
from .flow_rows import document_of
from .forms_flow import NumberForm, SignerForm
from .guards import KIND
from .models import Document
from .queries import signers, steps
from .rights import DRAFT
from .states import State

TITLES = {
    "draft": "起草", "verify": "部门核稿", "cosign": "会签", "office": "办公室审核", "sign": "签发", "recheck": "复核",
    "register": "登记编号", "seal": "用印", "distribute": "分发",
}  # fmt: skip
EDITING = ("draft", "verify", "office", "recheck")
OWN_PAGES = {"seal": ("用印", "documents:seal"), "distribute": ("分发", "documents:distribute")}


def may_edit(actor: Actor, document: Document) -> bool:
    """Whether the actor may change the text now.

    While it is being drafted: the drafter and whoever drafts for that organ.  On its way: whoever has the open
    step of 核稿, 审核 or 复核 on the desk; a change after 签发 goes back to the signer.
    """
    if document.state in (State.ISSUED, State.CANCELLED):
        return False
    if document.state == State.DRAFT:
        return str(document.drafter_id) == actor.person_id or may(actor, DRAFT, document.drafting_organ)
    seat = seat_of(actor)
    if seat is None or document.instance_id is None or not seat.covers(KIND):
        return False
    rows = WorkItem.objects.filter(
        on_desk(seat), instance=document.instance_id, kind=Kind.DO, status=Status.OPEN, node__in=EDITING
    )
    return rows.exists()


class DocumentIssue(SubjectKind):
    """One document from 送审 to 印发."""

    kind = KIND
    module = "documents"
    module_title = "公文"
    flow = "documents_issue"
    sheet_title = "发文稿纸"
    names_starter = False

    # -- who ----------------------------------------------------------------------------------------

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        document = document_of(instance)
        found = self._at(instance, document, node)
        if not found:
            where = document.drafting_organ_name if node == "verify" else document.series.title
            raise NobodyFits(node=TITLES[node], where=where)
        return found

    def _at(self, instance: ProcessInstance, document: Document, node: str) -> list[Signer]:
        series = document.series
        if node == "draft":
            return [Signer(document.drafter_post_id, document.drafter_id)]
        if node == "verify":
            return signers.verifiers(document)
        if node == "cosign":
            return signers.cosigners(document)
        if node == "office":
            return signers.of_office(series, "reviewer", "signer")
        if node == "sign":
            post, officer = instance.context.get("signer_post"), instance.context.get("signer_officer")
            return [Signer(int(post), int(officer) if officer else None)] if post else []
        if node == "seal":
            return signers.keepers(series)
        return signers.of_office(series, "document_clerk")

    # -- checks -------------------------------------------------------------------------------------

    def guard(self, actor: Actor, item: WorkItem, outcome: str) -> None:
        document = document_of(item.instance)
        guards.NODES[item.node](actor, document, item, outcome)

    def guard_signer(self, actor: Actor, instance: ProcessInstance, node: str, signer: Signer) -> None:
        document = document_of(instance)
        if node == "sign":
            guards.require_signer(document, signer, "所选人员")
        if node == "verify" and signer.officer_id == document.drafter_id:
            raise NobodyFits(node=TITLES[node], where="拟稿人不能核本人的稿件")

    def guard_cancel(self, actor: Actor, instance: ProcessInstance) -> None:
        flowing.guard_cancel(document_of(instance))

    def recordable(self, instance: ProcessInstance, node: str) -> bool:
        return node in ("cosign", "office", "sign")

    # -- news -----------------------------------------------------------------------------------------

    def decided(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        flowing.note_step(actor, instance, item)
        instance.__dict__.pop("_document", None)

    def returned(self, actor: Actor, instance: ProcessInstance, node: str, reason: str) -> None:
        flowing.note_return(actor, instance, node, reason)

    def withdrawn(self, actor: Actor, instance: ProcessInstance) -> None:
        flowing.note_end(actor, instance, "送审人撤回")

    def cancelled(self, actor: Actor, instance: ProcessInstance, reason: str) -> None:
        flowing.note_end(actor, instance, reason)

    def finished(self, actor: Actor, instance: ProcessInstance, end: str) -> None:
        if end == "refused":
            flowing.note_end(actor, instance, "签发人不同意，不予签发")

    def disputed(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        flowing.note_dispute(actor, instance, item)

    # -- pages ----------------------------------------------------------------------------------------

    def url(self, instance: ProcessInstance) -> str:
        return reverse("documents:document", args=[instance.subject_id])

    def summary(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        return "office_documents/flow/_cells.html", steps.cells(document_of(instance))

    def body(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        return "office_documents/flow/_body.html", steps.body(document_of(instance), actor)

    def form(self, form: str) -> type[forms.Form] | None:
        return {"documents.signer": SignerForm, "documents.number": NumberForm}.get(form)

    def desk(self, item: WorkItem) -> tuple[str, str] | None:
        if item.node not in OWN_PAGES:
            return None
        title, name = OWN_PAGES[item.node]
        return title, reverse(name, args=[item.instance.subject_id])

    def may_view(self, actor: Actor, instance: ProcessInstance) -> bool:
        return access.may_read(actor, document_of(instance))


register_subject(DocumentIssue())
