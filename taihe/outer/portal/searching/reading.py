"""What a baked page says, read back from its HTML: the META tags of portal handbook 1.5, its place and its text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import html as lxml_html
from lxml.etree import ParserError

from taihe.ground import clock

_PAGE = re.compile(r"/content/[0-9]+\.html|/(?:[a-z0-9][a-z0-9-]*/)+")
_NOT_COLUMNS = ("/t/", "/sitemap/")
# Where the words of an article stand, in the order in which they are read.
_TEXTS = (".//div[@class='tp-body']", ".//section[@class='tp-files']", ".//dl[@class='tp-facts']")
_PUBLISHED = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class PageText:
    """A page as it can be found: `sections` are the addresses of the columns it stands in, the topmost first."""

    title: str
    text: str
    column: str
    sections: tuple[str, ...]
    source: str = ""
    published: datetime | None = None


@dataclass(frozen=True)
class Section:
    """A column of the main navigation."""

    path: str
    title: str


def findable(path: str) -> bool:
    """Whether an address may be a page to find: an article, or the first page of a column."""
    return bool(_PAGE.fullmatch(path)) and not path.startswith(_NOT_COLUMNS)


def _words(node: lxml_html.HtmlElement) -> str:
    return " ".join(" ".join(node.itertext()).split())


def _meta(root: lxml_html.HtmlElement) -> Mapping[str, str]:
    return {str(tag.get("name")): str(tag.get("content") or "").strip() for tag in root.iterfind(".//meta[@name]")}


def _sections(root: lxml_html.HtmlElement) -> Iterator[str]:
    for link in root.iterfind(".//nav[@class='tp-crumbs']//li/a[@href]"):
        if (path := str(link.get("href"))) != "/":
            yield path


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _PUBLISHED).replace(tzinfo=clock.COUNTY_ZONE)
    except ValueError:
        return None


def read_page(data: bytes) -> PageText | None:
    """What a signed page says; None for a page that is neither an article nor a column."""
    try:
        root = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8", no_network=True))
    except ParserError:
        return None
    meta = _meta(root)
    column, title = meta.get("ColumnName", ""), meta.get("ArticleTitle", "")
    if not column:
        return None
    sections = tuple(_sections(root))
    if not title:
        text = " ".join((meta.get("ColumnDescription", ""), meta.get("ColumnKeywords", "").replace(",", " ")))
        return PageText(column, text.strip(), column, sections)
    text = " ".join(_words(node) for way in _TEXTS for node in root.iterfind(way))
    return PageText(title, text, column, sections, meta.get("ContentSource", ""), _moment(meta.get("PubDate", "")))


def read_navigation(data: bytes) -> tuple[Section, ...]:
    """The first-level columns, from the shell's top fragment."""
    links = lxml_html.fragment_fromstring(data.decode(), create_parent="div").iterfind(".//nav[@class='tp-nav']//a")
    found = (Section(str(link.get("href")), _words(link)) for link in links)
    return tuple(one for one in found if one.path not in ("/", "None"))
