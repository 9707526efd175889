"""From the desk's rich text to the HTML that reviewers approve: own links and pictures resolved, all else cleaned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

import nh3
from lxml import html as markup

from .baking.source import picture_path
from .content import Download, Picture

TAGS = {
    "p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "br", "hr", "blockquote", "a", "img", "figure",
    "figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = {"http", "https", "mailto", "tel"}


def clean(html: str) -> str:
    """Only what an article may hold; scripts, styles, classes and foreign schemes go."""
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=None)


@dataclass
class Book:
    """How ids of the desk become addresses of the site; what was used is collected."""

    picture: Callable[[int, str], Picture | None]
    download: Callable[[int], Download | None]
    address: Callable[[int], str]
    pictures: list[Picture] = field(default_factory=list)
    downloads: list[Download] = field(default_factory=list)


def figure(picture: Picture) -> str:
    """A picture with its caption."""
    words = f"<figcaption>{escape(picture.caption)}</figcaption>" if picture.caption else ""
    source = picture_path(picture.variants[-1])
    return f'<figure><img src="{source}" alt="{escape(picture.alt)}">{words}</figure>'


def table(value: dict[str, Any]) -> str:
    """A table of the table editor, with header cells and caption."""
    rows = value.get("data") or []
    head = bool(value.get("first_row_is_table_header"))
    first = bool(value.get("first_col_is_header"))
    merged = {(one["row"], one["col"]): one for one in value.get("mergeCells") or []}
    covered = {
        (row, col)
        for (top, left), one in merged.items()
        for row in range(top, top + one.get("rowspan", 1))
        for col in range(left, left + one.get("colspan", 1))
        if (row, col) != (top, left)
    }
    lines = []
    for number, row in enumerate(rows):
        cells = [
            _cell(
                cell, merged.get((number, col)), "col" if head and number == 0 else "row" if first and col == 0 else ""
            )
            for col, cell in enumerate(row)
            if (number, col) not in covered
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    caption = (
        f"<caption>{escape(str(value.get('table_caption') or ''))}</caption>" if value.get("table_caption") else ""
    )
    top = f"<thead>{lines[0]}</thead>" if head and lines else ""
    return f"<table>{caption}{top}<tbody>{''.join(lines[1:] if head else lines)}</tbody></table>"


def _cell(value: object, merged: dict[str, Any] | None, scope: str) -> str:
    spans = "".join(
        f' {key}="{int(merged[key])}"' for key in ("rowspan", "colspan") if merged and merged.get(key, 1) > 1
    )
    text = escape(str(value if value is not None else "")).replace("\n", "<br>")
    return f'<th scope="{scope}"{spans}>{text}</th>' if scope else f"<td{spans}>{text}</td>"


def rich_text(source: str, book: Book) -> str:
    """Wagtail's stored rich text as plain HTML: links by id become addresses, pictures by id become pictures.

    What an id names and nobody may show (gone, of another organ) leaves its words without the link.
    """
    if not source.strip():
        return ""
    root = markup.fragment_fromstring(source, create_parent="div")
    for link in list(root.iter("a")):
        _resolve_link(link, book)
    for embed in list(root.iter("embed")):
        _resolve_embed(embed, book)
    inner = (escape(root.text, quote=False) if root.text else "") + "".join(
        str(markup.tostring(child, encoding="unicode")) for child in root
    )
    return inner


def _resolve_link(link: Any, book: Book) -> None:
    kind, target = link.get("linktype"), link.get("id") or ""
    href = link.get("href") or ""
    if kind == "page" and target.isdigit():
        href = book.address(int(target))
    elif kind == "document" and target.isdigit():
        found = book.download(int(target))
        if found is not None:
            from .baking.source import download_path

            href = download_path(found)
            book.downloads.append(found)
    for key in list(link.attrib):
        del link.attrib[key]
    if href:
        link.set("href", href)
    else:
        link.drop_tag()


def _resolve_embed(embed: Any, book: Book) -> None:
    target = embed.get("id") or ""
    found = book.picture(int(target), "") if embed.get("embedtype") == "image" and target.isdigit() else None
    tail = embed.tail or ""
    if found is None:
        embed.drop_tree()
        return
    alt = embed.get("alt") or found.alt
    shown = found.model_copy(update={"alt": alt[:200]})
    book.pictures.append(shown)
    fresh = markup.fragment_fromstring(figure(shown))
    fresh.tail = tail
    embed.getparent().replace(embed, fresh)
