"""What writing asks: which series an organ may draft in, and a document as its editor opens it."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.errors import Missing
from taihe.inner.people.models import Organ

from ..content import Content
from ..errors_drafting import SeriesNotHere
from ..models import Document, DocumentVersion, Series


def lineage(organ: Organ) -> QuerySet[Organ]:
    """The organ and all above it in the line of administration."""
    codes = organ.path.split("/")[:-1]
    return Organ.objects.filter(path__in=["/".join(codes[: n + 1]) + "/" for n in range(len(codes))])


def series_for(organ: Organ, on: date | None = None) -> QuerySet[Series]:
    """The series in use that an organ may draft in: its own, those above it, and of the offices of these."""
    day = on or clock.today()
    above = lineage(organ).values("pk")
    offices = Series.objects.filter(organ__in=above).values("office")
    in_use = Q(active_from__lte=day) & (Q(active_to__isnull=True) | Q(active_to__gte=day))
    return (
        Series.objects.filter(Q(organ__in=above) | Q(organ__in=offices), in_use)
        .select_related("organ")
        .order_by("-organ__path", "code")
    )


def require_series_for(organ: Organ, series: Series) -> None:
    """Raise SeriesNotHere unless the organ may draft in the series today."""
    if not series_for(organ).filter(pk=series.pk).exists():
        raise SeriesNotHere(organ=organ.short_name, series=series.code)


def document(pk: int) -> Document:
    """A document with its series and organs.  Who may see it is asked by the view.  Raises Missing."""
    row = Document.objects.select_related("series__organ", "organ", "drafting_organ").filter(pk=pk).first()
    if row is None:
        raise Missing(what="这件公文")
    return row


def current(row: Document) -> DocumentVersion:
    """The current text.  Raises Missing."""
    found = DocumentVersion.objects.filter(document=row, number=row.head).first()
    if found is None:
        raise Missing(what="公文正文")
    return found


def version(row: Document, number: int) -> DocumentVersion:
    """One version.  Raises Missing."""
    found = DocumentVersion.objects.filter(document=row, number=number).first()
    if found is None:
        raise Missing(what=f"第{number}稿")
    return found


def versions(row: Document) -> QuerySet[DocumentVersion]:
    """Every version, newest first, without its text."""
    return DocumentVersion.objects.filter(document=row).defer("content").order_by("-number")


def content_of(one: DocumentVersion) -> Content:
    """The text of a version."""
    return Content.model_validate(one.content)
