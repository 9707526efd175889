"""From a Word file to a document's content: title, 主送, body, 附件 — found where officials put them.

What the county's system makes itself (head, number, date, 版记) is left out, and every such decision is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from taihe.ground.paper.model import Block, Paragraph, Picture, Table
from taihe.ground.paper.structure import plain
from taihe.ground.paper.wordfile import Imported

from .content import Attachment, Content, PictureBlock, TableBlock, TextBlock
from .models.document import Genre

Keep = Callable[[Picture], str]
"""Stores a picture with the document; its key, or an empty text when it cannot be kept."""

_NUMBER = re.compile(r"^\S{1,20}〔\d{4}〕\s*\d+\s*号")
_HEAD = re.compile(r"^.{2,40}文件$|^(特急|加急|签发人[：:].*|\d{6})$")
_DATE = re.compile(r"^[\d〇零一二三四五六七八九十]{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$")
_ATTACHMENT = re.compile(r"^附\s*件\s*(\d{0,2})\s*[：:]?$")
_LISTED = re.compile(r"^附\s*件\s*[：:]\s*(.+)$")
_ITEM = re.compile(r"^\d{1,2}[.．]\s*(.+)$")
_NOTE = re.compile(r"^[（(]([^（）()]{2,60})[）)]$")
_COLOPHON = re.compile(r"^(抄送|主送|分送)[：:]|印发$")
_GENRES = tuple(one.value for one in Genre)
MOST_TITLE_LINES = 4
MOST_ADDRESSEES = 300


@dataclass
class Text:
    """What a Word file became, and what the drafter should know (Chinese sentences)."""

    content: Content
    notes: list[str] = field(default_factory=list)


def to_content(imported: Imported, before: Content, keep: Keep) -> Text:
    """The content of an imported file; 署名 and 抄送 stay as they were before unless the file names them."""
    reader = _Reader(list(imported.blocks), before, keep, [*imported.notes])
    return Text(reader.read(), reader.notes)


class _Reader:
    def __init__(self, blocks: list[Block], before: Content, keep: Keep, notes: list[str]) -> None:
        self.blocks, self.before, self.keep, self.notes = blocks, before, keep, notes
        self.found: dict[str, object] = {}

    def read(self) -> Content:
        main, *rest = self._parts()
        main = self._beginning(main)
        main = self._ending(main)
        attachments = tuple(self._attachment(one) for one in rest)
        if attachments:
            self.notes.append(f"按“附件”字样分出 {len(attachments)} 个附件，请核对。")
        if self.found.get("listed") == tuple(one.title for one in attachments):
            del self.found["listed"]  # follows the attachments by itself
        given = {"signature": self.before.signature, "copies": self.before.copies} | self.found
        return Content(
            blocks=self._blocks(main),
            attachments=attachments,
            addressees_in_colophon=self.before.addressees_in_colophon,
            **given,  # type: ignore[arg-type]
        )

    # -- parting --------------------------------------------------------------------------------------

    def _parts(self) -> list[list[Block]]:
        """The paper itself, then each attachment, which begins with a line 附件1."""
        parts: list[list[Block]] = [[]]
        for one in self.blocks:
            if isinstance(one, Paragraph) and _ATTACHMENT.match(_text(one)):
                parts.append([])
            else:
                parts[-1].append(one)
        return parts

    def _attachment(self, blocks: list[Block]) -> Attachment:
        blocks = self._without_colophon(blocks)
        title = _text(blocks[0]) if blocks and isinstance(blocks[0], Paragraph) and len(_text(blocks[0])) <= 60 else ""
        return Attachment(title=title, blocks=self._blocks(blocks[1:] if title else blocks))

    # -- the beginning --------------------------------------------------------------------------------

    def _beginning(self, blocks: list[Block]) -> list[Block]:
        start = 0
        while start < len(blocks) and (_HEAD.match(_text(blocks[start])) or _NUMBER.match(_text(blocks[start]))):
            start += 1
        if start:
            self.notes.append("红头、发文字号等由系统生成，已略去。")
        blocks = blocks[start:]
        blocks = blocks[self._title(blocks) :]
        if blocks and _is_addressees(_text(blocks[0])):
            self.found["addressees"] = _names(_text(blocks[0]))
            self.notes.append("已识别主送机关；分发范围请在“主送”中核对，文字与单位对应后才能送达。")
            blocks = blocks[1:]
        elif self.before.addressees:
            self.found["addressees"] = self.before.addressees
        return blocks

    def _title(self, blocks: list[Block]) -> int:
        """How many of the first lines are the title: up to the one that ends with a 文种."""
        title = ""
        for place, one in enumerate(blocks[:MOST_TITLE_LINES]):
            line = _text(one)
            if not isinstance(one, Paragraph) or one.level or _is_addressees(line) or line.endswith("。"):
                break
            title += line
            if title.endswith(_GENRES):
                self.found["title"] = title[:200]
                return place + 1
        self.found["title"] = self.before.title
        self.notes.append("没有识别出标题（末尾应为文种），请填写标题。")
        return 0

    # -- the end --------------------------------------------------------------------------------------

    def _ending(self, blocks: list[Block]) -> list[Block]:
        blocks = self._without_colophon(blocks)
        dropped = False
        for _ in range(4):
            text = _text(blocks[-1]) if blocks else ""
            if match := _NOTE.match(text):
                self.found["note"] = match[1]
            elif _DATE.match(text) or (dropped and self._is_signature(text)):
                dropped = True
            else:
                break
            blocks = blocks[:-1]
        if dropped:
            self.notes.append("署名、成文日期由系统按规定位置排印，已略去原有的。")
        return self._listed(blocks)

    def _is_signature(self, text: str) -> bool:
        return bool(text) and len(text) <= 30 and not text.endswith(("。", "：", "；")) and "，" not in text

    def _listed(self, blocks: list[Block]) -> list[Block]:
        """附件说明 at the end of the body: its names, however many lines they take."""
        for place in range(len(blocks) - 1, max(len(blocks) - 31, -1), -1):
            match = _LISTED.match(_text(blocks[place]))
            if not match:
                continue
            lines, end = [match[1]], place + 1
            while end < len(blocks) and _ITEM.match(_text(blocks[end])):
                lines.append(_text(blocks[end]))
                end += 1
            self.found["listed"] = tuple(_ITEM.sub(r"\1", line)[:200] for line in lines)[:50]
            return blocks[:place] + blocks[end:]
        return blocks

    def _without_colophon(self, blocks: list[Block]) -> list[Block]:
        """版记 is the system's: as lines, or as the table that it is drawn with."""
        end = len(blocks)
        while end and (_COLOPHON.search(_text(blocks[end - 1])) or _is_colophon(blocks[end - 1])):
            end -= 1
        if end < len(blocks):
            text = "\n".join(plain([one]) for one in blocks[end:])
            if copies := re.search(r"抄送[：:]\s*(.+?)[。\n]", text + "\n"):
                self.found["copies"] = _names(copies[1])
            self.notes.append("版记由系统生成，已略去原有的；其中的抄送机关已取出，请核对。")
        return blocks[:end]

    # -- blocks ---------------------------------------------------------------------------------------

    def _blocks(self, blocks: Sequence[Block]) -> tuple[TextBlock | TableBlock | PictureBlock, ...]:
        found: list[TextBlock | TableBlock | PictureBlock] = []
        lines: list[str] = []

        def flush() -> None:
            if lines:
                found.append(TextBlock(text="\n".join(lines)))
                lines.clear()

        for one in blocks:
            if isinstance(one, Paragraph):
                lines.append(_text(one))
                continue
            flush()
            if isinstance(one, Table):
                found.append(
                    TableBlock(
                        rows=tuple(tuple(" ".join(cell.split())[:2000] for cell in row) for row in one.rows[:500])
                    )
                )
            elif key := self.keep(one):
                found.append(PictureBlock(key=key, caption=one.caption[:120], width_mm=min(max(one.width_mm, 20), 156)))
            else:
                self.notes.append("有一张图片的格式不能使用（应为 PNG 或 JPEG），没有导入。")
        flush()
        return tuple(found)


def _text(one: Block) -> str:
    return plain([one]).strip() if isinstance(one, Paragraph) else ""


def _is_addressees(line: str) -> bool:
    return line.endswith(("：", ":")) and len(line) <= MOST_ADDRESSEES and "。" not in line


def _names(line: str) -> tuple[str, ...]:
    """主送 as the groups it is printed in: parted by commas, while 、 stays inside a name."""
    parts = re.split(r"[，,；;]", line.rstrip("：:。"))
    return tuple(part.strip()[:120] for part in parts if part.strip())[:200]


def _is_colophon(one: Block) -> bool:
    return isinstance(one, Table) and any(_COLOPHON.search(cell.strip()) for row in one.rows for cell in row)
