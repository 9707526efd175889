"""How a document in a flow is held: its flow first, then itself, so that no two acts wait for each other."""

from __future__ import annotations

from taihe.ground.errors import Missing, StaleVersion
from taihe.inner.workflow.actions.rows import lock_instance
from taihe.inner.workflow.models import ProcessInstance

from .content import Content
from .models import Document, DocumentVersion, Signing

JOINED = ("series__organ", "series__office", "organ", "drafting_organ")


def held(pk: int, version: int | None = None) -> Document:
    """The document under lock, its flow locked before it.  Raises Missing, StaleVersion."""
    instance = Document.objects.filter(pk=pk).values_list("instance_id", flat=True).first()
    if instance is not None:
        lock_instance(instance)
    return held_alone(pk, version)


def held_alone(pk: int, version: int | None = None) -> Document:
    """The document under lock, when its flow is held already.  Raises Missing, StaleVersion."""
    row = Document.objects.select_for_update(of=("self",)).select_related(*JOINED).filter(pk=pk).first()
    if row is None:
        raise Missing(what="这份公文")
    if version is not None and row.version != version:
        raise StaleVersion(what="这份公文")
    return row


def document_of(instance: ProcessInstance) -> Document:
    """The document that a flow carries, looked up once per instance object.  Raises Missing."""
    known: Document | None = instance.__dict__.get("_document")
    if known is None:
        known = Document.objects.select_related(*JOINED).filter(pk=int(instance.subject_id)).first()
        if known is None:
            raise Missing(what="这份公文")
        instance.__dict__["_document"] = known
    return known


def newest(document: Document) -> DocumentVersion:
    """The current text, being written or closed.  Raises Missing."""
    return numbered(document, document.head)


def numbered(document: Document, number: int) -> DocumentVersion:
    """One version of the text.  Raises Missing."""
    found = DocumentVersion.objects.filter(document=document, number=number).first()
    if found is None:
        raise Missing(what=f"第{number}稿")
    return found


def content_of(version: DocumentVersion) -> Content:
    """A version's content."""
    return Content.model_validate(version.content)


def valid_signing(document: Document) -> Signing | None:
    """The signature in force, if any."""
    return Signing.objects.filter(document=document, void_at__isnull=True).first()
