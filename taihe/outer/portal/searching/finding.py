"""What a visitor asked for, and what of it is served now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlencode

from taihe.ground import clock
from taihe.ground.search.index import Index, Narrowing
from taihe.ground.search.words import segments

from ..memory import Held
from .marking import Piece, excerpt, marked, sought_words
from .reading import PageText, Section, findable, read_navigation, read_page
from .source import PUBLIC

LONGEST = 100
PER_PAGE = 10
MOST_PAGES = 50
MOST_HINTS = 6
PERIODS = {"": "不限", "7": "一周内", "31": "一个月内", "366": "一年内"}
ORDERS = {"": "按相关度", "date": "按时间"}


@dataclass(frozen=True)
class Wanted:
    """A question, cut to size: unknown choices fall back to none, so that no address is ever refused."""

    text: str
    shortened: bool = False
    column: str = ""
    period: str = ""
    order: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Wanted:
        """Read from the query string."""
        typed = " ".join("".join(one if one.isprintable() else " " for one in given.get("q", "")).split())
        column, period, order = given.get("column", ""), given.get("time", ""), given.get("sort", "")
        page = given.get("page", "1")
        return cls(
            text=typed[:LONGEST],
            shortened=len(typed) > LONGEST,
            column=column if findable(column) else "",
            period=period if period in PERIODS else "",
            order=order if order in ORDERS else "",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 4 else 1,
        )

    def address(self, **other: str | int) -> str:
        """The query string of this question with something changed; choices that say nothing are left out."""
        known = {"q": self.text, "column": self.column, "time": self.period, "sort": self.order}
        return "?" + urlencode({name: value for name, value in {**known, **other}.items() if value})

    def within(self) -> Narrowing:
        """The question's filters as the index knows them."""
        since = clock.now() - timedelta(days=int(self.period)) if self.period else None
        return Narrowing(facets=(self.column,) if self.column else (), since=since)


@dataclass(frozen=True)
class Line:
    """One page found, as it is shown."""

    path: str
    title: list[Piece]
    excerpt: list[Piece]
    column: str
    source: str
    published: datetime | None


@dataclass(frozen=True)
class Hint:
    """Another way to ask, and how many pages it finds."""

    text: str
    address: str
    total: int


@dataclass(frozen=True)
class Found:
    """One page of results."""

    total: int
    pages: int
    lines: tuple[Line, ...] = ()
    hints: tuple[Hint, ...] = ()


@lru_cache(maxsize=256)
def _page_of(sha256: str, data: bytes) -> PageText | None:
    return read_page(data)


@lru_cache(maxsize=4)
def _sections_of(data: bytes) -> tuple[Section, ...]:
    return read_navigation(data)


def sections(held: Held) -> tuple[Section, ...]:
    """The columns by which results can be narrowed down."""
    top = held.internal("~shell/top.html")
    return _sections_of(top) if top else ()


def shown_page(held: Held, path: str) -> PageText | None:
    """A page as it is served at this moment; None when it is not, whatever the index says."""
    file = held.manifest.by_path.get(path)
    if file is None or path not in held.pages:
        return None
    return _page_of(file.sha256, held.objects[file.sha256])


def find(held: Held, index: Index, wanted: Wanted) -> Found:
    """One page of what is found and served now."""
    page = min(wanted.page, MOST_PAGES)
    hits = index.search(
        wanted.text,
        (PUBLIC,),
        within=wanted.within(),
        newest_first=wanted.order == "date",
        limit=PER_PAGE,
        offset=(page - 1) * PER_PAGE,
    )
    words = sought_words(wanted.text)
    lines = tuple(line for hit in hits.items if (line := _line(held, hit.key, words)))
    total = hits.total - (len(hits.items) - len(lines))
    pages = min(-(-total // PER_PAGE), MOST_PAGES)
    return Found(total, pages, lines, () if total else tuple(_hints(index, wanted)))


def _line(held: Held, path: str, words: list[str]) -> Line | None:
    page = shown_page(held, path)
    if page is None:
        return None
    title, text = marked(page.title, words), excerpt(page.text, words)
    return Line(path, title, text, page.column, page.source, page.published)


def _hints(index: Index, wanted: Wanted) -> list[Hint]:
    """What finds something where the question did not: without its filters, then by single words."""
    asked = [Wanted(wanted.text)] if wanted.within() != Narrowing() else []
    parts = dict.fromkeys(one for one in segments(wanted.text) if len(one) > 1 and one != wanted.text)
    asked += [Wanted(one) for one in list(parts)[:MOST_HINTS]]
    totals = [(one, index.search(one.text, (PUBLIC,), limit=1).total) for one in asked]
    return [Hint(one.text, one.address(), total) for one, total in totals if total]
