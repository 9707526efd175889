"""A document as its editor holds it: the fields of the page, read from what was sent and from what is stored.

One reader for the saving script, the preview and the plain form, so that all three mean the same text.  The order
of ``block`` is the order on paper; a table travels as lines of cells parted by tabs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from pydantic import ValidationError

from taihe.ground.errors import BadInput

from .content import Attachment, Content, PictureBlock, TableBlock, TextBlock
from .fields import Fields, Line, fields_of, first_fault

BODY, ISSUED = "body", "issued"
KINDS = ("text", "table", "picture")
_BLOCK = re.compile(r"^(body|issued|a\d{1,3}):(k\d{1,6}):(text|table|picture)$")
_PART = re.compile(r"^(issued|a\d{1,3})$")
_LINE = re.compile(r"^(l\d{1,6}):(main|cc):([a-z0-9_.-]{0,40}):(\d{0,12})$")
_REASON = "reason-"
PLAIN = ("genre", "urgency", "publicity", "publicity_reason", "audience", "basis", "phone")


@dataclass
class Block:
    """One block on the page; a table as text with tabs."""

    id: str
    kind: str
    text: str = ""
    key: str = ""
    caption: str = ""
    width: str = "120"

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, every row as long as the longest."""
        rows = [line.split("\t") for line in self.text.split("\n")] if self.text else []
        width = max((len(row) for row in rows), default=0)
        return [[*row, *[""] * (width - len(row))] for row in rows]


@dataclass
class Part:
    """The body, the issued paper or one attachment."""

    key: str
    title: str = ""
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Row:
    """One 主送 or 抄送 on the page."""

    id: str
    role: str
    text: str
    group: str = ""
    organ: str = ""


@dataclass
class Editor:
    """All that the page holds."""

    title: str = ""
    signature: str = ""
    note: str = ""
    listed: str = ""
    in_colophon: bool = False
    important: bool = False
    plain: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    cosigners: list[str] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    # -- reading --------------------------------------------------------------------------------------

    @classmethod
    def posted(cls, data: QueryDict) -> Editor:
        """What a page sent.  What is not of the page's form is left out."""
        parts = [Part(BODY)]
        parts += [Part(key, data.get(f"{key}-title", "")) for key in data.getlist("part") if _PART.match(key)]
        known = {part.key: part for part in parts}
        for value in data.getlist("block"):
            if (match := _BLOCK.match(value)) and match[1] in known:
                known[match[1]].blocks.append(_block(data, match[2], match[3]))
        return cls(
            title=_one_line(data.get("title", "")),
            signature=_one_line(data.get("signature", "")),
            note=_one_line(data.get("note", "")),
            listed=data.get("listed", ""),
            in_colophon=data.get("in_colophon") == "on",
            important=data.get("important") == "on",
            plain={name: data.get(name, "").strip() for name in PLAIN if name in data},
            reasons={name[len(_REASON) :]: data.get(name, "") for name in data if name.startswith(_REASON)},
            cosigners=[one for one in data.getlist("cosigner") if one.isdigit()],
            lines=[_line(data, match) for value in data.getlist("line") if (match := _LINE.match(value))],
            parts=list(known.values()),
        )

    @classmethod
    def of(cls, document: Any, content: Content, lines: tuple[Line, ...]) -> Editor:
        """A stored text, ready for the page."""
        numbers = iter(range(1, 1_000_000))
        parts = [Part(BODY, "", _blocks(content.blocks, numbers))]
        if content.issued is not None:
            parts.append(Part(ISSUED, content.issued.title, _blocks(content.issued.blocks, numbers)))
        parts += [
            Part(f"a{place}", one.title, _blocks(one.blocks, numbers))
            for place, one in enumerate(content.attachments, 1)
        ]
        return cls(
            title=content.title,
            signature=content.signature,
            note=content.note,
            listed="\n".join(content.listed),
            in_colophon=content.addressees_in_colophon,
            important=document.important,
            plain={name: getattr(document, name) for name in PLAIN},
            reasons=dict(document.reasons),
            cosigners=[str(one) for one in document.cosigners],
            lines=[
                Row(f"l{place}", one.role, one.text, one.group, str(one.organ or ""))
                for place, one in enumerate(lines, 1)
            ],
            parts=parts,
        )

    # -- giving ---------------------------------------------------------------------------------------

    def content(self) -> Content:
        """The text.  Raises BadInput naming the first thing that is wrong."""
        try:
            return Content(
                title=self.title,
                addressees=self._texts("main"),
                copies=self._texts("cc"),
                blocks=tuple(_given(self.body.blocks)),
                listed=tuple(line.strip() for line in self.listed.splitlines() if line.strip()),
                signature=self.signature,
                note=self.note.strip("（）() "),
                addressees_in_colophon=self.in_colophon,
                issued=next((_attachment(one) for one in self.parts if one.key == ISSUED), None),
                attachments=tuple(_attachment(one) for one in self.attachments),
            )
        except ValidationError as bad:
            raise BadInput(what=first_fault(bad)) from bad

    def fields(self) -> Fields:
        """What is filled in beside the text.  Raises BadInput."""
        lines = [
            {"role": one.role, "text": one.text, "group": one.group, "organ": int(one.organ) if one.organ else None}
            for one in self.lines
            if one.text.strip()
        ]
        cosigners = [int(one) for one in self.cosigners]
        more = {"important": self.important, "cosigners": cosigners, "addressees": lines, "reasons": self.reasons}
        return fields_of(self.plain | more)

    @property
    def body(self) -> Part:
        """The body."""
        return self.parts[0]

    @property
    def attachments(self) -> list[Part]:
        """The attachments, in order."""
        return [one for one in self.parts if one.key not in (BODY, ISSUED)]

    def _texts(self, role: str) -> tuple[str, ...]:
        return tuple(one.text.strip() for one in self.lines if one.role == role and one.text.strip())

    # -- the plain form's buttons ---------------------------------------------------------------------

    def carry_out(self, command: str) -> bool:
        """Change the page as one of its buttons says (``drop:k3``); whether it was such a button."""
        verb, _, target = command.partition(":")
        act = getattr(self, f"_do_{verb}", None)
        if act is None:
            return False
        act(target)
        return True

    def _do_text(self, part: str) -> None:
        self._add(part, "text")

    def _do_table(self, part: str) -> None:
        self._add(part, "table", text="\t\t\n\t\t")

    def _add(self, part: str, kind: str, **more: str) -> None:
        for one in self.parts:
            if one.key == part:
                one.blocks.append(Block(self._fresh(), kind, **more))

    def add_picture(self, part: str, key: str) -> None:
        """A picture at the end of a part."""
        self._add(part, "picture", key=key)

    def _fresh(self) -> str:
        used = [int(one.id[1:]) for part in self.parts for one in part.blocks]
        return f"k{max(used, default=0) + 1}"

    def _do_part(self, kind: str) -> None:
        taken = {one.key for one in self.parts}
        key = ISSUED if kind == ISSUED else next(f"a{n}" for n in range(1, 999) if f"a{n}" not in taken)
        if key not in taken:
            self.parts.append(Part(key, "", [Block(self._fresh(), "text")]))

    def _do_droppart(self, key: str) -> None:
        self.parts = [one for one in self.parts if one.key != key or key == BODY]

    def _do_drop(self, block: str) -> None:
        for part in self.parts:
            part.blocks = [one for one in part.blocks if one.id != block]

    def _do_up(self, block: str) -> None:
        self._move(block, -1)

    def _do_down(self, block: str) -> None:
        self._move(block, 1)

    def _move(self, block: str, by: int) -> None:
        for part in self.parts:
            ids = [one.id for one in part.blocks]
            if block in ids and 0 <= (to := ids.index(block) + by) < len(ids):
                part.blocks.insert(to, part.blocks.pop(ids.index(block)))
                return

    def _do_dropline(self, line: str) -> None:
        self.lines = [one for one in self.lines if one.id != line]

    def _do_dropco(self, organ: str) -> None:
        self.cosigners = [one for one in self.cosigners if one != organ]

    def add_line(self, role: str, text: str, group: str = "", organ: str = "") -> None:
        """A further 主送 or 抄送, unless it stands there."""
        if not any((one.role, one.group, one.organ) == (role, group, organ) for one in self.lines):
            number = max((int(one.id[1:]) for one in self.lines), default=0) + 1
            self.lines.append(Row(f"l{number}", role, text, group, organ))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _block(data: QueryDict, id_: str, kind: str) -> Block:
    text = data.get(f"{id_}-text", "").replace("\r\n", "\n").replace("\r", "\n")
    if kind == "table":
        text = text.strip("\n")
    return Block(
        id_, kind, text, data.get(f"{id_}-key", ""), _one_line(data.get(f"{id_}-caption", "")),
        data.get(f"{id_}-width", "120"),
    )  # fmt: skip


def _line(data: QueryDict, match: re.Match[str]) -> Row:
    return Row(match[1], match[2], _one_line(data.get(f"{match[1]}-text", "")), match[3], match[4])


def _blocks(blocks: tuple[Any, ...], numbers: Iterator[int]) -> list[Block]:
    found = []
    for one in blocks:
        id_ = f"k{next(numbers)}"
        if one.kind == "text":
            found.append(Block(id_, "text", one.text))
        elif one.kind == "table":
            found.append(Block(id_, "table", "\n".join("\t".join(row) for row in one.rows)))
        else:
            found.append(Block(id_, "picture", "", one.key, one.caption, f"{one.width_mm:g}"))
    return found or [Block(f"k{next(numbers)}", "text")]


def _given(blocks: list[Block]) -> Iterator[TextBlock | TableBlock | PictureBlock]:
    for one in blocks:
        if one.kind == "text":
            if one.text.strip():
                yield TextBlock(text=one.text.strip("\n"))
        elif one.kind == "table":
            rows = tuple(tuple(" ".join(cell.split()) for cell in row) for row in one.rows)
            if any(any(row) for row in rows):
                yield TableBlock(rows=rows)
        elif one.key:
            yield PictureBlock(key=one.key, caption=one.caption, width_mm=_millimetres(one.width))


def _millimetres(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise BadInput(what="图片宽度请填写 20 到 156 之间的毫米数。") from None


def _attachment(part: Part) -> Attachment:
    return Attachment(title=_one_line(part.title), blocks=tuple(_given(part.blocks)))
