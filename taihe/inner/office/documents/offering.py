"""主动公开: an issued document that the public may read comes to the website's editors as a draft.

《政府信息公开条例》 asks for publication within twenty working days; the editors do that, by 三审 as for every
article.  Here the text becomes plain headings, paragraphs and tables, the sealed paper its attachment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from taihe.ground.actor import Actor
from taihe.ground.files.models import Attachment as File
from taihe.ground.files.queries import zone_store
from taihe.ground.outbox.actions import enqueue
from taihe.ground.outbox.registry import handler
from taihe.ground.paper.model import Paragraph
from taihe.ground.paper.structure import paragraphs
from taihe.inner.portal.actions.offering import Offer, document_column, prepare
from taihe.inner.portal.offers import register_changes

from . import news
from .actions.publishing import offer_to_portal
from .content import Attachment, Content, TableBlock, TextBlock
from .models import Document, DocumentVersion
from .models.document import Audience, Publicity
from .paper import written
from .states import Force, State

JOB = "documents.offer"
ACTOR = Actor.system("公文转送")
HEADINGS = {1: "h2", 2: "h3"}
SUMMARY = 100
PICTURE = "（此处图片见附件中的正本。）"
CHANGED = {
    Force.CORRECTED: "原公文已换版更正，请核对后按新版处理。",
    Force.REPEALED: "原公文已废止，请办理有效性变更或撤稿。",
    Force.REVOKED: "原公文已撤销，请办理撤稿。",
}
Block = tuple[str, Any]


@news.on_issued("documents.offer")
def _issued(actor: Actor, document: Document) -> None:
    """What is for the public goes to the editors once it is out."""
    if wanted(document) and document_column():
        enqueue(JOB, {"document": document.pk}, dedupe=f"{JOB}:{document.pk}")


def wanted(document: Document) -> bool:
    """Whether a document is to be offered: issued, for everybody, and not offered yet."""
    return (
        document.state == State.ISSUED
        and document.publicity == Publicity.OPEN
        and document.audience != Audience.NAMED
        and document.portal_page is None
    )


# Not in the worker's transaction: the original is read, stored and looked through.
@handler(JOB, transactional=False)
def offer(payload: dict[str, Any]) -> None:
    """Hand one document over; a document that was handed over already is left alone."""
    document = Document.objects.filter(pk=payload["document"]).first()
    if document is not None and wanted(document):
        offer_to_portal(ACTOR, document.pk, prepare(offer_of(document)))


def offer_of(document: Document) -> Offer:
    """The signed text and the sealed paper as an article's parts.  Raises FileLost, FileDamaged."""
    version = DocumentVersion.objects.get(document=document, number=document.signed_version or document.head)
    content = Content.model_validate(version.content)
    first = next((line for one in content.blocks if isinstance(one, TextBlock) for line in _lines(one.text)), "")
    sealed = File.objects.get(key=document.pdf)
    with zone_store().open(sealed.sha256) as stream:
        pdf = stream.read()
    return Offer(
        key=str(document.pk),
        title=content.title,
        source=document.organ_name,
        blocks=tuple(_article(document, content)),
        document_number=document.number,
        written_on=document.dated,
        summary=first if len(first) <= SUMMARY else f"{first[:SUMMARY]}…",
        keywords=f"公文，{document.genre}",
        pdf=pdf,
        pdf_title=f"{document.number} {content.title}（正本）",
    )


# -- the text ---------------------------------------------------------------------------------------


def _article(document: Document, content: Content) -> Iterator[Block]:
    """Body in the order of the paper: to whom, text, list of attachments, signature, then what is bound with it."""
    if content.addressees and not content.addressees_in_colophon:
        yield "text", _p(f"{'，'.join(content.addressees)}：")
    yield from _blocks(content.blocks)
    listed = content.attachment_titles
    if listed:
        numbered = len(listed) > 1
        titles = [f"{number}. {title}" if numbered else title for number, title in enumerate(listed, start=1)]
        yield "text", "".join(_p(("附件：" if not n else "") + title) for n, title in enumerate(titles))
    yield "text", _p(content.signature or document.organ_name) + _p(written(document.dated))
    if content.note:
        yield "text", _p(f"（{content.note.strip('（）()')}）")
    if content.issued is not None:
        yield from _bound("", content.issued)
    for number, one in enumerate(content.attachments, start=1):
        yield from _bound(f"附件{number if len(content.attachments) > 1 else ''}：", one)


def _bound(label: str, part: Attachment) -> Iterator[Block]:
    yield "text", f"<h2>{escape(label + part.title)}</h2>"
    yield from _blocks(part.blocks)


def _blocks(blocks: tuple[Any, ...]) -> Iterator[Block]:
    for one in blocks:
        if isinstance(one, TextBlock):
            html = "".join(_paragraph(line) for line in paragraphs(one.text) if isinstance(line, Paragraph))
            if html:
                yield "text", html
        elif isinstance(one, TableBlock):
            yield "table", _table(one)
        else:
            yield "text", _p(PICTURE) + (_p(one.caption) if one.caption else "")


def _paragraph(line: Paragraph) -> str:
    """A heading of its own, or a paragraph whose heading stands in bold before the text."""
    rest = "".join(run.text for run in line.runs)
    if line.heading and not rest:
        tag = HEADINGS.get(line.level, "h4")
        return f"<{tag}>{escape(line.heading)}</{tag}>"
    return f"<p><b>{escape(line.heading)}</b>{escape(rest)}</p>" if line.heading else _p(rest)


def _table(one: TableBlock) -> dict[str, Any]:
    """As the table editor keeps it; the first row is the head."""
    width = max((len(row) for row in one.rows), default=0)
    return {
        "data": [[*row, *[""] * (width - len(row))] for row in one.rows],
        "cell": [],
        "mergeCells": [],
        "first_row_is_table_header": True,
        "first_col_is_header": False,
        "table_header_choice": "row",
        "table_caption": "",
    }


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _lines(text: str) -> list[str]:
    return [line.strip(" \t　") for line in text.splitlines() if line.strip(" \t　")]


# -- what became of it ------------------------------------------------------------------------------


def changes(keys: list[str]) -> Mapping[str, str]:
    """What editors must know of documents that changed after they were offered (1 query)."""
    rows = Document.objects.filter(pk__in=[int(key) for key in keys if key.isdigit()], force__in=list(CHANGED))
    return {
        str(pk): CHANGED[Force(force)] + (f"（{note}）" if note else "")
        for pk, force, note in rows.values_list("pk", "force", "force_note")
    }


register_changes("documents", changes)
