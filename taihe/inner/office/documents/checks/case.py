"""What the checks look at: a document, a content, and what belongs to both, looked up once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from taihe.inner.people.models import Organ

from .. import recipients
from ..content import Attachment, Content, TextBlock
from ..models import Addressee, Document, Series
from .finding import Finding, Fix, Severity

STAGES = ("writing", "submit", "sign", "recheck", "number", "seal")
QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”")


@dataclass(frozen=True)
class Spot:
    """One typed line: in which part, block and row it stands, and as which paragraph people count it."""

    where: str
    block: int
    row: int
    line: int
    text: str

    @property
    def place(self) -> str:
        """Where it is, for one run."""
        return f"{self.where}:{self.block}:{self.row}"


class Case:
    """One run of the checks over one content of one document."""

    def __init__(self, document: Document, content: Content, stage: str, *, measure: bool = False) -> None:
        self.document, self.content, self.stage, self.measure = document, content, stage, measure

    def reached(self, stage: str) -> bool:
        """Whether the run is for this stage or a later one."""
        return STAGES.index(self.stage) >= STAGES.index(stage)

    @property
    def series(self) -> Series:
        """The document's series."""
        return self.document.series

    @cached_property
    def lines(self) -> list[Addressee]:
        """The lines of 主送 and 抄送 with their organs (1 query)."""
        if self.document.pk is None:
            return []
        rows = Addressee.objects.filter(document=self.document).select_related("organ").order_by("role", "order")
        return list(rows)

    def of_role(self, role: str) -> list[Addressee]:
        """The lines of one role."""
        return [one for one in self.lines if one.role == role]

    def organs(self, line: Addressee) -> list[Organ]:
        """The organs a line means today."""
        if line.group:
            return recipients.expand(line.group)
        return [line.organ] if line.organ else []

    @cached_property
    def spots(self) -> list[Spot]:
        """Every typed line of the body, the issued paper and the attachments."""
        found: list[Spot] = []
        for where, blocks in parts(self.content):
            found += _spots(where, blocks)
        return found

    @staticmethod
    def spots_of(content: Content, where: str) -> list[Spot]:
        """The typed lines of one part of any content."""
        return [spot for name, blocks in parts(content) if name == where for spot in _spots(name, blocks)]

    def of_part(self, where: str) -> list[Spot]:
        """The typed lines of one part."""
        return [one for one in self.spots if one.where == where]


def parts(content: Content) -> Iterator[tuple[str, tuple[object, ...]]]:
    """The parts that carry text, by name: body, issued, attachment1 …"""
    yield "body", content.blocks
    if content.issued:
        yield "issued", content.issued.blocks
    for number, one in enumerate(content.attachments, start=1):
        yield f"attachment{number}", one.blocks


def part_title(where: str) -> str:
    """A part's name on screens."""
    names = {"body": "正文", "issued": "印发的文件", "title": "标题", "note": "附注", "listed": "附件说明"}
    return names.get(where) or where.replace("attachment", "附件")


def _spots(where: str, blocks: tuple[object, ...]) -> Iterator[Spot]:
    line = 0
    for number, block in enumerate(blocks):
        if not isinstance(block, TextBlock):
            line += len(getattr(block, "rows", ())) or 1
            continue
        for row, text in enumerate(block.text.splitlines()):
            if text.strip():
                line += 1
                yield Spot(where, number, row, line, text)


def rewrite(content: Content, spot: Spot, change: Callable[[str], str]) -> Content:
    """The content with one typed line changed; a line that is no longer there as it was stays untouched."""

    def within(blocks: tuple[object, ...]) -> tuple[object, ...]:
        block = blocks[spot.block] if spot.block < len(blocks) else None
        if not isinstance(block, TextBlock):
            return blocks
        rows = block.text.splitlines()
        if spot.row >= len(rows) or rows[spot.row] != spot.text:
            return blocks
        rows[spot.row] = change(spot.text)
        changed = block.model_copy(update={"text": "\n".join(rows)})
        return (*blocks[: spot.block], changed, *blocks[spot.block + 1 :])

    if spot.where == "body":
        return content.model_copy(update={"blocks": within(content.blocks)})
    if spot.where == "issued" and content.issued:
        changed = content.issued.model_copy(update={"blocks": within(content.issued.blocks)})
        return content.model_copy(update={"issued": changed})
    number = int(spot.where.removeprefix("attachment") or 0) if spot.where.startswith("attachment") else 0
    if not 1 <= number <= len(content.attachments):
        return content
    one: Attachment = content.attachments[number - 1]
    changed = one.model_copy(update={"blocks": within(one.blocks)})
    rest = content.attachments
    return content.model_copy(update={"attachments": (*rest[: number - 1], changed, *rest[number:])})


def line_fix(spot: Spot, change: Callable[[str], str]) -> Fix:
    """A fix that changes one typed line."""
    return lambda content: rewrite(content, spot, change)


def field_fix(**values: object) -> Fix:
    """A fix that sets fields of the content."""
    return lambda content: content.model_copy(update=values)


def at_spot(spot: Spot, code: str, severity: Severity, clause: str, happened: str, **more: object) -> Finding:
    """A finding about one typed line."""
    return Finding(
        code,
        severity,
        clause,
        happened,
        where=spot.where,
        line=spot.line,
        place=spot.place,
        **more,  # type: ignore[arg-type]
    )
