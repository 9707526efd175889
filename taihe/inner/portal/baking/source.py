"""What the baker reads: approved records and the site's own facts, nothing else.

The editors' database never appears here.  Whoever holds the approvals (a release, a preview, a test) shows them
through `Source`; the baker keeps light rows of all articles and asks for a whole article only to write its page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple, Protocol
from urllib.parse import quote

from taihe.inner.portal.content import (
    Approved,
    ArticleContent,
    ColumnContent,
    Download,
    HomeContent,
    Picture,
    Variant,
)

from .site import SiteFacts

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/gif": "gif",
    "image/svg+xml": "svg",
}


class MediaFile(NamedTuple):
    """A picture or download that a release carries beside the pages; size in bytes."""

    path: str
    sha256: str
    mime: str
    size: int


class ArticleFacts(NamedTuple):
    """What lists, neighbours and the front page need of an article, without its body."""

    page_id: int
    column_id: int
    title: str
    published_at: datetime
    approved_at: datetime
    digest: str
    summary: str
    lead: Picture | None
    source: str
    document_number: str
    written_on: date | None
    validity: str
    archived: bool
    related: tuple[int, ...]
    media: tuple[MediaFile, ...]


class Source(Protocol):
    """The approved site at one moment; the same answers to every call while an edition is made of it."""

    @property
    def site(self) -> SiteFacts:
        """Names, numbers and links of the site, from the county folder."""
        ...

    def home(self) -> Approved | None:
        """The approved front page; without one the baker puts a plain one together."""
        ...

    def columns(self) -> Iterable[Approved]:
        """Approved columns and sub-sites, in any order."""
        ...

    def article_facts(self) -> Iterable[ArticleFacts]:
        """Light rows (`light`) of all approved articles that are not withdrawn, in any order."""
        ...

    def article(self, page_id: int) -> Approved:
        """One approved article, whole; raises KeyError for an unknown one."""
        ...


def picture_path(variant: Variant) -> str:
    """Address of one size of a picture; its name is its digest, so that another picture is another address."""
    return f"/img/{variant.sha256}.{EXTENSIONS.get(variant.mime, 'bin')}"


def download_path(download: Download) -> str:
    """Address of a download, ending in the name under which people save it."""
    return f"/files/{download.sha256[:16]}/{quote(download.name, safe='')}"


def media_of(content: ArticleContent) -> tuple[MediaFile, ...]:
    """The pictures and downloads that the page of an article shows."""
    pictures = [*([content.lead] if content.lead else []), *content.pictures]
    found = {
        picture_path(one): MediaFile(picture_path(one), one.sha256, one.mime, one.size)
        for picture in pictures
        for one in picture.variants
    }
    for file in content.downloads:
        found[download_path(file)] = MediaFile(download_path(file), file.sha256, file.mime, file.size)
    return tuple(found.values())


def light(record: Approved) -> ArticleFacts:
    """The light row of an approved article; raises TypeError for a home page or column."""
    content = record.content
    if not isinstance(content, ArticleContent):
        raise TypeError(f"page {content.page_id} is no article")
    return ArticleFacts(
        content.page_id,
        content.column_id,
        content.title,
        record.published_at,
        record.approved_at,
        record.digest,
        content.summary,
        content.lead,
        content.source,
        content.document_number,
        content.written_on,
        content.validity,
        content.archived_on is not None,
        content.related,
        media_of(content),
    )


class MemorySource:
    """A source held in memory: for previews, tests and small sites."""

    def __init__(self, site: SiteFacts, records: Iterable[Approved] = ()) -> None:
        self._site = site
        self._records: dict[int, Approved] = {}
        self._rows: dict[int, ArticleFacts] = {}
        for record in records:
            self.put(record)

    @property
    def site(self) -> SiteFacts:
        return self._site

    def put(self, record: Approved) -> None:
        """Take a record in, in place of an earlier one of the same page."""
        page_id = record.content.page_id
        self._records[page_id] = record
        self._rows.pop(page_id, None)
        if isinstance(record.content, ArticleContent):
            self._rows[page_id] = light(record)

    def drop(self, page_id: int) -> None:
        """Forget a page, as a withdrawal does; an unknown one is no fault."""
        self._records.pop(page_id, None)
        self._rows.pop(page_id, None)

    def __iter__(self) -> Iterator[Approved]:
        return iter(self._records.values())

    def home(self) -> Approved | None:
        return next((one for one in self if isinstance(one.content, HomeContent)), None)

    def columns(self) -> list[Approved]:
        return [one for one in self if isinstance(one.content, ColumnContent)]

    def article_facts(self) -> list[ArticleFacts]:
        return list(self._rows.values())

    def article(self, page_id: int) -> Approved:
        self._rows[page_id]  # a column is no article either
        return self._records[page_id]
