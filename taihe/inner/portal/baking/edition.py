"""One edition of the public site: every page that must stand, each with a key, and the writing of those asked for.

A page's key is the digest of all that is on it.  The same key means the same bytes, in any process on any day; so the
pages to bake after an approval are those whose keys changed, and an incremental bake equals a full one byte for byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

from taihe.ground import clock
from taihe.inner.portal.content import HomeContent

from . import assets, feeds
from .book import NEWEST, Book, Column, walk
from .front import home_model
from .listing import listing_path, listings
from .models import (
    ArticleModel,
    HomeModel,
    ListModel,
    Section,
    article_model,
    article_path,
    key_of,
    one_line,
    section_of,
    text_path,
)
from .render import Writer
from .site import Link
from .source import ArticleFacts, MediaFile, Source

Facts = Mapping[str, str]
WITHDRAWN = (
    "该页面已撤下",
    ("您访问的页面已由发布单位撤下，不再公开。", "如需了解有关情况，请使用本站搜索，或者与发布单位联系。"),
)
ERROR = (
    "页面暂时无法显示",
    ("您访问的地址不存在，或者本站正在维护。", "请检查地址是否完整，也可以从首页、网站地图或者搜索重新查找。"),
)


class Page(NamedTuple):
    """One address: the key of its content, and what an edition does to write it."""

    key: str
    write: Callable[..., str | bytes]
    given: tuple[Any, ...] = ()


class Part(NamedTuple):
    """Some pages, and all that they were made of; the next edition takes them over while that is the same."""

    state: tuple[Any, ...]
    pages: dict[str, Page]


Pages = Iterator[tuple[str, Page]]


def affected(before: Facts, after: Facts) -> set[str]:
    """The pages to bake: new ones and those whose content changed.  Gone ones are ``before.keys() - after.keys()``."""
    return {path for path, key in after.items() if before.get(path) != key}


class Edition:
    """All pages of a `Source` as it stands now.  Making one reads light rows only; articles are read to be written.

    With `earlier`, an edition of the same process, the keys of unchanged columns are not reckoned again.
    """

    def __init__(self, source: Source, earlier: Edition | None = None) -> None:
        self.source, self.site = source, source.site
        self.book = Book(source)
        home = source.home()
        content = home.content if home else None
        self.home = content if isinstance(content, HomeContent) else HomeContent(page_id=0, title=self.site.name)
        nav = tuple(Link(one_line(one.content.title), one.path) for one in self.book.nav())
        self.writer = Writer(self.site, nav, one_line(self.home.title) or self.site.name)
        self.chrome = key_of(assets.stamp(), self.site, nav, self.writer.home_title)
        self._kept: dict[Hashable, Part] = earlier._parts if earlier else {}
        self._parts: dict[Hashable, Part] = {}

    @cached_property
    def facts(self) -> dict[str, str]:
        """Every address of this edition with the key of its content."""
        return {path: page.key for path, page in self._pages.items()}

    @property
    def left_out(self) -> frozenset[int]:
        """Approved pages without a place in the tree: shown nowhere until their column stands."""
        return self.book.left_out

    @cached_property
    def media(self) -> dict[str, MediaFile]:
        """Pictures and downloads that the pages show, by address."""
        return {file.path: file for row in self.book.articles.values() for file in row.media}

    def bake(self, paths: Iterable[str] | None = None) -> Iterator[tuple[str, bytes]]:
        """The pages asked for (default: all) as bytes; raises KeyError for an address that is not of this edition."""
        for path in self._pages if paths is None else paths:
            page = self._pages[path]
            written = page.write(self, *page.given)
            yield path, written if isinstance(written, bytes) else written.encode()

    @cached_property
    def _pages(self) -> dict[str, Page]:
        pages = dict([*self._fixed(), *self._home_pages()])
        for column in self.book.columns.values():
            pages |= self._column_part(column)
        pages |= dict(self._map_pages())
        self._kept = {}
        return pages

    def _part(self, name: Hashable, state: tuple[Any, ...], make: Callable[[], Pages]) -> dict[str, Page]:
        part = self._kept.get(name)
        if part is None or part.state != state:
            part = Part(state, dict(make()))
        self._parts[name] = part
        return part.pages

    def _key(self, *parts: object) -> str:
        return key_of(self.chrome, *parts)

    def _fixed(self) -> Pages:
        tones = {one.content.channel.colour for one in self.book.columns.values() if one.content.channel}
        for path, content in (assets.fixed_assets() | assets.tone_assets(sorted(tones))).items():
            yield path, Page(key_of(content), Edition._content, (content,))
        for name in ("head", "top", "foot"):
            path = f"~shell/{name}.html"
            yield path, Page(self.chrome, Edition._shell, (path,))
        for path, (title, lines) in (("~withdrawn.html", WITHDRAWN), ("~error.html", ERROR)):
            yield path, Page(self._key(title, lines), Edition._message, (title, lines))
        yield "/robots.txt", Page(self._key("robots"), Edition._robots)

    def _home_pages(self) -> Pages:
        model = home_model(self.book, self.site, self.home)
        key = self._key(model)
        yield "/", Page(key, Edition._front, (model, False))
        yield "/t/", Page(key, Edition._front, (model, True))
        rows = [row for column in self.book.roots for row in column.newest]
        rows.sort(key=lambda row: (row.published_at, row.page_id), reverse=True)
        yield self._feed("最新发布", "/", f"{self.site.name}最新发布的信息", rows[:NEWEST])

    def _feed(self, title: str, path: str, description: str, rows: list[ArticleFacts]) -> tuple[str, Page]:
        feed = feeds.Feed(title, path, description, tuple(feeds.item_of(row) for row in rows))
        return f"{path}rss.xml", Page(self._key(feed), Edition._rss, (feed,))

    def _column_part(self, column: Column) -> dict[str, Page]:
        """The listing pages, feed and articles of one column."""
        channel = column.channel
        colour = channel.content.channel.colour if channel and channel.content.channel else ""
        section = section_of(column, assets.tone(colour))
        kin = self.book.kinship(column)
        below = [(one.content, one.path, one.newest) for one in column.shown()]
        state = (self.chrome, section, column.rows, column.newest, kin, below)
        return self._part(column.page_id, state, partial(self._column_pages, column, section))

    def _column_pages(self, column: Column, section: Section) -> Pages:
        for model in listings(column, section, self.site.rows):
            key = self._key(model)
            path = listing_path(section.path, model.number)
            yield path, Page(key, Edition._listing, (model, False))
            yield text_path(path), Page(key, Edition._listing, (model, True))
        yield self._feed(section.title, column.path, section.description, column.newest)
        section_key = self._key(section)
        for row in column.rows:
            article = article_model(self.book, section, row)
            key = key_of(section_key, article[1:])
            path = article_path(row.page_id)
            yield path, Page(key, Edition._article, (article, False))
            yield text_path(path), Page(key, Edition._article, (article, True))

    def _map_pages(self) -> Pages:
        columns = [column for root in self.book.roots for column in walk(root)]
        tree = [
            (len(one.line()), Link(one_line(one.content.title), one.path))
            for one in columns
            if not (one.parent and one.parent.channel)
        ]
        key = self._key(tree)
        yield "/sitemap/", Page(key, Edition._sitemap, (tree, False))
        yield "/t/sitemap/", Page(key, Edition._sitemap, (tree, True))
        first = ["/", *(one.path for one in columns)]
        yield feeds.map_path(0), Page(self._key(first), Edition._map, ([(path, "") for path in first],))
        rows: dict[int, list[ArticleFacts]] = defaultdict(list)
        for page_id in sorted(self.book.articles):
            rows[1 + page_id // feeds.MAP_SIZE].append(self.book.articles[page_id])
        for number, some in rows.items():
            yield from self._part(("map", number), (self.chrome, some), partial(self._map_part, number, some)).items()
        paths = [feeds.map_path(number) for number in (0, *sorted(rows))]
        yield "/sitemap.xml", Page(self._key(paths), Edition._map_index, (paths,))

    def _map_part(self, number: int, rows: list[ArticleFacts]) -> Pages:
        entries = [(article_path(row.page_id), clock.local(row.approved_at).date().isoformat()) for row in rows]
        yield feeds.map_path(number), Page(self._key(entries), Edition._map, (entries,))

    # What `Page.write` names: each writes one page out of its model.

    def _content(self, content: bytes) -> bytes:
        return content

    def _shell(self, path: str) -> str:
        return self.writer.shell()[path]

    def _message(self, title: str, lines: tuple[str, ...]) -> str:
        return self.writer.message(title, lines)

    def _robots(self) -> str:
        return feeds.robots(self.site)

    def _front(self, model: HomeModel, text: bool) -> str:
        return self.writer.home(model, text)

    def _listing(self, model: ListModel, text: bool) -> str:
        return self.writer.listing(model, text)

    def _article(self, model: ArticleModel, text: bool) -> str:
        record = self.source.article(model.page_id)
        if record.digest != model.digest:
            raise RuntimeError(f"page {model.page_id} changed while the edition was being written")
        return self.writer.article(model, record, text)

    def _rss(self, feed: feeds.Feed) -> str:
        return feeds.rss(feed, self.site)

    def _sitemap(self, tree: list[tuple[int, Link]], text: bool) -> str:
        return self.writer.sitemap(tree, text)

    def _map(self, entries: list[tuple[str, str]]) -> str:
        return feeds.site_map(entries, self.site)

    def _map_index(self, paths: list[str]) -> str:
        return feeds.map_index(paths, self.site)
