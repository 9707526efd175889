"""The county's demo site as a source, and its pages with their pictures: what a browser can be shown."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from taihe.ground.rules import rules_folder
from taihe.inner.portal.content import (
    ArticleContent,
    ColumnContent,
    Download,
    HomeContent,
    Picture,
    Variant,
)
from taihe.inner.portal.demo_site import DemoSite, read_site

from ..edition import Edition
from ..site import site_facts
from ..source import MemorySource, download_path, picture_path
from . import samples

DAY = date(2026, 11, 20)
COLUMN_FIELDS = {
    "slug", "title", "description", "keywords", "column_type", "order", "in_nav", "home_slot", "channel",
}  # fmt: skip
ARTICLE_FIELDS = {
    "title", "body", "summary", "keywords", "source", "author", "editor", "document_number", "index_number",
    "written_on", "validity", "original_pub_date",
}  # fmt: skip


class Demo:
    """The demo site; `number` tells the page of an article key or column path."""

    def __init__(self) -> None:
        county = rules_folder().parent
        self.site: DemoSite = read_site(county / "demo" / "portal", DAY)
        keys = [*(one.path for one in self.site.columns), *(one.key for one in self.site.articles)]
        self.number = {key: at for at, key in enumerate(keys, start=2)}
        self.files: dict[str, bytes] = {}
        self.pictures = {one.key: self._picture(one.path, one.alt, one.caption) for one in self.site.pictures}
        facts = site_facts(tomllib.loads((county / "county.toml").read_text("utf-8")), demo=True)
        self.source = MemorySource(facts)
        self._fill()

    def _fill(self) -> None:
        home, number = self.site.home, self.number
        front = HomeContent(
            page_id=1,
            title=home.title,
            notice=home.notice,
            headline=number[home.headline],
            slides=tuple(number[key] for key in home.slides),
        )
        self.source.put(samples.approved(front))
        for one in self.site.columns:
            ids: dict[str, Any] = {"page_id": number[one.path], "parent_id": number.get(one.parent)}
            self.source.put(samples.approved(ColumnContent(**ids, **one.model_dump(include=COLUMN_FIELDS))))
        for each in self.site.articles:
            content = ArticleContent(
                page_id=number[each.key],
                column_id=number[each.column],
                lead=self.pictures[each.lead] if each.lead else None,
                pictures=tuple(self.pictures[key] for key in each.pictures),
                downloads=tuple(self._download(file.path, file.title) for file in each.downloads),
                related=tuple(number[key] for key in each.related),
                **each.model_dump(include=ARTICLE_FIELDS),
            )
            self.source.put(samples.approved(content, each.published_at))

    def _picture(self, file: Path, alt: str, caption: str) -> Picture:
        data = file.read_bytes()
        drawing = samples.drawing(data, alt).model_copy(update={"caption": caption})
        only: Variant = drawing.variants[0]
        self.files[picture_path(only)] = data
        return drawing

    def _download(self, file: Path, title: str) -> Download:
        data = file.read_bytes()
        made = Download(
            title=title, name=file.name, sha256=hashlib.sha256(data).hexdigest(), mime="text/plain", size=len(data)
        )
        self.files[download_path(made)] = data
        return made

    def pages(self) -> dict[str, bytes]:
        """Everything the outer zone would serve."""
        return self.files | dict(Edition(self.source).bake())
