"""Levels from hand-typed numbers, and .docx files as officials write them."""

from __future__ import annotations

import io

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given
from hypothesis import strategies as st

from taihe.ground.paper.numerals import chinese, letters, roman, written
from taihe.ground.paper.structure import paragraph, paragraphs, plain, skipped_levels
from taihe.ground.paper.wordfile import UnreadableWordFile, read_docx


@pytest.mark.parametrize(
    "line, level, heading",
    [
        ("一、总体要求", 1, "一、总体要求"),
        ("（二）压实责任。各乡镇要高度重视。", 2, "（二）压实责任。"),
        ("(三)加强督查", 2, "(三)加强督查"),
        ("1.聚焦重点。坚持问题导向。", 3, ""),
        ("（4）报送要求", 4, ""),
        ("2026年11月22日", 0, ""),
        ("3.5万亩小麦", 0, ""),
        ("十二、附则", 1, "十二、附则"),
        ("一是加强领导。", 0, ""),
    ],
)
def test_a_number_gives_a_line_its_level(line, level, heading):
    one = paragraph(line)
    assert (one.level, one.heading) == (level, heading)
    assert plain([one]) == line


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zl", "Zp", "Cs"))), max_size=8))
def test_no_character_is_lost_in_reading(lines):
    kept = [line.strip(" \t　") for line in lines if line.strip(" \t　")]
    assert plain(paragraphs("\n".join(kept))).split("\n") == (
        [one for line in kept for one in line.splitlines() if one.strip(" \t　")] or [""]
    )


def test_skipped_levels_are_named():
    assert skipped_levels(paragraphs("一、甲\n（1）乙")) == [("（1）乙", 1, 4)]
    assert not skipped_levels(paragraphs("一、甲\n1.乙\n（一）丙\n1.丁\n（1）戊"))


@pytest.mark.parametrize(
    "n, text", [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (105, "一百零五"), (110, "一百一十")]
)
def test_chinese_counting(n, text):
    assert chinese(n) == text


def test_other_counting():
    assert (letters(27), roman(1994), written("decimalEnclosedCircle", 3), written("unheard-of", 7)) == (
        "aa", "MCMXCIV", "③", "7",
    )  # fmt: skip


def numbered(document, formats):
    """A multi-level list as WPS writes it; returns its numId."""
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (style, text) in enumerate(formats)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>')
    numbering.insert(0, abstract)
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return 77


def listed(document, text, level, number=77):
    one = document.add_paragraph(text)
    properties = one._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return one


def saved(document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_automatic_numbers_become_text():
    document = Document()
    numbered(document, [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3.")])
    for text, level in [
        ("总体要求", 0),
        ("目标", 1),
        ("细则", 2),
        ("细则", 2),
        ("原则", 1),
        ("细则", 2),
        ("任务", 0),
        ("分工", 1),
    ]:
        listed(document, text, level)
    lines = read_docx(saved(document)).lines
    assert lines == ["一、总体要求", "（一）目标", "1.细则", "2.细则", "（二）原则", "1.细则", "二、任务", "（一）分工"]


def test_tracked_changes_are_accepted_and_told():
    document = Document()
    one = document.add_paragraph("拨付300万元")
    inserted = parse_xml(f'<w:ins {nsdecls("w")} w:id="1" w:author="x"><w:r><w:t>，年底前完成</w:t></w:r></w:ins>')
    removed = parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="x"><w:r><w:delText>左右</w:delText></w:r></w:del>')
    one._p.append(removed)
    one._p.append(inserted)
    read = read_docx(saved(document))
    assert read.lines == ["拨付300万元，年底前完成"]
    assert "插入 1 处、删除 1 处" in read.notes[0]


def test_tables_pictures_and_what_cannot_be_kept():
    document = Document()
    document.add_paragraph("分工见下表。")
    table = document.add_table(2, 2)
    for n, text in enumerate(("任务", "单位", "优化窗口", "演示局")):
        table.cell(n // 2, n % 2).text = text
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
        "0000000049454e44ae426082"
    )
    document.add_picture(io.BytesIO(png))
    box = OxmlElement("w:pict")
    document.add_paragraph("后")._p.append(box)
    assert box.tag == qn("w:pict")
    read = read_docx(saved(document))
    assert [one.kind for one in read.blocks] == ["paragraph", "table", "picture", "paragraph"]
    assert read.blocks[1].rows == (("任务", "单位"), ("优化窗口", "演示局"))
    assert "1 处文本框" in read.notes[0]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0 old doc"])
def test_a_file_that_is_no_docx_is_told(data):
    with pytest.raises(UnreadableWordFile) as caught:
        read_docx(data, "通知.doc")
    assert "通知.doc" in str(caught.value)
