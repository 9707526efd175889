"""A paper as data: the elements of GB/T 9704-2012, clause 7, each under its own name."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Run(_Part):
    """A stretch of text in one face; 仿宋 unless said otherwise."""

    text: str
    face: Literal["", "hei", "kai"] = ""


class Paragraph(_Part):
    """A paragraph; `level` 1-4 draws `heading` in that level's face (7.3.3), 0 is plain text."""

    kind: Literal["paragraph"] = "paragraph"
    level: int = Field(0, ge=0, le=4)
    heading: str = ""
    runs: tuple[Run, ...] = ()


class Table(_Part):
    """A table whose first row is its head."""

    kind: Literal["table"] = "table"
    rows: tuple[tuple[str, ...], ...]


class Picture(_Part):
    """A picture among the text: its bytes (PNG, JPEG or SVG) and width in millimetres."""

    kind: Literal["picture"] = "picture"
    data: bytes = Field(repr=False)
    extension: Literal["png", "jpg", "svg"]
    width_mm: float = 120
    caption: str = ""


Block = Paragraph | Table | Picture


class Appendix(_Part):
    """An attachment bound with the paper (7.3.5.7 附件), beginning on a page of its own."""

    title: str
    blocks: tuple[Block, ...]


class Paper(_Part):
    """One official paper in 文件格式.  `mark` is the 发文机关标志, one organ a line, 文件 included.

    `issued` is what a 通知 issues (印发), bound behind the date without the word 附件.
    `title_lines` are broken where the sense breaks; `red_head` "preprinted" leaves the head blank for
    pre-printed stock; `watermark` is the grey word over drafts and demonstrations.
    """

    mark: tuple[str, ...]
    number: str = ""
    direction: Literal["down", "up"] = "down"
    signers: tuple[str, ...] = ()
    copy_number: str = ""
    urgency: Literal["", "特急", "加急"] = ""
    title_lines: tuple[str, ...]
    addressees: str = ""
    blocks: tuple[Block, ...]
    attachments: tuple[str, ...] = ()
    organs: tuple[str, ...]
    date: str
    sealed: bool = True
    note: str = ""
    issued: Appendix | None = None
    appendices: tuple[Appendix, ...] = ()
    moved_addressees: str = ""
    copies: str = ""
    printed_by: str = ""
    printed_on: str = ""
    red_head: Literal["digital", "preprinted"] = "digital"
    watermark: str = ""

    @property
    def title(self) -> str:
        """The whole title in one line."""
        return "".join(self.title_lines)
