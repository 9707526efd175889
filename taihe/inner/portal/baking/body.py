"""The body of an article as the public gets it.

The reviewers approved cleaned HTML; it is cleaned again here, since this is the last door.  Outside links lead to the
leave page (handbook 1.3), pictures get their sizes, wide tables scroll, the text version has words for pictures.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from lxml import html
from lxml.html import HtmlElement

from taihe.inner.portal.content import ArticleContent, Picture

from .source import picture_path

TAGS = frozenset(
    "a abbr b blockquote br caption code col colgroup dd div dl dt em figcaption figure h2 h3 h4 hr i img li ol p pre "
    "q s small span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt"},
    "ol": {"start"},
    "col": {"span"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
BENT = re.compile(r"[\\\x00-\x1f\x7f]")
IMAGE = re.compile(r"/img/([0-9a-f]{64})\.\w+")
FIRST_CHOICE = {"image/avif": 0, "image/webp": 1}


class Body(NamedTuple):
    """The body twice (web page, text version), and the pictures that stand in it, by digest."""

    web: SafeString
    text: SafeString
    shown: frozenset[str]


def leave(address: str) -> str:
    """The way out: the page that asks before a visitor leaves the site."""
    return f"/leave/?to={quote(address, safe='')}"


def safe_link(address: str, domain: str) -> str | None:
    """An address as the public page states it: own ones by path, outside ones through the leave page; None if unfit."""
    address = address.strip()
    if BENT.search(address):  # browsers read \\ as / and drop control characters: a way out in disguise
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme in ("mailto", "tel") or (address[:1] in ("/", "#") and not parts.netloc):
        return address
    if parts.scheme not in ("http", "https", "") or not parts.hostname:
        return None
    if parts.hostname == domain:
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return leave(address if parts.scheme else f"https:{address}")


def picture_html(picture: Picture, *, lazy: bool = True) -> SafeString:
    """A picture in the sizes there are: modern formats first, the last variant for every browser."""
    last = picture.variants[-1]
    wait = ' loading="lazy" decoding="async"' if lazy else ""
    size = f'width="{last.width}" height="{last.height}"'
    image = f'<img src="{picture_path(last)}" alt="{escape(picture.alt)}" {size}{wait}>'
    kinds: dict[str, list[str]] = {}
    for one in picture.variants:
        if one.mime != last.mime or one.sha256 != last.sha256:
            kinds.setdefault(one.mime, []).append(f"{picture_path(one)} {one.width}w")
    order = sorted(kinds, key=lambda kind: (FIRST_CHOICE.get(kind, 9), kind))
    sources = "".join(f'<source type="{kind}" srcset="{", ".join(kinds[kind])}" sizes="100vw">' for kind in order)
    return mark_safe(f"<picture>{sources}{image}</picture>" if sources else image)  # noqa: S308 - escaped above


def body_of(content: ArticleContent, domain: str) -> Body:
    """Both forms of the body of one article; `domain` is the site's own host name."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        return safe_link(value, domain) if (tag, name) == ("a", "href") else value

    clean = nh3.clean(
        content.body,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        attribute_filter=attribute,
        link_rel="noopener noreferrer" if "http" in content.body else None,
        url_schemes={"http", "https", "mailto", "tel"},
    )
    if "<img" not in clean and "<table" not in clean:
        return Body(_safe(clean), _safe(_text_links(clean)), frozenset())
    known = {
        one.sha256: picture for picture in (*content.pictures, content.lead) if picture for one in picture.variants
    }
    web = _tree(clean)
    shown = _pictures(web, known)
    for table in web.iter("table"):
        table.set("class", "tp-grid")
    for table in list(web.iter("table")):
        _scrollable(table)
    text = _tree(clean)
    _words_for_pictures(text, known)
    return Body(_safe(_inner(web)), _safe(_text_links(_inner(text))), frozenset(shown))


def _safe(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308 - cleaned by nh3


def _tree(markup: str) -> HtmlElement:
    return html.fragment_fromstring(markup, create_parent="div")


def _inner(root: HtmlElement) -> str:
    whole: str = html.tostring(root, encoding="unicode")
    return whole[len("<div>") : -len("</div>")].replace("</source>", "")


def _text_links(markup: str) -> str:
    return markup.replace('href="/content/', 'href="/t/content/')


def _known(image: HtmlElement, known: dict[str, Picture]) -> tuple[str, Picture] | None:
    found = IMAGE.fullmatch(image.get("src", ""))
    return (found[1], known[found[1]]) if found and found[1] in known else None


def _swap(old: HtmlElement, new: HtmlElement | None) -> None:
    """Put `new` (or nothing) in the place of an element and keep the words after it."""
    parent = old.getparent()
    if new is not None:
        new.tail = old.tail
        parent.replace(old, new)
        return
    old.drop_tree()


def _pictures(root: HtmlElement, known: dict[str, Picture]) -> set[str]:
    shown = set()
    for image in list(root.iter("img")):
        found = _known(image, known)
        if found is None:
            _swap(image, None)
            continue
        picture = found[1]
        shown |= {one.sha256 for one in picture.variants}
        new = html.fragment_fromstring(picture_html(picture))
        parent = image.getparent()
        alone = parent.tag == "p" and len(parent) == 1 and not (parent.text or "").strip() + (image.tail or "").strip()
        if not alone:
            _swap(image, new)
            continue
        figure = html.Element("figure")
        figure.append(new)
        if picture.caption:
            caption = html.Element("figcaption")
            caption.text = picture.caption
            figure.append(caption)
        _swap(parent, figure)
    return shown


def _scrollable(table: HtmlElement) -> None:
    frame = html.Element("div")
    frame.attrib.update({"class": "tp-scroll", "tabindex": "0", "role": "group", "aria-label": "表格，可左右滚动"})
    _swap(table, frame)
    table.tail = None
    frame.append(table)


def _words_for_pictures(root: HtmlElement, known: dict[str, Picture]) -> None:
    for image in list(root.iter("img")):
        found = _known(image, known)
        words = None
        if found:
            words = html.Element("span")
            words.text = f"〔图：{found[1].alt}〕"
        _swap(image, words)
