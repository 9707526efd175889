"""GB/T 9704-2012, clause 7: positions read back from the PDF, within half a millimetre."""

from __future__ import annotations

from itertools import pairwise

import pytest

from taihe.ground.paper import Rendered, Table, render
from taihe.ground.paper.model import Block

from .ink import Line, page_count, page_lines, text_of
from .samples import body, paper, para

PITCH = 156 / 28 * 15 / 8
LESS = 0.5


@pytest.fixture(scope="module")
def issued():
    return render(paper(watermark=""))


def near(a: float, b: float) -> bool:
    return abs(a - b) <= LESS


def test_the_head_of_the_first_page(issued):
    lines = page_lines(issued.pdf, 1)
    urgency, mark, number, rule, title = lines[1], lines[2], lines[3], lines[4], lines[5]
    assert near(lines[0].left, 28) and near(urgency.top, 37 + PITCH), "份号 on the first line, 紧急程度 on the second"
    assert near(mark.top, 72), "7.2.4: the mark's upper edge 35 mm below the type area's"
    assert near(number.top, mark.bottom + 2 * PITCH), "7.2.5: two lines below the mark"
    assert near((number.left + number.right) / 2, 106), "centred"
    assert near(rule.top, number.bottom + 4), "7.2.7: the red rule 4 mm below the number"
    assert near(rule.left, 28) and near(rule.right, 184) and rule.bottom - rule.top < 0.8
    assert near(title.top, rule.bottom + 2 * PITCH), "7.3.1: the title two lines below the rule"
    assert near((title.left + title.right) / 2, 106)


def test_a_full_page_holds_22_lines_of_28_characters():
    plain = render(paper(blocks=(para("国" * 28 * 60),), appendices=(), attachments=(), watermark=""))
    lines = page_lines(plain.pdf, 2)
    *text, number = lines
    assert len(text) == 22
    assert near(text[0].top, 37) and near(text[-1].bottom, 262)
    assert all(near(line.left - 28, 184 - line.right) and line.left < 29 for line in text)
    assert all(abs(b.top - a.top - PITCH) < 0.2 for a, b in pairwise(text))
    assert text_of(plain.pdf, 2).splitlines()[1] == "国" * 28
    assert near(number.left, 32.94), "7.5: an even page's number stands one character in from the left"


def test_page_numbers_stand_outside_and_7_mm_below(issued):
    odd, even = page_lines(issued.pdf, 1)[-1], page_lines(issued.pdf, 2)[-1]
    assert near(odd.right, 179.06) and near(even.left, 32.94)
    # The dash is the lowest flat stroke left of the digit; digits rise above it.
    assert 266.5 < odd.top < 269 < odd.bottom < 271.5
    assert "— 1 —" in text_of(issued.pdf, 1) and "— 2 —" in text_of(issued.pdf, 2)


def test_the_colophon_ends_the_type_area_on_an_even_page(issued):
    colophon = issued.of("colophon")[0]
    assert colophon.page == issued.pages == page_count(issued.pdf) and colophon.page % 2 == 0
    rules = [line for line in page_lines(issued.pdf, colophon.page) if line.right - line.left > 150 and thin(line)]
    assert len(rules) == 3 and near(rules[-1].bottom, 262)
    assert all(near(one.left, 28) and near(one.right, 184) for one in rules)
    first, middle, last = (one.bottom - one.top for one in rules)
    assert first > middle < last, "7.4: 0.35 mm outside, 0.25 mm between"


def thin(line: Line) -> bool:
    return line.bottom - line.top < 1


@pytest.mark.parametrize("parts", range(1, 9))
def test_the_colophon_is_even_and_the_seal_never_stands_alone(parts):
    drawn = render(paper(parts, appendices=(), watermark=""))
    name, end, colophon = drawn.of("name")[0], drawn.of("body-end")[0], drawn.of("colophon")[0]
    assert colophon.page % 2 == 0
    assert name.page == end.page, "7.3.5.5: the page with the seal carries text"
    numbered = [f"— {n} —" in text_of(drawn.pdf, n) for n in range(1, drawn.pages + 1)]
    blank = colophon.page - drawn.of("last")[0].page >= 2
    assert numbered == [True] * (drawn.pages - 2 * blank) + [False] * (2 * blank), "7.5: a blank page is not numbered"


def test_the_date_stands_four_characters_in_and_the_name_centred_above(issued):
    name, date = issued.of("name")[0], issued.of("date")[0]
    rows = page_lines(issued.pdf, date.page)
    written = next(row for row in rows if near(row.bottom, date.y))
    assert 0 < 184 - 4 * 156 / 28 - written.right < 1.6, "日 is drawn narrower than its square"
    above = next(row for row in rows if near(row.bottom, name.y))
    assert near((above.left + above.right) / 2, name.centre)
    assert abs(name.centre - (written.left + written.right) / 2) < 0.8


def test_a_paper_going_up_names_its_signers():
    drawn = render(paper(direction="up", signers=("演示甲", "演示乙", "演示丙"), watermark=""))
    lines = page_lines(drawn.pdf, 1)
    number = next(one for one in lines if one.left < 40 and one.right > 150 and one.top > 100)
    assert near(number.left, 28 + 156 / 28), "上行文: the number one character in from the left"
    text = text_of(drawn.pdf, 1)
    assert "签发人：演示甲" in text.replace(" ", "") and "演示丙" in text
    rule = next(one for one in lines if thin(one) and one.right - one.left > 150)
    assert near(rule.top, number.bottom + 4)


def test_on_preprinted_stock_the_red_parts_stay_blank():
    lines = page_lines(render(paper(red_head="preprinted", watermark="", copy_number="", urgency="")).pdf, 1)
    digital = page_lines(render(paper(watermark="", copy_number="", urgency="")).pdf, 1)
    assert len(digital) == len(lines) + 2, "no mark, no rule"
    assert near(lines[0].top, digital[1].top), "and everything else where it was"


def test_an_attachment_begins_on_its_own_page(issued):
    place = issued.of("appendix")[0]
    lines = page_lines(issued.pdf, place.page)
    assert near(lines[0].top, 37) and near(lines[0].left, 28)
    assert near(lines[1].top, 37 + 2 * PITCH), "its title on the third line"
    assert text_of(issued.pdf, place.page).startswith("附件")


def test_a_long_notice_keeps_headings_with_their_text():
    drawn = render(paper(10, watermark=""))
    for page in range(1, drawn.pages):
        lines = [row for row in text_of(drawn.pdf, page).splitlines() if not row.startswith("—")]
        assert not lines or not lines[-1].endswith("、加强组织领导")
    assert body(1)[1].heading.startswith("一、")


def _plain(*blocks: Block) -> Rendered:
    return render(paper(blocks=blocks, attachments=(), appendices=(), note=""))


def test_the_seals_page_carries_text_wherever_the_text_ends():
    """7.3.5.5 for every number of lines: what ends a page takes its last paragraph along, never the seal alone."""
    for lines in range(1, 24):
        drawn = _plain(*(para("演示一行。") for _ in range(lines)))
        (name,), (end,) = drawn.of("name"), drawn.of("body-end")
        assert "演示一行" in text_of(drawn.pdf, name.page).replace(" ", ""), lines
        assert name.page == end.page, lines
        assert end.y <= 262.5 and name.y <= 262.5, lines


def test_a_last_block_too_long_to_move_stays_on_the_paper():
    """A table of a page and more is not torn over the lower edge for the sake of the seal."""
    for rows in (30, 34, 38, 60):
        table = Table(rows=tuple((f"第{number}行", "演示", "十二") for number in range(rows)))
        drawn = _plain(para("见下表。"), table)
        assert all(one.y <= 262.5 for kind in ("name", "date", "body-end") for one in drawn.of(kind)), rows
        text = "".join(text_of(drawn.pdf, page) for page in range(1, drawn.pages + 1))
        assert all(f"第{number}行" in text.replace(" ", "") for number in range(rows)), rows
