"""What a paper refuses, what it keeps as text, and that threads do not meet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from taihe.ground.paper import GlyphsMissing, Picture, preview_pages, render

from .ink import text_of
from .samples import paper, para

MOMENT = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#16b"/></svg>'


def test_what_people_type_stays_text():
    evil = '#panic("x") $x$ *b* _i_ `raw` <label> @ref \\ " #import "/etc/passwd": a // /* 「』'
    drawn = render(paper(blocks=(para(evil),), title_lines=(evil[:12],), attachments=(), appendices=()))
    text = text_of(drawn.pdf, 1).replace("\n", "").replace(" ", "")
    assert '#panic("x")$x$*b*_i_`raw`<label>@ref\\"#import"/etc/passwd":a///*' in text


def test_the_same_paper_and_moment_give_the_same_bytes():
    assert render(paper(), made_at=MOMENT).pdf == render(paper(), made_at=MOMENT).pdf


def test_it_is_a_pdf_a_2b():
    pdf = render(paper(), made_at=MOMENT).pdf
    assert b"pdfaid:part" in pdf or b"<pdfaid:part>2" in pdf


def test_a_character_no_font_holds_is_named():
    with pytest.raises(GlyphsMissing) as caught:
        render(paper(blocks=(para("张\U0003134a镇"),)))
    assert "\U0003134a" in str(caught.value) and "U+3134A" in str(caught.value)


def test_a_rare_character_of_a_name_is_printed():
    drawn = render(paper(blocks=(para("演示人员赵䶮、王翀、李㛃"),), attachments=(), appendices=()))
    assert "䶮" in text_of(drawn.pdf, 1) and "㛃" in text_of(drawn.pdf, 1)


def test_pictures_and_previews():
    with_picture = paper(blocks=(para("如图。"), Picture(data=SVG, extension="svg", width_mm=60, caption="流程示意图")))
    pages = preview_pages(with_picture, ppi=40)
    assert all(page.startswith(b"\x89PNG") for page in pages) and len(pages) == render(with_picture).pages


def test_threads_draw_side_by_side():
    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(lambda n: render(paper(n % 3 + 1), made_at=MOMENT).pdf, range(8)))
    assert drawn[0] == drawn[3] == drawn[6] and drawn[0] != drawn[1]
