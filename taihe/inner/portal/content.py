"""What of a page the public will see: the exact content that reviewers approve, and nothing else.

A page is reviewed as one of these records.  The digest of its canonical JSON is what an approval
names; the baker reads approved records only, so whatever else stands in the editors' database
reaches nobody.  Pictures and downloads are named by digest: another picture is another content.
Times of publication are no part of it: the server sets them (portal handbook 0.5), see `Approved`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from taihe.ground.digests import digest

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Variant(_Record):
    """One size of a picture, in pixels and bytes."""

    sha256: Sha256
    mime: str
    width: int
    height: int
    size: int


class Picture(_Record):
    """A picture with its text for those who cannot see it; the last variant is the one any browser shows."""

    alt: Annotated[str, Field(min_length=1, max_length=200)]
    variants: tuple[Variant, ...]
    caption: str = ""


class Download(_Record):
    """A file to take away; size in bytes."""

    title: str
    name: str
    sha256: Sha256
    mime: str
    size: int


class Channel(_Record):
    """A sub-site (子站) of one organ or township inside the registered site; colour replaces the primary one."""

    organ: str
    name: str
    colour: str = ""
    intro: str = ""


class HomeContent(_Record):
    """The front page of the site."""

    kind: Literal["home"] = "home"
    page_id: int
    title: str
    headline: int | None = None
    slides: tuple[int, ...] = ()
    notice: str = ""


class ColumnContent(_Record):
    """A column (栏目) or, with `channel`, the front page of a sub-site."""

    kind: Literal["column"] = "column"
    page_id: int
    parent_id: int | None = None
    slug: Slug
    title: str
    description: str
    keywords: tuple[str, ...]
    column_type: str
    order: int = 0
    in_nav: bool = False
    home_slot: str = ""
    channel: Channel | None = None


class ArticleContent(_Record):
    """An article (稿件): fields of portal handbook 1.5 and 3.2; `body` is cleaned HTML."""

    kind: Literal["article"] = "article"
    page_id: int
    column_id: int
    title: str
    body: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    source: Annotated[str, Field(min_length=1)]
    author: str = ""
    editor: str = ""
    lead: Picture | None = None
    pictures: tuple[Picture, ...] = ()
    downloads: tuple[Download, ...] = ()
    related: tuple[int, ...] = ()
    document_number: str = ""
    index_number: str = ""
    written_on: date | None = None
    validity: Literal["", "有效", "已修改", "废止", "失效"] = ""
    original_pub_date: datetime | None = None
    archived_on: date | None = None


PageContent = Annotated[HomeContent | ColumnContent | ArticleContent, Field(discriminator="kind")]
_any: TypeAdapter[PageContent] = TypeAdapter(PageContent)


def content_digest(content: PageContent) -> str:
    """The digest (hex SHA-256 of canonical JSON) that reviewers approve."""
    return digest(content.model_dump(mode="json"))


def read_content(data: object) -> PageContent:
    """A stored record as content; raises pydantic's ValidationError for anything else."""
    return _any.validate_python(data)


class Approved(_Record):
    """Approved content with the times that the server set: first published, and approved in this form."""

    content: PageContent
    digest: Sha256
    published_at: datetime
    approved_at: datetime
