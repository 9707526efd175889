"""A PDF's first page is read for marks: the county's own papers, other makers' encodings, and damaged ones."""

from __future__ import annotations

import time
import zlib
from io import BytesIO

import pytest

from taihe.ground.paper import Paper, render
from taihe.ground.paper.structure import paragraphs
from taihe.ground.scanning import pdftext

from . import samples
from .conftest import Look
from .test_marks import MARK, assert_told_by_digest_alone


def paper(*lines: str) -> bytes:
    """A paper as the county draws it."""
    return render(
        Paper(
            mark=("太和县演示局文件",), number="演〔2026〕1号", title_lines=("关于演练的通知",), addressees="各科室",
            blocks=tuple(paragraphs("\n".join(lines))), organs=("太和县演示局",), date="2026年1月1日",
            printed_by="太和县演示局", printed_on="2026年1月1日印发",
        )
    ).pdf  # fmt: skip


def made(content: bytes, font: str = "", packed: bool = True) -> bytes:
    """A PDF of one page with this content, its font F1 as given."""
    data = zlib.compress(content) if packed else content
    head = f"<</Length {len(data)}{' /Filter /FlateDecode' if packed else ''}>>"
    parts = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <</Font <</F1 %s>>>>>>"
        % (font or "<</Type /Font /Subtype /Type0 /Encoding /GBK-EUC-H>>").encode(),
        head.encode() + b"\nstream\n" + data + b"\nendstream",
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return bytes(out + b"trailer\n<</Root 1 0 R /Size 5>>\nstartxref\n%d\n%%%%EOF\n" % start)


def gbk(text: str) -> bytes:
    return b"<%s>" % text.encode("gbk").hex().encode()


def words(data: bytes) -> str:
    return pdftext.first_page(BytesIO(data))


def test_the_countys_own_paper_is_read_and_a_mark_on_it_found(look: Look) -> None:
    data = paper("现将有关事项通知如下。", MARK)
    assert "现将有关事项通知如下。" in words(data) and "太和县演示局文件" in words(data)
    assert_told_by_digest_alone(look("演练方案.pdf", data), data)
    clean = look("通知.pdf", paper("做好机密文件的销毁工作，严守国家秘密。"))
    assert not clean.secret_mark_found


@pytest.mark.parametrize("packed", [True, False])
def test_other_makers_encodings_and_characters_placed_one_by_one(look: Look, packed: bool) -> None:
    one_by_one = b"".join(b"1 0 0 1 %d 780 Tm %s Tj " % (80 + 16 * at, gbk(one)) for at, one in enumerate("机密*1年"))
    data = made(b"BT /F1 16 Tf " + one_by_one + b"ET", packed=packed)
    assert words(data).strip() == "机密*1年"
    assert look("演练方案.pdf", data).secret_mark_found
    kerned = made(b"BT /F1 16 Tf 80 780 Td [%s -20 %s] TJ 0 -30 Td %s Tj ET" % (gbk("国家"), gbk("秘密"), gbk("事项")))
    assert words(kerned).split() == ["国家秘密", "事项"]
    assert not look("说明.pdf", kerned).secret_mark_found
    alone = made(b"BT /F1 16 Tf 80 780 Td %s Tj 0 -30 Td %s Tj ET" % (gbk("绝密"), gbk("演练方案")))
    assert look("演练方案.pdf", alone).secret_mark_found


def test_strings_and_tables_of_characters() -> None:
    assert pdftext._string(rb"(a\(b\)\101\n)") == b"a(b)A\n"
    assert pdftext._string(b"<48 65 6>") == b"He`"
    table = pdftext._table(
        b"2 beginbfchar <0001> <673A> <0002> <5BC6> endbfchar "
        b"2 beginbfrange <0010> <0012> <4E00> <0020> <0021> [<4E8C> <4E09>] endbfrange"
    )
    assert pdftext._Font(table, "").read(bytes.fromhex("00010002001100210099")) == "机密丁三"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%%EOF",
        samples.pdf("<</Type /Catalog>>"),
        made(b"")[:200],
        made(b"BT /F1 16 Tf (" + b"((" * 200_000),
        made(b"BT " + b"[" * 300_000),
    ],
)
def test_damaged_and_hostile_pages_give_no_words_and_cost_little(data: bytes) -> None:
    began = time.monotonic()
    assert "机密" not in words(data)
    assert time.monotonic() - began < 5
