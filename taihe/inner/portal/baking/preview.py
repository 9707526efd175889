"""How a page would look: for editors and reviewers, in the office, before anything is approved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from taihe.ground import clock
from taihe.inner.portal.content import Approved, ArticleContent, ColumnContent, HomeContent, PageContent, content_digest

from . import assets
from .edition import Edition
from .models import article_path
from .site import SiteFacts
from .source import ArticleFacts, Source, light

OWN_FILES = re.compile(r'(?<=["\s])/(?=(?:assets|img|files)/)')


class _Overlay:
    """A source with one page as it would be."""

    def __init__(self, below: Source, record: Approved) -> None:
        self._below, self._record, self._id = below, record, record.content.page_id

    @property
    def site(self) -> SiteFacts:
        return self._below.site

    def home(self) -> Approved | None:
        return self._record if isinstance(self._record.content, HomeContent) else self._below.home()

    def columns(self) -> Iterable[Approved]:
        others = [one for one in self._below.columns() if one.content.page_id != self._id]
        return [*others, self._record] if isinstance(self._record.content, ColumnContent) else others

    def article_facts(self) -> Iterable[ArticleFacts]:
        others = [one for one in self._below.article_facts() if one.page_id != self._id]
        return [*others, light(self._record)] if isinstance(self._record.content, ArticleContent) else others

    def article(self, page_id: int) -> Approved:
        return self._record if page_id == self._id else self._below.article(page_id)


def preview(content: PageContent, source: Source, *, at: datetime | None = None, prefix: str = "") -> str:
    """The page of `content` among the approved ones.

    `at` is the time of publication to show (default: the approved one, else now); `prefix` goes before the addresses of
    style sheets, pictures and downloads where the office serves them.  Raises KeyError when its column is not approved.
    """
    known = {one.page_id: one.published_at for one in source.article_facts()}
    moment = at or known.get(content.page_id) or clock.now()
    record = Approved(content=content, digest=content_digest(content), published_at=moment, approved_at=moment)
    edition = Edition(_Overlay(source, record))
    if isinstance(content, ArticleContent):
        path = article_path(content.page_id)
    elif isinstance(content, ColumnContent):
        path = edition.book.columns[content.page_id].path
    else:
        path = "/"
    page = next(edition.bake([path]))[1].decode()
    page = page.replace("/assets/mode.css", "/assets/~mode/standard.css")
    return OWN_FILES.sub(f"{prefix}/", page)


def asset(path: str) -> bytes:
    """A style sheet or drawing by the address that a preview names; raises KeyError for anything else.

    ``/assets/~mode/standard.css`` stands for the sheet that the outer zone chooses by cookie.
    """
    return assets.asset(path.removeprefix("/assets/") if "~" in path else path)
