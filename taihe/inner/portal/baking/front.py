"""What stands on the front page and on the fronts of columns and sub-sites.

Editors give a column a slot; what a slot shows follows from what was approved; nobody arranges the page by hand.
"""

from __future__ import annotations

from taihe.inner.portal.content import HomeContent

from .book import Book, Column
from .models import Block, HomeModel, Line, Slide, Tile, line_of, one_line
from .site import Link, SiteFacts
from .source import ArticleFacts

NEWS_LINES = 8
BOARD_LINES = 7
SLIDES = 5
TILES = 16
FEW = 6
SIGNS = 8
BRIEF = 96


def block(column: Column, size: int) -> Block:
    """The newest of a column and of what stands below it."""
    return Block(one_line(column.content.title), column.path, tuple(line_of(row) for row in column.newest[:size]))


def icon_for(site: SiteFacts, title: str) -> str:
    """The icon whose first word stands in the title."""
    return next((icon for icon, words in site.icons if any(word in title for word in words)), "paper")


def tile(site: SiteFacts, title: str, path: str) -> Tile:
    """A sign with the icon that its words suggest."""
    return Tile(title, path, icon_for(site, title))


def doors(site: SiteFacts, columns: list[Column]) -> list[Tile]:
    """Signs that lead to the columns below these."""
    return [
        tile(site, _short(one_line(one.content.title)), one.path)
        for column in columns
        for one in column.shown()
        if one.content.channel is None
    ]


def _short(title: str) -> str:
    """政府信息公开指南 as 公开指南: inside its own panel the first words say nothing."""
    return title.removeprefix("政府信息") or title


def _title(columns: list[Column]) -> Link | None:
    return Link(one_line(columns[0].content.title), columns[0].path) if columns else None


def _tiles(site: SiteFacts, columns: list[Column], most: int) -> tuple[Tile, ...]:
    """The columns below; where there are none, the articles."""
    found = doors(site, columns) or _article_tiles(site, columns)
    return tuple(found[:most])


def _service_tiles(site: SiteFacts, columns: list[Column]) -> tuple[Tile, ...]:
    """The columns below; where these are few, the guides themselves come first."""
    found = doors(site, columns)
    if len(found) < FEW:
        below = [one for column in columns for one in column.shown() or [column]]
        guides = _article_tiles(site, [one for one in below if one.content.column_type == "办事服务"])
        found = [*guides[: TILES - len(found)], *found]
    return tuple(found[:TILES])


def _article_tiles(site: SiteFacts, columns: list[Column]) -> list[Tile]:
    lines = [line_of(row) for column in columns for row in column.newest]
    return [tile(site, line.title, line.path) for line in lines]


def _parted(columns: list[Column], most: int, size: int) -> tuple[Block, ...]:
    """Blocks for the columns of a slot; a single one with columns below it shows those."""
    if len(columns) == 1 and (below := columns[0].shown()):
        columns = below
    return tuple(block(column, size) for column in columns[:most])


def _news(book: Book) -> list[Column]:
    """The column of the headline, the news columns (or what stands below a single one), the townships."""
    columns = book.slot("news")
    if len(columns) == 1:
        columns = columns[0].shown() or columns
    return [*book.slot("headline"), *columns, *book.slot("townships")]


def _headline(book: Book, home: HomeContent) -> ArticleFacts | None:
    if home.headline in book.articles:
        return book.articles[home.headline]
    rows = [row for column in book.slot("headline") for row in column.newest[:1]]
    return rows[0] if rows else None


def _slides(book: Book, home: HomeContent) -> tuple[Slide, ...]:
    chosen = [book.articles[one] for one in dict.fromkeys(home.slides) if one in book.articles]
    if not chosen:
        chosen = [row for column in _news(book) for row in column.newest]
    return tuple(Slide(line_of(row), row.lead) for row in dict.fromkeys(chosen) if row.lead)[:SLIDES]


def home_model(book: Book, site: SiteFacts, home: HomeContent) -> HomeModel:
    """The front page as the slots and the newest articles make it."""
    headline = _headline(book, home)
    service, disclosure = book.slot("service"), book.slot("disclosure")
    agri, interact, overview, townships = (book.slot(one) for one in ("agri", "interact", "overview", "townships"))
    brief = headline.summary if headline else ""
    return HomeModel(
        notice=one_line(home.notice),
        headline=line_of(headline) if headline else None,
        brief=brief if len(brief) <= BRIEF else brief[: BRIEF - 1] + "…",
        slides=_slides(book, home),
        news=tuple(block(one, NEWS_LINES) for one in _news(book)[:4]),
        notices=_parted(book.slot("notice"), 2, BOARD_LINES),
        policy=tuple(block(one, BOARD_LINES) for one in [*book.slot("policy"), *book.slot("interpretation")][:3]),
        service=_service_tiles(site, service),
        service_path=service[0].path if service else "",
        disclosure=tuple(doors(site, disclosure)[:SIGNS]),
        disclosure_title=_title(disclosure),
        agri=_parted(agri, 3, BOARD_LINES - 1),
        agri_title=_title(agri),
        boards=tuple(block(one, BOARD_LINES - 2) for slot in ("invest", "port") for one in book.slot(slot)[:1]),
        interact=_tiles(site, interact, 6),
        interact_title=_title(interact),
        overview=_tiles(site, overview, 6),
        overview_title=_title(overview),
        townships=_township_links(townships),
        townships_title=_title(townships),
    )


def _township_links(columns: list[Column]) -> tuple[Link, ...]:
    found = [one for column in columns for one in column.shown()]
    return tuple(
        Link(one_line(one.content.channel.name if one.content.channel else one.content.title), one.path)
        for one in found
    )


def channels_below(column: Column) -> tuple[Tile, ...]:
    """The sub-sites below a column, as doors."""
    return tuple(
        Tile(one_line(one.content.channel.name), one.path, "pin") for one in column.shown() if one.content.channel
    )


def blocks_below(column: Column, size: int) -> tuple[Block, ...]:
    """The columns below, each with its newest; sub-sites are doors instead."""
    return tuple(block(one, size) for one in column.shown() if one.content.channel is None)


def newest_lines(column: Column) -> tuple[Line, ...]:
    """The newest of a column and of what stands below it, newest first."""
    return tuple(line_of(row) for row in column.newest)
