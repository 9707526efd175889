"""公文转送: an issued document comes to the desk as a draft for the editors; nothing of it is public by that.

The draft goes the way of every article: an editor completes it and sends it in, reviewers approve one form.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Page

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import require

from .. import media, rights
from ..attachments import look_through
from ..errors import NoDocumentColumn
from ..models import Article, Column, PortalDocument, PortalHome, Shelf
from ..offers import slug_of
from ..preparing import organ_of
from ..queries.desk import common_shelf
from .planting import stream

PDF = "application/pdf"
Blocks = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Offer:
    """What is handed over: `key` names the source, `blocks` are of an article's body, `pdf` is the original."""

    key: str
    title: str
    source: str
    blocks: Blocks
    document_number: str
    written_on: date | None
    summary: str
    keywords: str
    pdf: bytes
    pdf_title: str


@dataclass(frozen=True)
class Prepared:
    """An offer whose original lies where the desk keeps its files."""

    offer: Offer
    file: str
    sha256: str
    checked: dict[str, Any]


def document_column() -> str:
    """Where offered documents go, as slugs below the front page; empty when the county offers none."""
    return str(settings.TAIHE_COUNTY["portal"].get("document_column", ""))


def prepare(offer: Offer) -> Prepared:
    """Store the original and look through it.  Slow: outside any action; again is the same.  Raises StoreFull."""
    sha256 = hashlib.sha256(offer.pdf).hexdigest()
    media.keep(offer.pdf)
    name = f"documents/gongwen-{sha256[:24]}.pdf"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(offer.pdf))
    return Prepared(offer, name, sha256, look_through(offer.pdf, offer.pdf_title, "pdf").kept())


@action("portal.offer_article")
def offer_article(actor: Actor, prepared: Prepared) -> int:
    """Put the draft into the column for documents; returns the page's number.  Offered again, it is the same page.

    Raises NoDocumentColumn, NotAllowed.
    """
    column = _column()
    organ = organ_of(column)
    require(actor, rights.EDIT, organ)
    offer = prepared.offer
    page = Article.objects.filter(slug=slug_of(offer.key)).first()
    known = page is not None
    if page is None:
        page = column.add_child(instance=_article(prepared, _file(prepared, organ)))
        page.save_revision(changed=True, clean=False)
    record(
        ("inner_portal.article", str(page.pk), offer.title),
        detail={"source": offer.key, "number": offer.document_number, "sha256": prepared.sha256, "known": known},
    )
    return int(page.pk)


def _column() -> Column:
    path, home = document_column(), PortalHome.objects.first()
    if home is not None and path:
        Page.objects.select_for_update(of=("self",)).filter(pk=home.pk).first()  # one offer at a time
        found: Column | None = Column.objects.filter(url_path=f"{home.url_path}{path}/").first()
        if found is not None:
            return found
    raise NoDocumentColumn(path=path or "（未设置）")


def _file(prepared: Prepared, organ: Organ) -> PortalDocument:
    shelf = Shelf.objects.select_related("collection").filter(organ=organ).first()
    collection = shelf.collection if shelf else common_shelf()
    more = {"collection": collection} if collection is not None else {}
    made: PortalDocument = PortalDocument.objects.create(
        title=prepared.offer.pdf_title[:255],
        file=prepared.file,
        file_size=len(prepared.offer.pdf),
        file_hash=hashlib.sha1(prepared.offer.pdf, usedforsecurity=False).hexdigest(),
        sha256=prepared.sha256,
        mime=PDF,
        checked=prepared.checked,
        **more,
    )
    return made


def _article(prepared: Prepared, file: PortalDocument) -> Article:
    offer = prepared.offer
    return Article(
        title=offer.title[:255],
        slug=slug_of(offer.key),
        live=False,
        source=offer.source[:60],
        summary=offer.summary[:300],
        keywords=offer.keywords[:120],
        body=stream(offer.blocks),
        downloads=stream([("download", {"document": file.pk, "title": offer.pdf_title[:120]})]),
        document_number=offer.document_number[:60],
        written_on=offer.written_on,
        validity=Article.Validity.VALID,
    )
