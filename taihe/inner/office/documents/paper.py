"""From a document's content to the paper that is drawn: one place, so that preview, print and original agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.conf import settings

from taihe.ground.files.models import Attachment as File
from taihe.ground.files.queries import zone_store
from taihe.ground.paper import Appendix, Paper, Picture, Table
from taihe.ground.paper.model import Block as PaperBlock
from taihe.ground.paper.structure import paragraphs

from .content import Attachment, Content
from .models import Document
from .titling import title_lines

OWNER = "documents.document"
PICTURES = "文中图片"
_EXTENSIONS: dict[str, Literal["png", "jpg", "svg"]] = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True)
class Looks:
    """What differs between the drafts and prints of one document.

    `stage`: "draft" carries 送审稿, "final" is the original.  `sealed` leaves room for the seal.
    """

    stage: Literal["draft", "final"] = "draft"
    red_head: Literal["digital", "preprinted"] = "digital"
    copy_number: str = ""


DRAFT, FINAL = Looks(), Looks(stage="final")


def written(day: date | None) -> str:
    """A date as 成文日期 is written: no leading zeros (GB/T 9704-2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def build(document: Document, content: Content, looks: Looks = DRAFT) -> Paper:
    """The paper of a document with one of its contents.  `document.series` is read.

    Pictures are read from the store; one that is gone is left out of the drawing (the checks name it).
    """
    series, final = document.series, looks.stage == "final"
    mains = "，".join(content.addressees)
    signers = tuple(document.signer_name.split("、")) if document.direction == "up" and document.signer_name else ()
    pictures = _pictures(document, content)
    return Paper(
        mark=tuple(series.mark),
        number=document.number if document.number else f"{series.code}〔　　〕　号",
        direction="up" if document.direction == "up" else "down",
        signers=signers,
        copy_number=looks.copy_number,
        urgency={"urgent": "加急", "critical": "特急"}.get(document.urgency, ""),  # type: ignore[arg-type]
        title_lines=title_lines(content.title or "（标题）"),
        addressees="" if content.addressees_in_colophon else mains,
        blocks=_blocks(content.blocks, pictures),
        attachments=content.attachment_titles,
        organs=(content.signature or series.signature,),
        date=written(document.dated) or "年　　月　　日",
        sealed=True,
        note=content.note,
        issued=_appendix(content.issued, pictures) if content.issued else None,
        appendices=tuple(_appendix(one, pictures) for one in content.attachments),
        moved_addressees=mains if content.addressees_in_colophon else "",
        copies="，".join(content.copies),
        printed_by=series.printed_by,
        printed_on=f"{written(document.printed_on or document.dated) or '年　　月　　日'}印发",
        red_head=looks.red_head,
        watermark="　".join(
            word for word in ("演示" if settings.TAIHE_DEMO else "", "" if final else "送审稿") if word
        ),
    )


def _appendix(one: Attachment, pictures: dict[str, Picture]) -> Appendix:
    return Appendix(title=one.title or "（附件标题）", blocks=_blocks(one.blocks, pictures))


def _blocks(blocks: tuple[Any, ...], pictures: dict[str, Picture]) -> tuple[PaperBlock, ...]:
    found: list[PaperBlock] = []
    for one in blocks:
        if one.kind == "text":
            found += paragraphs(one.text)
        elif one.kind == "table":
            width = max((len(row) for row in one.rows), default=0)
            if width:
                found.append(Table(rows=tuple((*row, *[""] * (width - len(row))) for row in one.rows)))
        elif one.key in pictures:
            found.append(pictures[one.key].model_copy(update={"caption": one.caption, "width_mm": one.width_mm}))
    return tuple(found)


def _pictures(document: Document, content: Content) -> dict[str, Picture]:
    """The pictures the content names, by key; only the document's own files are read."""
    parts = (content.blocks, *(one.blocks for one in (content.issued, *content.attachments) if one))
    keys = {one.key for blocks in parts for one in blocks if one.kind == "picture"}
    if not keys or document.pk is None:
        return {}
    rows = File.objects.filter(
        key__in=keys, owner_type=OWNER, owner_id=str(document.pk), removed_at__isnull=True, mime__in=_EXTENSIONS
    )
    found = {}
    for row in rows:
        with zone_store().open(row.sha256) as stream:
            found[row.key] = Picture(data=stream.read(), extension=_EXTENSIONS[row.mime])
    return found
