"""Personal data where nobody looks: hidden sheets, comments, tracked changes and properties of attachments.

A file goes out whole, so whatever it holds goes out.  What cannot be read by a machine (PDF, pictures)
is named, so that a reviewer looks himself.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree
from openpyxl import load_workbook

from taihe.ground.errors import BadSetup
from taihe.ground.screening import Finding, screen

_WORD_PARTS = re.compile(r"word/(document|comments|footnotes|endnotes|header\d*|footer\d*)\.xml")
_MOST_PART = 20 * 1024 * 1024
_MOST_TEXT = 5_000_000
PLAIN = {"text", "csv"}


@dataclass(frozen=True)
class Checked:
    """What was found, each with the place in the file; `unread` says what no machine looked into."""

    findings: tuple[tuple[str, Finding], ...] = ()
    unread: str = ""
    places: int = 0

    @property
    def blocked(self) -> bool:
        """Whether something in it may not go out."""
        return any(one.level in ("block", "mask") for _, one in self.findings)

    def sentence(self) -> str:
        """For the person who brought the file."""
        told = "".join(
            f"{place}：{one.sentence()}" for place, one in self.findings[:5] if one.level in ("block", "mask")
        )
        return f"附件中有不能公开的内容，没有保存。{told}请处理后重新上传。"

    def kept(self) -> dict[str, Any]:
        """For the record: places and kinds, personal numbers already masked."""
        found = [{"place": place, "level": one.level, "sentence": one.sentence()} for place, one in self.findings[:50]]
        return {"findings": found, "unread": self.unread, "places": self.places}


@dataclass
class _Pile:
    texts: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0

    def add(self, place: str, text: str) -> None:
        self.size += len(text)
        if self.size <= _MOST_TEXT and text.strip():
            self.texts.append((place, text))


def look_through(data: bytes, name: str, kind: str) -> Checked:
    """Screen a file's name and all text that can be got out of it.  Raises BadSetup for faulty word lists."""
    pile = _Pile()
    pile.add("文件名", name)
    unread = ""
    try:
        unread = _read(pile, data, kind)
    except BadSetup:
        raise
    except Exception as bad:  # noqa: BLE001 -- whatever a sender's file does, the answer is: not read by a machine
        unread = f"文件内容未能自动检查（{type(bad).__name__}），请人工核对。"
    if pile.size > _MOST_TEXT:
        unread = "文件过长，仅检查了前一部分，请人工核对其余内容。"
    found = [(place, one) for place, text in pile.texts for one in screen(text).findings]
    return Checked(tuple(found), unread, len(pile.texts))


def _read(pile: _Pile, data: bytes, kind: str) -> str:
    if kind == "xlsx":
        for place, text in _sheets(data):
            pile.add(place, text)
    elif kind == "docx":
        for place, text in _word(data):
            pile.add(place, text)
    elif kind in PLAIN:
        pile.add("正文", data.decode("utf-8", errors="replace"))
    else:
        return "此类文件的内容不能自动检查，请人工核对是否含有个人信息。"
    return ""


def _sheets(data: bytes) -> Iterator[tuple[str, str]]:
    book = load_workbook(BytesIO(data), data_only=True)
    properties = book.properties
    yield "文件属性", " ".join(str(one) for one in _told(properties) if one)
    for sheet in book.worksheets:
        place = f"工作表“{sheet.title}”" + ("" if sheet.sheet_state == "visible" else "（隐藏）")
        rows, notes = [], []
        for row in sheet.iter_rows():
            rows.append(" ".join(_cell(cell.value) for cell in row if cell.value is not None))
            notes += [cell.comment.text for cell in row if cell.comment]
        yield place, "\n".join(rows)
        yield f"{place}批注", "\n".join(notes)


def _cell(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _told(properties: Any) -> Iterator[Any]:
    for key in ("creator", "lastModifiedBy", "title", "subject", "description", "keywords", "category"):
        yield getattr(properties, key, None)


def _word(data: bytes) -> Iterator[tuple[str, str]]:
    titles = {"document": "正文", "comments": "批注", "footnotes": "脚注", "endnotes": "尾注"}
    with zipfile.ZipFile(BytesIO(data)) as box:
        for name in box.namelist():
            found = _WORD_PARTS.fullmatch(name)
            if (found or name in ("docProps/core.xml", "docProps/app.xml")) and box.getinfo(
                name
            ).file_size < _MOST_PART:
                place = titles.get(found[1], "页眉页脚") if found else "文件属性"
                yield place, _xml_text(box.read(name))


def _xml_text(data: bytes) -> str:
    """All text of an Office part, deleted runs (修订) included, one paragraph per line."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(data, parser)
    pieces: list[str] = []
    for element in root.iter():
        tag = etree.QName(element).localname if isinstance(element.tag, str) else ""
        if element.text:
            pieces.append(element.text)
        if tag in ("p", "tr", "br"):
            pieces.append("\n")
    return "".join(pieces)
