"""A paper written as .docx reads back word for word, and keeps the page, grid and fonts of the standard."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ..model import Appendix, Paper, Picture, Table
from ..render import render
from ..structure import from_lines, paragraphs
from ..wordfile import read_docx
from ..wordwrite import write_docx

BODY = "为做好汛期工作，现通知如下。\n一、加强领导\n（一）落实责任。各单位要明确专人。\n1.每日报告。\n（1）零报告制度。"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060"
    "000000050001a5f645400000000049454e44ae426082"
)


PICTURE = Picture(data=PNG, extension="png")
SECOND = Appendix(title="物资清单", blocks=())


def paper(**more):
    given = {
        "mark": ("太和县人民政府办公室文件",),
        "number": "太政办〔2026〕5号",
        "title_lines": ("太和县人民政府办公室", "关于做好防汛工作的通知"),
        "addressees": "各乡镇人民政府，县政府各部门",
        "blocks": (*paragraphs(BODY), Table(rows=(("单位", "人数"), ("城关镇", "12"))), PICTURE),
        "attachments": ("值班表", "物资清单"),
        "organs": ("太和县人民政府办公室",),
        "date": "2026年5月3日",
        "note": "此件公开发布",
        "appendices": (Appendix(title="值班表", blocks=from_lines(["一、白班"])), SECOND),
        "copies": "县委办公室，县人大常委会办公室",
        "printed_by": "太和县人民政府办公室",
        "printed_on": "2026年5月3日印发",
    }  # fmt: skip
    return Paper(**(given | more))


def test_what_is_written_reads_back_line_for_line():
    got = read_docx(write_docx(paper()))
    assert got.notes == []
    assert got.lines == [
        "太和县人民政府办公室文件",
        "太政办〔2026〕5号",
        "太和县人民政府办公室",
        "关于做好防汛工作的通知",
        "各乡镇人民政府，县政府各部门：",
        *BODY.splitlines(),
        "附件：1.值班表",
        "2.物资清单",
        "太和县人民政府办公室",
        "2026年5月3日",
        "（此件公开发布）",
        "附件1",
        "值班表",
        "一、白班",
        "附件2",
        "物资清单",
    ]
    tables = [one.rows for one in got.blocks if one.kind == "table"]
    assert tables[0] == (("单位", "人数"), ("城关镇", "12"))
    assert tables[1] == (("抄送：县委办公室，县人大常委会办公室。",), ("太和县人民政府办公室 2026年5月3日印发",))
    assert [one.extension for one in got.blocks if one.kind == "picture"] == ["png"]


def test_page_grid_and_fonts_are_the_standards():
    data = write_docx(paper())
    document = Document(io.BytesIO(data))
    section = document.sections[0]
    sizes = [
        round(one.mm)
        for one in (section.page_width, section.page_height, section.top_margin, section.left_margin)
        if one
    ]
    assert sizes == [210, 297, 37, 28]
    assert round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm) == 156
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")
    runs = [run for line in document.paragraphs for run in line.runs if run.text]
    faces = {run.text: run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in runs}
    assert faces["一、加强领导"] == "黑体"
    assert faces["（一）落实责任。"] == "楷体_GB2312"
    assert faces["各单位要明确专人。"] == "仿宋_GB2312"
    assert faces["关于做好防汛工作的通知"] == "方正小标宋简体"
    footers = zipfile.ZipFile(io.BytesIO(data))
    numbered = [name for name in footers.namelist() if "footer" in name and b" PAGE " in footers.read(name)]
    assert len(numbered) == 2  # odd right, even left


def test_upward_papers_name_their_signer_and_watermarks_stay():
    data = write_docx(paper(direction="up", signers=("演县长",), watermark="演示　送审稿"))
    assert "太政办〔2026〕5号 签发人：演县长" in read_docx(data).lines
    names = zipfile.ZipFile(io.BytesIO(data))
    headers = b"".join(names.read(name) for name in names.namelist() if "header" in name)
    assert "演示　送审稿" in headers.decode()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here: page count not compared")
def test_the_pages_are_as_many_as_ours(tmp_path):
    (tmp_path / "paper.docx").write_bytes(write_docx(paper()))
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "paper.docx"], cwd=tmp_path, check=True, timeout=120
    )
    pages = len(re.findall(rb"/Type\s*/Page[^s]", (tmp_path / "paper.pdf").read_bytes()))
    assert abs(pages - render(paper()).pages) <= 1


def tracked():
    """As officials leave it: an insertion, a deletion, and a paragraph moved."""
    document = Document()
    line = document.add_paragraph("各单位要")
    for tag, inner, text in (("w:ins", "w:t", "切实"), ("w:del", "w:delText", "马上"), ("w:moveFrom", "w:t", "从前")):
        change, run, word = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        word.text = text
        run.append(word)
        change.append(run)
        line._p.append(change)
    line.add_run("落实。")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_tracked_changes_are_accepted_or_shown():
    accepted = read_docx(tracked())
    assert accepted.lines == ["各单位要切实落实。"]
    assert [gone for _, gone in accepted.removed] == ["马上", "从前"]
    assert "已接受插入 1 处、删除 2 处" in accepted.notes[0]
    shown = read_docx(tracked(), changes="show")
    assert shown.lines == ["各单位要〔增：切实〕〔删：马上〕〔删：从前〕落实。"]
