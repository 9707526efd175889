"""Everything a page shows, as plain values: a page is a function of its model, and the model's digest is its key.

Whatever is not in the model cannot be on the page; so an edition rebakes exactly the pages whose keys changed.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from taihe.ground import clock
from taihe.inner.portal.content import Picture

from .book import Book, Column
from .site import Link
from .source import ArticleFacts


class Line(NamedTuple):
    """One article in a list; `day` on the county's calendar, `mark` a word such as 废止."""

    title: str
    path: str
    day: str
    mark: str = ""

    @property
    def short_day(self) -> str:
        """Month and day, where the list is fresh."""
        return self.day[5:]


class Block(NamedTuple):
    """A titled list that leads to its column."""

    title: str
    path: str
    lines: tuple[Line, ...]


class Tile(NamedTuple):
    """A small sign with an icon."""

    title: str
    path: str
    icon: str


class Slide(NamedTuple):
    """A picture that leads to its article."""

    line: Line
    picture: Picture


class ChannelFacts(NamedTuple):
    """The sub-site a page belongs to and the column of its like; `tone` is its colour (a style sheet, or none)."""

    name: str
    group: str
    path: str
    intro: str
    tone: str


class Section(NamedTuple):
    """What the pages of one column share: its labels (handbook 1.5), crumbs and menu."""

    page_id: int
    path: str
    title: str
    description: str
    keywords: str
    column_type: str
    crumbs: tuple[Link, ...]
    root: str
    menu_title: str
    menu: tuple[Link, ...]
    channel: ChannelFacts | None


class ListModel(NamedTuple):
    """A listing page; `number` counts from the oldest, 0 is the front of the column."""

    section: Section
    number: int
    total: int
    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    doors: tuple[Tile, ...]
    newer: Link | None
    older: Link | None
    pages: tuple[Link, ...]


class ArticleModel(NamedTuple):
    """An article's surroundings; the article itself is named by its digest."""

    section: Section
    page_id: int
    digest: str
    published: str
    iso: str
    older: Link | None
    newer: Link | None
    related_title: str
    related: tuple[Line, ...]


class HomeModel(NamedTuple):
    """The front page; an empty block is not shown."""

    notice: str
    headline: Line | None
    brief: str
    slides: tuple[Slide, ...]
    news: tuple[Block, ...]
    notices: tuple[Block, ...]
    policy: tuple[Block, ...]
    service: tuple[Tile, ...]
    service_path: str
    disclosure: tuple[Tile, ...]
    disclosure_title: Link | None
    agri: tuple[Block, ...]
    agri_title: Link | None
    boards: tuple[Block, ...]
    interact: tuple[Tile, ...]
    interact_title: Link | None
    overview: tuple[Tile, ...]
    overview_title: Link | None
    townships: tuple[Link, ...]
    townships_title: Link | None


def key_of(*parts: Any) -> str:
    """A short digest of plain values; the same values give the same key in every process."""
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()


def one_line(text: str) -> str:
    """A title as it is shown: one line, single spaces."""
    return " ".join(text.split())


def article_path(page_id: int) -> str:
    """The address of an article, which never changes (handbook 1.2)."""
    return f"/content/{page_id}.html"


def text_path(path: str) -> str:
    """The address of the text version of a page."""
    return f"/t{path}"


def line_of(row: ArticleFacts) -> Line:
    """An article as one line of a list."""
    mark = row.validity if row.validity in ("废止", "失效") else "已归档" if row.archived else ""
    return Line(
        one_line(row.title), article_path(row.page_id), clock.local(row.published_at).strftime("%Y-%m-%d"), mark
    )


def link_to(row: ArticleFacts | None) -> Link | None:
    """An article as a neighbour."""
    return Link(one_line(row.title), article_path(row.page_id)) if row else None


def section_of(column: Column, tone: str) -> Section:
    """The shared part of a column's pages; texts that META demands are never empty."""
    content, channel, root = column.content, column.channel, column.root
    title = one_line(content.title) or content.slug
    house = channel or root
    facts = None
    if channel and channel.content.channel:
        shown = channel.content.channel
        group = one_line(channel.parent.content.title) if channel.parent else ""
        facts = ChannelFacts(one_line(shown.name), group, channel.path, one_line(shown.intro), tone)
    return Section(
        page_id=column.page_id,
        path=column.path,
        title=title,
        description=one_line(content.description) or f"{title}栏目发布的信息",
        keywords=",".join(one_line(word) for word in content.keywords if word.strip()) or title,
        column_type=one_line(content.column_type) or "工作动态",
        crumbs=tuple(Link(one_line(one.content.title), one.path) for one in column.line()),
        root=root.path,
        menu_title=facts.name if facts else one_line(root.content.title),
        menu=tuple(Link(one_line(one.content.title), one.path) for one in house.shown() if one.content.channel is None),
        channel=facts,
    )


def article_model(book: Book, section: Section, row: ArticleFacts) -> ArticleModel:
    """An article among its neighbours."""
    older, newer = book.neighbours(row)
    at = clock.local(row.published_at)
    return ArticleModel(
        section=section,
        page_id=row.page_id,
        digest=row.digest,
        published=at.strftime("%Y-%m-%d %H:%M"),
        iso=at.isoformat(timespec="minutes"),
        older=link_to(older),
        newer=link_to(newer),
        related_title="相关文件" if section.column_type == "政策解读" else "相关解读和文件",
        related=tuple(line_of(one) for one in book.relatives(row)),
    )
