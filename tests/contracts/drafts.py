"""A document being written, for the contract of the pages, with more and more versions."""

from __future__ import annotations

from dataclasses import dataclass

from taihe.ground import clock
from taihe.inner.office.documents.models import Document, DocumentVersion
from taihe.inner.office.documents.tests.rows import document
from taihe.inner.people.models import Officer
from taihe.inner.people.tests.factories import acting
from taihe.inner.workflow.tests.kit import Desk


@dataclass
class Draft:
    """What somebody who drafts has before him."""

    row: Document

    @classmethod
    def made(cls, officer: Officer) -> Draft:
        """One draft with one closed version."""
        held = officer.appointments.select_related("post__organ").earliest("pk")
        return cls(document(Desk(officer, held.post, acting(officer))))

    def grow(self, count: int) -> None:
        """More versions of it."""
        first = DocumentVersion.objects.get(document=self.row, number=1)
        last = DocumentVersion.objects.filter(document=self.row).count()
        values = {
            field.attname: getattr(first, field.attname)
            for field in DocumentVersion._meta.concrete_fields
            if field.attname not in ("id", "number", "closed_at")
        }
        made = [DocumentVersion(**values, number=last + place, closed_at=clock.now()) for place in range(1, count + 1)]
        DocumentVersion.objects.bulk_create(made)
