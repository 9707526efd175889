"""Word and WPS files (.docx) read as officials write them.

Automatic numbers become text (python-docx alone loses them), insertions of tracked changes are accepted and
deletions left out (or both shown as marked text), and reported; tables and pictures are kept; what cannot be kept
is named, never dropped silently.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from docx import Document
from docx.oxml.ns import qn

from taihe.ground.errors import BadInput

from .model import Block, Picture, Table
from .numerals import written
from .structure import paragraph

_KINDS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
_EMU_PER_MM = 36000


class UnreadableWordFile(BadInput):
    """The file is no .docx that can be read."""

    code = "paper.unreadable_docx"
    happened = "“{name}”无法作为 .docx 文稿读取。"
    done = "没有导入任何内容，原有文稿保持不变。"
    next_step = "请在 WPS 或 Word 中打开后另存为 .docx 再导入；.doc、.wps 文件也请先另存为 .docx。"


@dataclass
class Imported:
    """What was read: paragraphs, tables and pictures in order, and what the reader should know (Chinese sentences).

    `removed` are the texts that tracked changes took out, each with the beginning of its paragraph.
    """

    blocks: list[Block] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """The text paragraphs, for finding title and addressees."""
        return [one.heading + "".join(run.text for run in one.runs) for one in self.blocks if one.kind == "paragraph"]


INSERTED, DELETED = "〔增：{}〕", "〔删：{}〕"


def read_docx(data: bytes, name: str = "文稿.docx", *, changes: Literal["accept", "show"] = "accept") -> Imported:
    """Read a .docx.  Raises UnreadableWordFile.

    `changes`: accept the tracked changes, or show them in the text as 〔增：…〕 and 〔删：…〕.
    """
    try:
        return _Reader(Document(io.BytesIO(data)), show=changes == "show").read()
    except Exception as fault:  # python-docx, zipfile and lxml raise many kinds for a broken file
        raise UnreadableWordFile(name=name) from fault


def _value(element: Any, path: str) -> str | None:
    found = element.find(path, element.nsmap) if element is not None else None
    return None if found is None else found.get(qn("w:val"))


class _Numbers:
    """The automatic numbers of a file: definitions, and how far each list has counted."""

    def __init__(self, document: Any) -> None:
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self.counted: dict[str, Counter[int]] = {}
        self.abstract: dict[str, str] = {}
        part = getattr(document.part, "numbering_part", None) if _has_numbering(document) else None
        if part is None:
            return
        root = part.element
        drawn = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        for num in root.findall(qn("w:num")):
            key = num.get(qn("w:numId"))
            base = _value(num, "w:abstractNumId") or ""
            if base not in drawn:
                continue
            self.abstract[key] = base
            self.levels[key] = self._levels_of(drawn[base])
            for change in num.findall(qn("w:lvlOverride")):
                self._override(key, change)

    @staticmethod
    def _levels_of(element: Any) -> dict[int, tuple[str, str, int]]:
        return {int(one.get(qn("w:ilvl"))): _Numbers._level(one) for one in element.findall(qn("w:lvl"))}

    @staticmethod
    def _level(one: Any) -> tuple[str, str, int]:
        return (_value(one, "w:numFmt") or "decimal", _value(one, "w:lvlText") or "", int(_value(one, "w:start") or 1))

    def _override(self, key: str, change: Any) -> None:
        level = int(change.get(qn("w:ilvl")))
        if (given := change.find(qn("w:lvl"))) is not None:
            self.levels[key][level] = self._level(given)
        if (start := _value(change, "w:startOverride")) is not None and level in self.levels[key]:
            style, text, _ = self.levels[key][level]
            self.levels[key][level] = (style, text, int(start))
            self.abstract[key] = f"{key}*"  # counts on its own from here

    def next(self, key: str, level: int) -> str:
        """The number that stands before the next paragraph of a list."""
        levels = self.levels.get(key, {})
        if level not in levels:
            return ""
        counted = self.counted.setdefault(self.abstract[key], Counter())
        counted[level] = counted[level] + 1 if level in counted else levels[level][2]
        for deeper in [one for one in counted if one > level]:
            del counted[deeper]
        text = levels[level][1]
        for place in range(level + 1):
            style, _, start = levels.get(place, ("decimal", "", 1))
            text = text.replace(f"%{place + 1}", written(style, counted.get(place, start)))
        return text if levels[level][0] != "bullet" else ""


def _has_numbering(document: Any) -> bool:
    return any(rel.reltype.endswith("/numbering") for rel in document.part.rels.values())


class _Reader:
    def __init__(self, document: Any, *, show: bool = False) -> None:
        self.document, self.numbers, self.out, self.show = document, _Numbers(document), Imported(), show
        self.inserted = self.deleted = self.unkept = self.numbered = 0
        self._gone: list[str] = []

    def read(self) -> Imported:
        for element in self.document.element.body:
            if element.tag == qn("w:p"):
                self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                self._table(element)
            elif element.tag == qn("w:sdt"):
                for inner in element.iter(qn("w:p")):
                    self._paragraph(inner)
        if self.inserted or self.deleted:
            done = "以〔增：〕〔删：〕标出" if self.show else "已接受"
            self.out.notes.append(f"文中有修订：{done}插入 {self.inserted} 处、删除 {self.deleted} 处，请核对。")
        if self.numbered:
            self.out.notes.append(f"自动编号 {self.numbered} 处已转为文字，请核对。")
        if self.unkept:
            self.out.notes.append(f"有 {self.unkept} 处文本框、公式、图表或不支持的图片没有导入，请核对原文。")
        return self.out

    def _text(self, element: Any) -> str:
        return "".join(self._pieces(element))

    def _pieces(self, element: Any) -> Iterator[str]:
        for one in element:
            if one.tag == qn("w:t"):
                yield one.text or ""
            elif one.tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
                yield " "
            elif one.tag in (qn("w:del"), qn("w:moveFrom")):
                yield from self._deleted(one)
            elif one.tag in (qn("w:ins"), qn("w:moveTo")):
                yield from self._inserted(one)
            elif one.tag in (qn("w:pPr"), qn("w:rPr"), qn("w:instrText"), qn("w:delText")):
                continue
            elif one.tag in (qn("w:txbxContent"), qn("w:pict"), qn("w:object"), qn("m:oMath")):
                self.unkept += 1
            elif one.tag != qn("w:drawing"):
                yield from self._pieces(one)

    def _deleted(self, element: Any) -> Iterator[str]:
        text = "".join(one.text or "" for one in element.iter(qn("w:delText"), qn("w:t")))
        self.deleted += 1
        if text.strip():
            self._gone.append(text)
            if self.show:
                yield DELETED.format(text)

    def _inserted(self, element: Any) -> Iterator[str]:
        text = self._text(element)
        if text or element.find(qn("w:r")) is not None:
            self.inserted += 1
        yield INSERTED.format(text) if self.show and text.strip() else text

    def _paragraph(self, element: Any) -> None:
        number, text = self._number(element), self._text(element).strip(" \t　")
        if (number + text).strip():
            self.numbered += bool(number)
            self.out.blocks.append(paragraph(number + text))
        self.out.removed += [(text[:12], gone) for gone in self._gone]
        self._gone.clear()
        for drawing in element.iter(qn("w:drawing")):
            if not any(True for _ in drawing.iterancestors(qn("w:del"))):
                self._picture(drawing)

    def _number(self, element: Any) -> str:
        properties = element.find(qn("w:pPr"))
        listed = properties.find(qn("w:numPr")) if properties is not None else None
        if listed is None and properties is not None:
            listed = self._listed_by_style(_value(properties, "w:pStyle"))
        if listed is None:
            return ""
        key, level = _value(listed, "w:numId"), int(_value(listed, "w:ilvl") or 0)
        return self.numbers.next(key, level) if key and key != "0" else ""

    def _listed_by_style(self, style: str | None) -> Any:
        styles = {one.get(qn("w:styleId")): one for one in self.document.styles.element.findall(qn("w:style"))}
        seen: set[str] = set()
        while style and style in styles and style not in seen:
            seen.add(style)
            listed = styles[style].find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if listed is not None:
                return listed
            style = _value(styles[style], "w:basedOn")
        return None

    def _table(self, element: Any) -> None:
        rows = []
        for row in element.findall(qn("w:tr")):
            cells = [
                " ".join(filter(None, (self._text(one).strip() for one in cell.findall(qn("w:p")))))
                for cell in row.findall(qn("w:tc"))
            ]
            rows.append(cells)
        width = max((len(row) for row in rows), default=0)
        if width:
            self.out.blocks.append(Table(rows=tuple(tuple(row + [""] * (width - len(row))) for row in rows)))

    def _picture(self, drawing: Any) -> None:
        blip = next(drawing.iter(qn("a:blip")), None)
        key = blip.get(qn("r:embed")) if blip is not None else None
        part = self.document.part.related_parts.get(key) if key else None
        extension = _KINDS.get(part.content_type) if part is not None else None
        if part is None or extension is None:
            self.unkept += 1
            return
        extent = next(drawing.iter(qn("wp:extent")), None)
        width = int(extent.get("cx")) / _EMU_PER_MM if extent is not None else 120.0
        self.out.blocks.append(Picture(data=part.blob, extension=extension, width_mm=min(max(width, 10.0), 156.0)))  # type: ignore[arg-type]
