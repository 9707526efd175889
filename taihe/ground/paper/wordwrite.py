"""A paper as a Word file (.docx) for those who go on in WPS: page, grid, fonts and elements as GB/T 9704-2012 has them.

The fonts are named, not embedded: the office's own 仿宋_GB2312 and the others draw it.  The original stays the
PDF; a Word file is never sealed.  Page numbers stand outside, odd pages right, even pages left (7.5).
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from .model import Appendix, Block, Paper, Paragraph, Picture, Table

FANGSONG, KAI, HEI, BIAOSONG, SONG = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
FACES = {"": FANGSONG, "hei": HEI, "kai": KAI}
LEVELS = {0: FANGSONG, 1: HEI, 2: KAI, 3: FANGSONG, 4: FANGSONG}
LINE_PITCH = 579
"""Twentieths of a point: 22 lines on 225 mm (clause 5.2.3)."""
THREE, TWO, FOUR = 16, 22, 14
"""Sizes in points: 三号, 二号, 四号."""
RED = RGBColor(0xE6, 0x00, 0x12)
_LINE = LINE_PITCH / 20
_WIDTH = 156


def write_docx(paper: Paper) -> bytes:
    """The .docx of a paper.  Every word of the text stands in it once, in the order of the paper."""
    return _Writer(paper).write()


class _Writer:
    def __init__(self, paper: Paper) -> None:
        self.paper, self.document = paper, Document()
        self._page()

    def write(self) -> bytes:
        paper = self.paper
        self._head()
        self._blank(2)
        for line in paper.title_lines:
            self._centred(line, BIAOSONG, TWO)
        self._blank()
        if paper.addressees:
            self._plain(f"{paper.addressees}：", indent=False)
        self._blocks(paper.blocks)
        self._attachment_notes()
        self._signature()
        if paper.issued is not None:
            self._issued(paper.issued)
        for place, one in enumerate(paper.appendices, 1):
            self._appendix(one, place if len(paper.appendices) > 1 else None)
        self._colophon()
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    # -- the page -------------------------------------------------------------------------------------

    def _page(self) -> None:
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance, section.header_distance = Mm(24), Mm(15)
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        grid.set(qn("w:type"), "lines")
        grid.set(qn("w:linePitch"), str(LINE_PITCH))
        style: Any = self.document.styles["Normal"]
        style.font.size = Pt(THREE)
        _face(style.element.get_or_add_rPr(), FANGSONG)
        form = style.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(_LINE)
        self.document.settings.odd_and_even_pages_header_footer = True
        for footer, align in ((section.footer, ALIGN.RIGHT), (section.even_page_footer, ALIGN.LEFT)):
            self._page_number(footer.paragraphs[0], align)
        if self.paper.watermark:
            for header in (section.header, section.even_page_header):
                line = header.paragraphs[0]
                line.alignment = ALIGN.CENTER
                _run(line, self.paper.watermark, HEI, FOUR).font.color.rgb = RGBColor(0x9A, 0x9A, 0x9A)

    def _page_number(self, line: Any, align: Any) -> None:
        line.alignment = align
        side = line.paragraph_format
        if align == ALIGN.RIGHT:
            side.right_indent = Pt(FOUR)
        else:
            side.left_indent = Pt(FOUR)
        _run(line, "— ", SONG, FOUR)
        for kind, text in (("begin", ""), ("", " PAGE "), ("end", "")):
            run = _run(line, "", SONG, FOUR)
            mark = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                mark.set(qn("w:fldCharType"), kind)
            else:
                mark.text = text
            run._r.append(mark)
        _run(line, " —", SONG, FOUR)

    # -- the parts ------------------------------------------------------------------------------------

    def _head(self) -> None:
        paper = self.paper
        for text in (paper.copy_number, paper.urgency):
            if text:
                self._line(text, HEI, indent=False)
        self._blank(1 if paper.copy_number or paper.urgency else 3)
        for text in paper.mark:
            line = self._centred(text, BIAOSONG, 36)
            line.runs[0].font.color.rgb = RED
            line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        self._blank(2)
        if paper.direction == "up":
            line = self._line(paper.number, FANGSONG, indent=False)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(96))
            _run(line, "\t签发人：", FANGSONG, THREE)
            _run(line, "　".join(paper.signers), KAI, THREE)
        else:
            line = self._centred(paper.number, FANGSONG, THREE)
        _rule(line, "bottom", 18, "E60012", space=11)

    def _attachment_notes(self) -> None:
        names = self.paper.attachments
        if not names:
            return
        self._blank()
        for place, name in enumerate(names, 1):
            number = f"{place}." if len(names) > 1 else ""
            line = self._line(("附件：" if place == 1 else "") + number + name, FANGSONG, indent=False)
            line.paragraph_format.left_indent = Pt(THREE * 5)
            line.paragraph_format.first_line_indent = Pt(-THREE * 3) if place == 1 else Pt(0)

    def _signature(self) -> None:
        self._blank(2)
        for text in (*self.paper.organs, self.paper.date):
            line = self._line(text, FANGSONG, indent=False)
            line.alignment = ALIGN.RIGHT
            line.paragraph_format.right_indent = Pt(THREE * (4 if text == self.paper.date else 2))
        if self.paper.note:
            self._plain(f"（{self.paper.note.strip('（）')}）")

    def _issued(self, one: Appendix) -> None:
        self._new_page()
        self._centred(one.title, BIAOSONG, TWO)
        self._blank()
        self._blocks(one.blocks)

    def _appendix(self, one: Appendix, place: int | None) -> None:
        self._new_page()
        self._line(f"附件{place or ''}", HEI, indent=False)
        self._blank()
        self._centred(one.title, BIAOSONG, TWO)
        self._blank()
        self._blocks(one.blocks)

    def _colophon(self) -> None:
        paper = self.paper
        rows = [f"主送：{paper.moved_addressees}。"] if paper.moved_addressees else []
        rows += [f"抄送：{paper.copies}。"] if paper.copies else []
        if not rows and not paper.printed_by:
            return
        self._blank()
        table = self.document.add_table(rows=len(rows) + bool(paper.printed_by), cols=1)
        for place, row in enumerate(table.rows):
            line = row.cells[0].paragraphs[0]
            side = line.paragraph_format
            side.left_indent = side.right_indent = Pt(FOUR)
            if place < len(rows):
                side.left_indent, side.first_line_indent = Pt(FOUR * 4), Pt(-FOUR * 3)
                _run(line, rows[place], FANGSONG, FOUR)
            else:
                side.tab_stops.add_tab_stop(Mm(_WIDTH - 5), alignment=2)
                _run(line, f"{paper.printed_by}\t{paper.printed_on}", FANGSONG, FOUR)
            first, last = place == 0, place == len(table.rows) - 1
            _cell_rules(row.cells[0], top=8 if first else 6, bottom=8 if last else 6)

    # -- blocks ---------------------------------------------------------------------------------------

    def _blocks(self, blocks: Iterable[Block]) -> None:
        for one in blocks:
            if isinstance(one, Paragraph):
                self._paragraph(one)
            elif isinstance(one, Table):
                self._table(one)
            else:
                self._picture(one)

    def _paragraph(self, one: Paragraph) -> None:
        line = self._line("", FANGSONG)
        if one.heading:
            _run(line, one.heading, LEVELS[one.level], THREE)
        for run in one.runs:
            _run(line, run.text, FACES[run.face], THREE)

    def _table(self, one: Table) -> None:
        width = max(len(row) for row in one.rows)
        table = self.document.add_table(rows=len(one.rows), cols=width, style="Table Grid")
        table.alignment = 1
        for place, row in enumerate(one.rows):
            for cell, text in zip(table.rows[place].cells, row, strict=False):
                line = cell.paragraphs[0]
                line.alignment = ALIGN.CENTER if not place else ALIGN.LEFT
                line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
                _run(line, text, HEI if not place else FANGSONG, FOUR)
        head = table.rows[0]._tr.get_or_add_trPr()
        head.append(OxmlElement("w:tblHeader"))

    def _picture(self, one: Picture) -> None:
        if one.extension == "svg":
            return
        line = self._line("", FANGSONG, indent=False)
        line.alignment = ALIGN.CENTER
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        line.add_run().add_picture(io.BytesIO(one.data), width=Mm(min(one.width_mm, _WIDTH)))
        if one.caption:
            self._centred(one.caption, FANGSONG, FOUR)

    # -- lines ----------------------------------------------------------------------------------------

    def _line(self, text: str, face: str, *, indent: bool = True) -> Any:
        line = self.document.add_paragraph()
        if indent:
            indents = line._p.get_or_add_pPr().get_or_add_ind()
            indents.set(qn("w:firstLineChars"), "200")
            indents.set(qn("w:firstLine"), str(THREE * 2 * 20))
        if text:
            _run(line, text, face, THREE)
        return line

    def _plain(self, text: str, *, indent: bool = True) -> Any:
        return self._line(text, FANGSONG, indent=indent)

    def _centred(self, text: str, face: str, size: int) -> Any:
        line = self.document.add_paragraph()
        line.alignment = ALIGN.CENTER
        if size > THREE:
            line.paragraph_format.line_spacing = Pt(max(_LINE, size * 1.4))
        _run(line, text, face, size)
        return line

    def _blank(self, number: int = 1) -> None:
        for _ in range(number):
            self.document.add_paragraph()

    def _new_page(self) -> None:
        self.document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _run(line: Any, text: str, face: str, size: int) -> Any:
    run = line.add_run(text)
    run.font.size = Pt(size)
    _face(run._r.get_or_add_rPr(), face)
    return run


def _face(properties: Any, face: str) -> None:
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), face)
    latin = face if face != BIAOSONG else "Times New Roman"
    for name in ("w:ascii", "w:hAnsi"):
        fonts.set(qn(name), latin)


def _edge(name: str, eighths: int, colour: str, space: int) -> Any:
    edge = OxmlElement(f"w:{name}")
    for key, value in (("val", "single"), ("sz", eighths), ("space", space), ("color", colour)):
        edge.set(qn(f"w:{key}"), str(value))
    return edge


def _rule(line: Any, side: str, eighths: int, colour: str, *, space: int) -> None:
    """A rule under a line: eighths of a point, and points of space between."""
    borders = OxmlElement("w:pBdr")
    borders.append(_edge(side, eighths, colour, space))
    properties = line._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _cell_rules(cell: Any, *, top: int, bottom: int) -> None:
    borders = OxmlElement("w:tcBorders")
    for side, eighths in (("top", top), ("bottom", bottom)):
        borders.append(_edge(side, eighths, "000000", 0))
    cell._tc.get_or_add_tcPr().append(borders)
