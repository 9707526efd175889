"""What the content of a page refers to, and whether its writer may: no other organ's pictures, files or drafts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.blocks import StreamValue
from wagtail.models import Page
from wagtail.permissions import policy_registry

from .models import Article, PortalDocument, PortalImage
from .queries.approved import approved_pages

_EMBED = re.compile(r"<embed\b[^>]*>")
_LINK = re.compile(r"<a\b[^>]*>")
_ATTRIBUTE = re.compile(r"([a-z]+)=\"([^\"]*)\"")


def _nothing() -> tuple[set[int], set[int], set[int]]:
    return set(), set(), set()


def of_html(html: str) -> tuple[set[int], set[int], set[int]]:
    """Ids of pictures, files and pages named in Wagtail's own rich text."""
    pictures, files, pages = _nothing()
    for tag in _EMBED.findall(html):
        found = dict(_ATTRIBUTE.findall(tag))
        if found.get("embedtype") == "image" and found.get("id", "").isdigit():
            pictures.add(int(found["id"]))
    for tag in _LINK.findall(html):
        found = dict(_ATTRIBUTE.findall(tag))
        if found.get("id", "").isdigit():
            (files if found.get("linktype") == "document" else pages).add(int(found["id"]))
    return pictures, files, pages


def of_stream(value: Iterable[Any]) -> tuple[set[int], set[int], set[int]]:
    """Ids named in a stream of blocks."""
    pictures, files, pages = _nothing()
    for block in value:
        kind = block.block_type
        if kind == "text" and block.value is not None:
            more = of_html(block.value.source)
            pictures, files, pages = pictures | more[0], files | more[1], pages | more[2]
        elif kind == "picture" and block.value.get("image"):
            pictures.add(block.value["image"].pk)
        elif kind == "download" and block.value.get("document"):
            files.add(block.value["document"].pk)
        elif kind == "article" and block.value is not None:
            pages.add(block.value.pk)
    return pictures, files, pages


def of_values(values: Mapping[str, Any]) -> tuple[set[int], set[int], set[int]]:
    """Ids named in the values of a page's fields."""
    pictures, files, pages = _nothing()
    for value in values.values():
        if isinstance(value, StreamValue):
            more = of_stream(value)
            pictures, files, pages = pictures | more[0], files | more[1], pages | more[2]
        elif isinstance(value, PortalImage):
            pictures.add(value.pk)
        elif isinstance(value, Article):
            pages.add(value.pk)
    return pictures, files, pages


def foreign(user: Any, pictures: set[int], files: set[int], pages: set[int]) -> list[str]:
    """Sentences for what the user may not name; the sentences tell no title of it."""
    sentences = []
    for model, ids, title in ((PortalImage, pictures, "图片"), (PortalDocument, files, "附件")):
        may = policy_registry.get_by_type(model).instances_user_has_any_permission_for(user, ["choose"])
        if ids and may.filter(pk__in=ids).count() < len(ids):
            sentences.append(f"内容中引用了不属于本单位素材文件夹的{title}，请改用本单位的{title}。")
    if pages:
        own = policy_registry.get_by_type(Page).explorable_instances(user).filter(pk__in=pages)
        if pages - set(own.values_list("pk", flat=True)) - set(approved_pages()):
            sentences.append("内容中链接了其他单位尚未公开的页面，请去掉该链接。")
    return sentences
