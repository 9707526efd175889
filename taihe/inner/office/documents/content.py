"""The text of a document as data: what is typed, versioned, checked, signed, and drawn on paper."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_TEXT = 200_000
MOST_BLOCKS = 400


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TextBlock(_Part):
    """Paragraphs, one a line, as typed; their numbers (一、（一）1.（1）) make the levels."""

    kind: Literal["text"] = "text"
    text: str = Field(default="", max_length=MOST_TEXT)


class TableBlock(_Part):
    """A table whose first row is its head."""

    kind: Literal["table"] = "table"
    rows: tuple[tuple[Annotated[str, Field(max_length=2000)], ...], ...] = Field(max_length=500)


class PictureBlock(_Part):
    """A picture among the text: key of an attachment of the document."""

    kind: Literal["picture"] = "picture"
    key: str = Field(max_length=32)
    caption: str = Field(default="", max_length=120)
    width_mm: float = Field(default=120, ge=20, le=156)


Block = Annotated[TextBlock | TableBlock | PictureBlock, Field(discriminator="kind")]
Blocks = Annotated[tuple[Block, ...], Field(max_length=MOST_BLOCKS)]


class Attachment(_Part):
    """One 附件: named in the 附件说明, and bound with the paper as blocks."""

    title: str = Field(default="", max_length=120)
    blocks: Blocks = ()


class Content(_Part):
    """Everything that is signed: a change of any of it after 签发 goes back to the signer (D15).

    `addressees` and `copies` are the names as printed; `issued` is the paper that a 通知 issues (印发), set
    after the date under its own title without the word 附件; `attachments` are the listed ones;
    `listed` is the 附件说明 as typed, empty when it is to follow the attachments.
    """

    title: str = Field(default="", max_length=200)
    addressees: tuple[Annotated[str, Field(max_length=120)], ...] = Field(default=(), max_length=200)
    blocks: Blocks = ()
    listed: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=50)
    signature: str = Field(default="", max_length=120)
    note: str = Field(default="", max_length=300)
    copies: tuple[Annotated[str, Field(max_length=120)], ...] = Field(default=(), max_length=200)
    addressees_in_colophon: bool = False
    issued: Attachment | None = None
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=30)

    @property
    def digest(self) -> str:
        """SHA-256 over the canonical JSON of all of it."""
        return digest_of(self.model_dump(mode="json"))

    @property
    def attachment_titles(self) -> tuple[str, ...]:
        """The 附件说明 as it will be printed."""
        return self.listed or tuple(one.title for one in self.attachments)


def digest_of(content: Any) -> str:
    """The digest of a content as stored."""
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def plain_text(blocks: tuple[Any, ...]) -> str:
    """The text of blocks, a paragraph a line, cells parted by tabs: what checks, search and differences read."""
    lines: list[str] = []
    for one in blocks:
        if one.kind == "text":
            lines += [line.strip() for line in one.text.splitlines() if line.strip()]
        elif one.kind == "table":
            lines += ["\t".join(row) for row in one.rows]
        elif one.caption:
            lines.append(one.caption)
    return "\n".join(lines)


def whole_text(content: Content) -> str:
    """Title, body, the issued paper and every attachment, for search, screening and differences."""
    parts = [content.title, "，".join(content.addressees), plain_text(content.blocks)]
    for one in (*([content.issued] if content.issued else []), *content.attachments):
        parts += [one.title, plain_text(one.blocks)]
    parts += [content.note]
    return "\n".join(part for part in parts if part)
