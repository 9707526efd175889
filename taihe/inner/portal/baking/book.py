"""The approved site in order: which column stands where, what stands in it, who is whose neighbour.

A column or article whose place is missing (a parent withdrawn, or moved below itself) is left out and named in
`left_out`, so that the release page can say so.  Order never depends on the order in which records arrive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from taihe.inner.portal.content import ColumnContent

from .source import ArticleFacts, Source

NEWEST = 20
# First words of addresses that are not columns: the site's own pages and what the outer zone serves itself.
RESERVED = frozenset(
    "accessibility account accounts api assets content files form-safety healthz img leave "
    "search sitemap static t".split()
)


@dataclass(eq=False)
class Column:
    """A column in its place; `rows` oldest first, `newest` (own and below) newest first."""

    content: ColumnContent
    path: str
    parent: Column | None
    children: list[Column] = field(default_factory=list)
    rows: list[ArticleFacts] = field(default_factory=list)
    newest: list[ArticleFacts] = field(default_factory=list)

    @property
    def page_id(self) -> int:
        return self.content.page_id

    def line(self) -> list[Column]:
        """The columns from the first level down to this one."""
        above = self.parent.line() if self.parent else []
        return [*above, self]

    @property
    def root(self) -> Column:
        """The first-level column that this one stands in."""
        return self.parent.root if self.parent else self

    @property
    def channel(self) -> Column | None:
        """The sub-site that this column is or stands in."""
        if self.content.channel:
            return self
        return self.parent.channel if self.parent else None

    def shown(self) -> list[Column]:
        """The columns directly below that hold something to read."""
        return [one for one in self.children if one.newest]


def _age(row: ArticleFacts) -> tuple[object, int]:
    return row.published_at, row.page_id


def _rank(content: ColumnContent) -> tuple[int, str, int]:
    return content.order, content.slug, content.page_id


class Book:
    """The columns and rows of one `Source`, indexed."""

    def __init__(self, source: Source) -> None:
        self.columns: dict[int, Column] = {}
        self.roots: list[Column] = []
        known = [one.content for one in source.columns() if isinstance(one.content, ColumnContent)]
        self._place(known)
        self.articles: dict[int, ArticleFacts] = {}
        self.position: dict[int, int] = {}
        strangers = self._sort_in(source.article_facts())
        self.left_out = frozenset({one.page_id for one in known} - set(self.columns) | strangers)
        self.citing: dict[int, list[int]] = defaultdict(list)
        for row in self.articles.values():
            for other in row.related:
                self.citing[other].append(row.page_id)
        for column in self.roots:
            _gather(column)

    def _place(self, known: list[ColumnContent]) -> None:
        below: dict[int | None, list[ColumnContent]] = defaultdict(list)
        for content in known:
            below[content.parent_id].append(content)
        waiting: list[Column | None] = [None]
        while waiting:
            parent = waiting.pop()
            taken: set[str] = set(RESERVED) if parent is None else set()
            for content in sorted(below[parent.page_id if parent else None], key=_rank):
                slug = content.slug if content.slug not in taken else f"{content.slug}-{content.page_id}"
                taken.add(slug)
                column = Column(content, f"{parent.path if parent else '/'}{slug}/", parent)
                (parent.children if parent else self.roots).append(column)
                self.columns[content.page_id] = column
                waiting.append(column)

    def _sort_in(self, rows: Iterable[ArticleFacts]) -> set[int]:
        strangers = set()
        for row in sorted(rows, key=_age):
            column = self.columns.get(row.column_id)
            if column is None:
                strangers.add(row.page_id)
                continue
            self.articles[row.page_id] = row
            self.position[row.page_id] = len(column.rows)
            column.rows.append(row)
        return strangers

    def neighbours(self, row: ArticleFacts) -> tuple[ArticleFacts | None, ArticleFacts | None]:
        """The older and the newer article of the same column."""
        rows, at = self.columns[row.column_id].rows, self.position[row.page_id]
        return rows[at - 1] if at else None, rows[at + 1] if at + 1 < len(rows) else None

    def relatives(self, row: ArticleFacts) -> list[ArticleFacts]:
        """What the article names as related and what names it: a file and its 解读 link both ways."""
        ids = dict.fromkeys([*row.related, *self.citing.get(row.page_id, ())])
        return [self.articles[one] for one in ids if one in self.articles and one != row.page_id]

    def kinship(self, column: Column) -> list[tuple[int, list[ArticleFacts]]]:
        """The articles of a column that have relatives, with them."""
        return [(row.page_id, self.relatives(row)) for row in column.rows if row.related or row.page_id in self.citing]

    def slot(self, name: str) -> list[Column]:
        """Columns that the editors gave one place on the front page and that hold something to read."""
        found = [one for one in self.columns.values() if one.content.home_slot == name and one.newest]
        return sorted(found, key=lambda one: (_rank(one.content), one.path))

    def nav(self) -> list[Column]:
        """First-level columns of the main navigation."""
        return [one for one in self.roots if one.content.in_nav and one.newest]


def _gather(column: Column) -> None:
    for child in column.children:
        _gather(child)
    rows = [*column.rows[-NEWEST:], *(row for child in column.children for row in child.newest)]
    column.newest = sorted(rows, key=_age, reverse=True)[:NEWEST]


def walk(column: Column) -> Iterator[Column]:
    """A column and those below it that hold something to read, in the order of the site map."""
    if column.newest:
        yield column
        for child in column.children:
            yield from walk(child)
