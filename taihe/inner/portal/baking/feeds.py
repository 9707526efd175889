"""Pages for programmes: RSS per column, site maps by thousands of addresses, robots."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import format_datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from taihe.ground import clock

from .models import article_path, one_line
from .site import SiteFacts
from .source import ArticleFacts

MAP_SIZE = 1000


class Item(NamedTuple):
    """An article in a feed."""

    title: str
    path: str
    summary: str
    source: str
    published: str


class Feed(NamedTuple):
    """A column as RSS; no build date, so that the same news is the same file."""

    title: str
    path: str
    description: str
    items: tuple[Item, ...]


def item_of(row: ArticleFacts) -> Item:
    """An article as a feed states it, its time on the county's clock."""
    return Item(
        one_line(row.title),
        article_path(row.page_id),
        one_line(row.summary),
        one_line(row.source),
        format_datetime(clock.local(row.published_at).replace(microsecond=0)),
    )


def rss(feed: Feed, site: SiteFacts) -> str:
    """RSS 2.0 of one column."""
    mark = f"（{site.demo_mark}）" if site.demo else ""
    entries = "".join(
        f"<item><title>{escape(one.title)}</title><link>{site.base}{one.path}</link>"
        f'<guid isPermaLink="true">{site.base}{one.path}</guid><pubDate>{one.published}</pubDate>'
        f"<description>{escape(one.summary or one.title)}</description>"
        f"<category>{escape(one.source)}</category></item>\n"
        for one in feed.items
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>\n'
        f"<title>{escape(site.name)} {escape(feed.title)}{mark}</title><link>{site.base}{feed.path}</link>\n"
        f'<atom:link href="{site.base}{feed.path}rss.xml" rel="self" type="application/rss+xml"/>\n'
        f"<description>{escape(feed.description)}</description><language>zh-CN</language>\n"
        f"{entries}</channel></rss>\n"
    )


def map_path(number: int) -> str:
    """The address of one part of the site map; an article stays in its part for ever."""
    return f"/sitemap-{number}.xml"


def site_map(entries: Iterable[tuple[str, str]], site: SiteFacts) -> str:
    """Addresses with the day of their last change (may be empty)."""
    rows = "".join(
        f"<url><loc>{site.base}{escape(path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>\n"
        for path, day in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )


def map_index(paths: Iterable[str], site: SiteFacts) -> str:
    """The list of the parts."""
    rows = "".join(f"<sitemap><loc>{site.base}{path}</loc></sitemap>\n" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</sitemapindex>\n'
    )


def robots(site: SiteFacts) -> str:
    """A demo keeps out of every index."""
    if site.demo:
        return "User-agent: *\nDisallow: /\n"
    return f"User-agent: *\nDisallow: /leave/\nDisallow: /search/\nSitemap: {site.base}/sitemap.xml\n"
