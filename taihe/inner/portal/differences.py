"""What is new in a content against the one approved before, field by field, as reviewers read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from html import unescape
from typing import Literal

from .content import ArticleContent, ColumnContent, HomeContent, PageContent

_BREAKS = re.compile(r"</(?:p|h[2-4]|li|tr|caption|blockquote|figcaption)>|<br>|<hr>")
_PICTURE = re.compile(r'<img src="([^"]*)" alt="([^"]*)">')
_TAG = re.compile(r"<[^>]+>")
_UNIT = re.compile(r"[\u4e00-\u9fff]|[A-Za-z0-9]+|\s+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A stretch that stayed, was added, or was taken out."""

    how: Literal["same", "added", "removed"]
    text: str


@dataclass(frozen=True)
class Change:
    """One field that differs."""

    title: str
    pieces: tuple[Piece, ...]


def plain(html: str) -> str:
    """The words of a body, a line for each paragraph; pictures by their words and the head of their digest."""
    text = _PICTURE.sub(lambda found: f"【图片：{found[2]}（{found[1].rsplit('/', 1)[-1][:8]}）】", html)
    text = _TAG.sub("", _BREAKS.sub("\n", text))
    return "\n".join(line.strip() for line in unescape(text).splitlines() if line.strip())


def named_pages(content: PageContent | None) -> set[int]:
    """Ids of other pages that a content speaks of: columns and articles."""
    if isinstance(content, ArticleContent):
        return {content.column_id, *content.related}
    if isinstance(content, ColumnContent):
        return {content.parent_id} if content.parent_id else set()
    if isinstance(content, HomeContent):
        return {*content.slides, *([content.headline] if content.headline else [])}
    return set()


def _fields(content: PageContent, names: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    def name(page_id: int | None) -> str:
        return names.get(page_id, f"第{page_id}号页面（已不存在）") if page_id else ""

    yield "标题", content.title
    if isinstance(content, ArticleContent):
        yield "来源", content.source
        yield "署名", " ".join(filter(None, (content.author, content.editor)))
        yield "摘要", content.summary
        yield "关键词", "，".join(content.keywords)
        yield "正文", plain(content.body)
        yield "题图", f"{content.lead.alt}（{content.lead.variants[-1].sha256[:8]}）" if content.lead else ""
        yield "附件", "\n".join(f"{one.title}（{one.name}，{one.sha256[:8]}）" for one in content.downloads)
        yield "发文字号", content.document_number
        yield "索引号", content.index_number
        yield "成文日期", str(content.written_on or "")
        yield "有效性", content.validity
        yield "归档日期", str(content.archived_on or "")
        yield "栏目", name(content.column_id)
        yield "相关稿件", "，".join(map(name, content.related))
    elif isinstance(content, ColumnContent):
        yield "网址段", content.slug
        yield "上级栏目", name(content.parent_id)
        yield "栏目描述", content.description
        yield "关键词", "，".join(content.keywords)
        yield "栏目类别", content.column_type
        yield "主导航", "是" if content.in_nav else "否"
        yield "排序", str(content.order)
        yield "首页位置", content.home_slot
        channel = content.channel
        yield "子站", f"{channel.name}（{channel.organ}）{channel.colour} {channel.intro}" if channel else ""
    elif isinstance(content, HomeContent):
        yield "头条", name(content.headline)
        yield "轮播稿件", "，".join(map(name, content.slides))
        yield "网站公告", content.notice


def changes(old: PageContent | None, new: PageContent, names: Mapping[int, str]) -> list[Change]:
    """The fields that differ; all that are filled, when there is no earlier form.

    `names` are the titles of `named_pages` of both.
    """
    before = dict(_fields(old, names)) if old is not None else {}
    found = []
    for title, text in _fields(new, names):
        if before.get(title, "") != text:
            found.append(Change(title, tuple(_pieces(before.get(title, ""), text))))
    return found


def _pieces(old: str, new: str) -> Iterator[Piece]:
    left, right = _UNIT.findall(old), _UNIT.findall(new)
    for how, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if how == "equal":
            yield Piece("same", "".join(left[a:b]))
            continue
        if b > a:
            yield Piece("removed", "".join(left[a:b]))
        if d > c:
            yield Piece("added", "".join(right[c:d]))
