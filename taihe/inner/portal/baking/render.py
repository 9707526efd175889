"""From a model to bytes.  Templates are compiled once; head, top and foot are written once an edition."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from django.template import Engine
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from taihe.ground import clock
from taihe.inner.portal.content import Approved, ArticleContent, Download

from . import assets
from .body import Body, body_of, leave, picture_html
from .models import ArticleModel, HomeModel, ListModel, Section, article_path, one_line
from .site import Link, SiteFacts
from .source import download_path, picture_path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "inner_portal" / "public"
KINDS = {
    "pdf": "PDF", "doc": "Word", "docx": "Word", "xls": "Excel", "xlsx": "Excel", "ppt": "PPT", "pptx": "PPT",
    "wps": "WPS", "et": "WPS 表格", "ofd": "OFD", "zip": "压缩包", "rar": "压缩包", "txt": "文本", "csv": "数据表",
    "jpg": "图片", "jpeg": "图片", "png": "图片", "mp4": "视频", "mp3": "音频",
}  # fmt: skip
Meta = list[tuple[str, str]]
Values = Mapping[str, Any]


@cache
def engine() -> Engine:
    """The baker's own template engine: no settings, no requests, no context but what the model gives."""
    return Engine(
        dirs=[str(TEMPLATES)],
        debug=False,
        autoescape=True,
        builtins=["taihe.inner.portal.baking.tags"],
    )


def render(name: str, values: Values) -> str:
    """One template with these values."""
    text: str = engine().get_template(name).render(Context(dict(values), use_l10n=False))
    return text


def file_size(size: int) -> str:
    """Bytes as people read them."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


class Writer:
    """Writes the pages of one edition; `nav` and `tiles` are the same on all of them."""

    def __init__(self, site: SiteFacts, nav: tuple[Link, ...], home_title: str) -> None:
        self.site, self.nav, self.home_title = site, nav, home_title
        self._tops: dict[str, SafeString] = {}
        self._cleaned: tuple[Approved, Body] | None = None

    @cached_property
    def links(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Friendly links, each through the leave page."""
        return [(group.title, [(one.title, leave(one.path)) for one in group.links]) for group in self.site.links]

    def _fragment(self, name: str, **values: Any) -> SafeString:
        given = {"site": self.site, "nav": self.nav, "friends": self.links, **values}
        return mark_safe(render(name, given))  # noqa: S308 - a template's own output

    @cached_property
    def _head(self) -> SafeString:
        return self._fragment("head.html", style=assets.sheet("site.css"))

    @cached_property
    def _text_head(self) -> SafeString:
        return self._fragment("head.html", style=assets.sheet("text.css"))

    @cached_property
    def foot(self) -> SafeString:
        """The bottom of every page (handbook 1.4)."""
        return self._fragment("foot.html")

    def top(self, current: str) -> SafeString:
        """Skip link, name, search and navigation; `current` is the first-level address to mark."""
        if current not in self._tops:
            self._tops[current] = self._fragment("top.html", current=current)
        return self._tops[current]

    def shell(self) -> dict[str, str]:
        """The fragments that dynamic pages wear."""
        return {"~shell/head.html": self._head, "~shell/top.html": self.top(""), "~shell/foot.html": self.foot}

    def _page(self, name: str, values: Values, current: str = "", section: Section | None = None) -> str:
        """A web page; it marks `current` in the navigation and wears the colour of its section."""
        tone = section.channel.tone if section and section.channel else ""
        around = {"head": self._head, "top": self.top(current), "foot": self.foot, "tone": tone}
        return render(name, {"site": self.site, "section": section, **around, **values})

    def _text(self, name: str, values: Values) -> str:
        """A page of the text version; `here` of its values is the web page."""
        return render(name, {"site": self.site, "nav": self.nav, "head": self._text_head, **values})

    def home(self, model: HomeModel, text: bool) -> str:
        """The front page, or its text version."""
        values: Values = {"title": self.home_title, "meta": [], "model": model, "here": "/"}
        if text:
            return self._text("text/home.html", values)
        slides = [(one.line, picture_html(one.picture, lazy=at > 0)) for at, one in enumerate(model.slides)]
        more: Values = {"slides": slides, "friends": self.links, "hero": assets.drawing("hero.svg")}
        return self._page("home.html", {**values, **more}, current="/")

    def listing(self, model: ListModel, text: bool) -> str:
        """A listing page of a column or the front of a sub-site."""
        section = model.section
        values: Values = {
            "model": model,
            "section": section,
            "title": section.title + (f"（第{model.number}页）" if model.number else ""),
            "meta": _column_meta(section),
            "here": f"{section.path}p{model.number}.html" if model.number else section.path,
        }
        if text:
            return self._text("text/list.html", values)
        front = section.channel is not None and section.channel.path == section.path and not model.number
        return self._page("channel.html" if front else "list.html", values, section.root, section)

    def article(self, model: ArticleModel, record: Approved, text: bool) -> str:
        """An article; both versions hold the same words.  Raises TypeError when the record is none."""
        content, section = record.content, model.section
        if not isinstance(content, ArticleContent):
            raise TypeError(f"page {model.page_id} is no article")
        body = self._body(record, content)
        title, path = one_line(content.title), article_path(model.page_id)
        values: Values = {
            "model": model,
            "section": section,
            "content": content,
            "title": title,
            "source": one_line(content.source) or self.site.name,
            "meta": self._article_meta(section, model, content, title),
            "facts": _document_facts(content),
            "downloads": [_download(one) for one in content.downloads],
            "here": path,
            "address": self.site.base + path,
            "original": _original(content),
            "body": body.text if text else body.web,
        }
        if text:
            return self._text("text/article.html", values)
        lead = content.lead if content.lead and content.lead.variants[-1].sha256 not in body.shown else None
        more = {"lead": picture_html(lead, lazy=False), "lead_caption": lead.caption} if lead else {}
        return self._page("article.html", {**values, **more}, section.root, section)

    def _body(self, record: Approved, content: ArticleContent) -> Body:
        """The cleaned body; a page and its text version are written one after the other, and share it."""
        if self._cleaned is None or self._cleaned[0] is not record:
            self._cleaned = (record, body_of(content, self.site.domain))
        return self._cleaned[1]

    def _article_meta(self, section: Section, model: ArticleModel, content: ArticleContent, title: str) -> Meta:
        author = one_line(content.author or content.editor)
        image = content.lead or (content.pictures[0] if content.pictures else None)
        words = ",".join(one_line(word) for word in content.keywords if word.strip())
        optional = [
            ("Keywords", words),
            ("Author", author),
            ("Description", one_line(content.summary)),
            ("Image", self.site.base + picture_path(image.variants[-1]) if image else ""),
            ("Url", self.site.base + article_path(model.page_id)),
        ]
        return [
            *_column_meta(section),
            ("ArticleTitle", title),
            ("PubDate", model.published),
            ("ContentSource", one_line(content.source) or self.site.name),
            *((name, value) for name, value in optional if value),
        ]

    def sitemap(self, tree: list[tuple[int, Link]], text: bool) -> str:
        """The map of the site: columns by depth."""
        values: Values = {"title": "网站地图", "meta": [], "tree": tree, "here": "/sitemap/"}
        return self._text("text/sitemap.html", values) if text else self._page("sitemap.html", values)

    def message(self, title: str, lines: tuple[str, ...]) -> str:
        """A page that says one thing: withdrawn, or cannot be shown now."""
        return self._page("message.html", {"title": title, "meta": [], "lines": lines})


def _column_meta(section: Section) -> Meta:
    return [
        ("ColumnName", section.title),
        ("ColumnDescription", section.description),
        ("ColumnKeywords", section.keywords),
        ("ColumnType", section.column_type),
    ]


def _download(file: Download) -> dict[str, str]:
    ending = file.name.rsplit(".", 1)[-1].lower() if "." in file.name else ""
    return {
        "title": file.title or file.name,
        "name": file.name,
        "kind": KINDS.get(ending, ending.upper() or "文件"),
        "size": file_size(file.size),
        "path": download_path(file),
    }


def _document_facts(content: ArticleContent) -> list[tuple[str, str]]:
    """The catalogue record of a document (handbook 3.2), only for what has a number or a validity."""
    if not (content.document_number or content.index_number or content.validity):
        return []
    facts = [
        ("索引号", content.index_number),
        ("发文字号", content.document_number),
        ("发布机构", one_line(content.source)),
        ("成文日期", content.written_on.isoformat() if content.written_on else ""),
        ("有效性", content.validity),
    ]
    return [(name, value) for name, value in facts if value]


def _original(content: ArticleContent) -> str:
    if content.original_pub_date is None:
        return ""
    return clock.local(content.original_pub_date).strftime("%Y-%m-%d %H:%M")
