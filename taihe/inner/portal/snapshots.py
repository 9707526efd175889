"""From the desk to the record that reviewers approve: one revision of a page as `PageContent`.

Slow by nature (pictures are drawn in their sizes, files are read): never inside an action.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from wagtail.models import Page

from taihe.ground.errors import BadInput
from taihe.inner.people.models import Organ

from . import markup, media, pictures
from .attachments import look_through
from .content import ArticleContent, Channel, ColumnContent, Download, HomeContent, PageContent, Picture
from .models import Article, Column, PortalDocument, PortalHome, PortalImage
from .queries.desk import owner_of
from .sources import allowed

_SEPARATORS = re.compile(r"[,，;；、\s]+")


def words(text: str) -> tuple[str, ...]:
    """Keywords, however they were separated."""
    return tuple(dict.fromkeys(one for one in _SEPARATORS.split(text.strip()) if one))


def snapshot(page: Page) -> PageContent:
    """The content of a page object (a revision's, or the row itself), cleaned, with its media kept.

    Raises BadInput naming what is missing or may not stand.
    """
    specific = page.specific if type(page) is Page else page
    makers: dict[type, Any] = {Article: _article, Column: _column, PortalHome: _home}
    maker = makers.get(type(specific))
    if maker is None:
        raise BadInput(what="该页面不是首页、栏目或稿件，不能送审。")
    try:
        content: PageContent = maker(specific)
    except ValidationError as bad:
        raise BadInput(what=_sentence(bad)) from bad
    return content


FIELDS = {
    "title": "标题",
    "source": "来源",
    "body": "正文",
    "summary": "摘要",
    "slug": "网址段",
    "description": "栏目描述",
    "keywords": "关键词",
    "column_type": "栏目类别",
    "alt": "图片替代文字",
}


def _sentence(bad: ValidationError) -> str:
    named = [FIELDS.get(str(one["loc"][-1]), str(one["loc"][-1])) for one in bad.errors()]
    return f"以下内容缺少或不合规定：{'、'.join(dict.fromkeys(named))}。"


def _parent(page: Page) -> Any:
    above = page.get_parent()
    return above.specific if above is not None else None


def _home(page: PortalHome) -> HomeContent:
    slides = tuple(block.value.pk for block in page.slides if block.value is not None)
    return HomeContent(page_id=page.pk, title=page.title, headline=page.headline_id, slides=slides, notice=page.notice)


def _column(page: Column) -> ColumnContent:
    for value, title in ((page.description, "栏目描述"), (page.column_type, "栏目类别"), (page.keywords, "栏目关键词")):
        if not value.strip():
            raise BadInput(what=f"请填写{title}。")
    above = _parent(page)
    return ColumnContent(
        page_id=page.pk,
        parent_id=above.pk if isinstance(above, Column) else None,
        slug=page.slug,
        title=page.title,
        description=page.description,
        keywords=words(page.keywords),
        column_type=page.column_type,
        order=page.order,
        in_nav=page.in_nav,
        home_slot=page.home_slot,
        channel=_channel(page) if page.is_channel else None,
    )


def _channel(page: Column) -> Channel:
    organ: Organ | None = page.organ
    if organ is None:
        owner = owner_of(page.path)
        organ = Organ.objects.filter(pk=owner.organ_id).first() if owner else None
    if organ is None:
        raise BadInput(what="子站须写明负责单位。")
    return Channel(organ=organ.code, name=page.title, colour=page.channel_colour, intro=page.channel_intro)


def _article(page: Article) -> ArticleContent:
    column = _parent(page)
    if not isinstance(column, Column):
        raise BadInput(what="稿件须放在栏目之下。")
    if not page.source.strip():
        raise BadInput(what="请填写来源：没有来源的稿件不能发布（网页标签 ContentSource 为必填）。")
    if not allowed(page.source.strip()):
        raise BadInput(what="来源须是本县单位（全称或简称），或转载白名单中的来源。")
    book = markup.Book(_picture, _download, _address)
    body = markup.clean("".join(_block(block, book) for block in page.body))
    downloads = [*book.downloads, *(_titled(block) for block in page.downloads if block.value.get("document"))]
    lead = _picture(page.lead_id, "") if page.lead_id else None
    return ArticleContent(
        page_id=page.pk,
        column_id=column.pk,
        title=page.title.strip(),
        body=body,
        summary=page.summary.strip(),
        keywords=words(page.keywords),
        source=page.source.strip(),
        author=page.author.strip(),
        editor=page.editor.strip(),
        lead=lead,
        pictures=tuple(book.pictures),
        downloads=tuple({one.sha256: one for one in downloads}.values()),
        related=tuple(block.value.pk for block in page.related if block.value is not None),
        document_number=page.document_number.strip(),
        index_number=page.index_number.strip(),
        written_on=page.written_on,
        validity=page.validity,  # type: ignore[arg-type]  # one of its choices, or pydantic says so
        archived_on=page.archived_on,
        original_pub_date=page.original_pub_date,
    )


def _block(block: Any, book: markup.Book) -> str:
    if block.block_type == "text":
        return markup.rich_text(block.value.source, book)
    if block.block_type == "table":
        return markup.table(block.value or {})
    image = block.value.get("image")
    found = _picture(image.pk, block.value.get("caption") or "") if image else None
    if found is None:
        return ""
    book.pictures.append(found)
    return markup.figure(found)


def _picture(pk: int, caption: str) -> Picture | None:
    row = PortalImage.objects.filter(pk=pk).first()
    if row is None:
        return None
    with row.open_file() as file:
        data = file.read()
    return pictures.prepare(data, alt=row.alt, caption=caption)


def _download(pk: int) -> Download | None:
    row = PortalDocument.objects.filter(pk=pk).first()
    if row is None:
        return None
    with row.open_file() as file:
        data = file.read()
    checked = look_through(data, Path(row.file.name).name, _kind(row.mime, row.file.name))
    if checked.blocked:
        raise BadInput(what=checked.sentence())
    stored = media.keep(data)
    name = Path(row.file.name).name
    return Download(title=row.title, name=name, sha256=stored.sha256, mime=row.mime, size=stored.size)


def _kind(mime: str, name: str) -> str:
    suffix = Path(name).suffix.lower().removeprefix(".")
    return {"txt": "text"}.get(suffix, suffix)


def _titled(block: Any) -> Download:
    found = _download(block.value["document"].pk)
    if found is None:
        raise BadInput(what="附件已被删除，请重新选择。")
    title = block.value.get("title") or found.title
    return found.model_copy(update={"title": title})


def _address(page_id: int) -> str:
    """Address of another page of the site; empty for one that is gone."""
    found = Page.objects.filter(pk=page_id).first()
    if found is None:
        return ""
    specific = found.specific
    if isinstance(specific, Article):
        return f"/content/{page_id}.html"
    if isinstance(specific, Column):
        slugs = [one.slug for one in specific.get_ancestors(inclusive=True).type(Column)]
        return f"/{'/'.join(slugs)}/"
    return "/" if isinstance(specific, PortalHome) else ""
