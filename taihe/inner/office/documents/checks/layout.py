"""F03, F07-F12: how the paper falls (GB/T 9704-2012), and that name, head and seal are one organ's.

F03 is reckoned from the grid, so that it can be told while writing; the others look at the drawn paper.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from taihe.ground.paper import Rendered, render

from ..content import Content
from ..paper import DRAFT, FINAL, build
from ..titling import title_lines
from .case import Case, field_fix
from .finding import Finding

PITCH = 156 / 28 * 15 / 8
CHARACTER = 156 / 28
AREA_TOP, AREA = 37.0, 225.0
SEAL = 42.0
_POINT = 25.4 / 72


def check(case: Case) -> Iterator[Finding]:
    """What can be told without drawing."""
    yield from _one_name(case)
    yield from _first_page(case)


def _one_name(case: Case) -> Iterator[Finding]:
    series, clause = case.series, "条例第九条（十三）"
    signature = case.content.signature or series.signature
    if signature != series.signature:
        yield Finding(
            "F11",
            "B",
            clause,
            f"署名“{signature}”与本代字的发文机关署名“{series.signature}”不一致。",
            where="signature",
            place="signature",
            fix_title=f"改为“{series.signature}”",
            fix=field_fix(signature=series.signature),
        )
    mark = "".join(series.mark).removesuffix("文件")
    if mark not in (series.signature, series.organ.name, series.organ.short_name):
        yield Finding(
            "F11",
            "B",
            clause,
            f"发文机关标志“{mark}”与署名“{series.signature}”不是同一机关，请在发文代字中改正。",
            where="fields",
            place="mark",
        )
    if case.reached("submit") and series.seal_organ_id != series.organ_id:
        what = f"用印机关（{series.seal_organ.name}）不是发文机关，印章与署名会不一致。"
        yield Finding("F11", "W", clause, what, where="fields", place="seal")


def _first_page(case: Case) -> Iterator[Finding]:
    content = case.content
    if content.addressees_in_colophon or not content.addressees or not content.blocks:
        return
    if first_line_at(case) + CHARACTER <= AREA_TOP + AREA:
        return
    yield Finding(
        "F03",
        "B",
        "GB/T 9704—2012 7.3.3",
        "主送机关过多，首页不能显示正文。",
        where="addressees",
        place="first",
        fix_title="把主送机关移到版记",
        fix=field_fix(addressees_in_colophon=True),
    )


def first_line_at(case: Case) -> float:
    """Where the first line of the body would begin on an endless first page, in mm from the page's upper edge."""
    content, marks = case.content, case.series.mark
    longest = max((len(one) for one in marks), default=1)
    size = min(48 * _POINT, 156 / longest * 0.98)
    head = AREA_TOP + 35 + len(marks) * size * 0.96 + (len(marks) - 1) * 4
    signers = len(case.document.signer_name.split("、")) if case.document.direction == "up" else 1
    number = CHARACTER + ((signers + 1) // 2 - 1) * PITCH
    rule = head + 2 * PITCH + number + 4 + 0.5
    title = rule + 2 * PITCH + len(title_lines(content.title or "（标题）")) * PITCH - (PITCH - CHARACTER)
    names = len("，".join(content.addressees)) + 1
    return title + PITCH + -(-names // 28) * PITCH + (PITCH - CHARACTER)


# -- the drawn paper ------------------------------------------------------------------------------


def measured(case: Case) -> Iterator[Finding]:
    """What the drawn paper shows; draws it (some 0.2 s a page).  Raises as `render`."""
    final = case.stage == "seal"
    drawn = render(build(case.document, case.content, FINAL if final else DRAFT))
    yield from _page(drawn)
    yield from _head(case, drawn)
    yield from _seal(case.content, drawn)
    yield from _colophon(drawn)


def _page(drawn: Rendered) -> Iterator[Finding]:
    reader = PdfFileReader(io.BytesIO(drawn.pdf))
    boxes = {tuple(round(float(edge) * _POINT) for edge in _box(reader, page)) for page in range(drawn.pages)}
    if boxes != {(0, 0, 210, 297)}:
        yield Finding("F07", "W", "GB/T 9704—2012 5.1", "有的页不是A4幅面。", where="paper", place="size")


def _box(reader: Any, page: int) -> list[float]:
    found = reader.find_page_for_modification(page)[0].get_object()
    while "/MediaBox" not in found:
        found = found["/Parent"]
    return list(found["/MediaBox"])


def _head(case: Case, drawn: Rendered) -> Iterator[Finding]:
    rules, titles = drawn.of("red-line"), drawn.of("title")
    expected = first_line_at(case)
    if not rules or not titles or rules[0].page != 1:
        yield Finding("F08", "W", "GB/T 9704—2012 7.2.7", "首页没有红色分隔线。", where="paper", place="rule")
        return
    names = len("，".join(case.content.addressees)) + 1
    below = expected - (PITCH - CHARACTER) - -(-names // 28) * PITCH - PITCH
    lines = len(title_lines(case.content.title or "（标题）"))
    rule = below + (PITCH - CHARACTER) - lines * PITCH - 2 * PITCH
    if abs(rules[0].y - rule) > 1.5:
        yield Finding(
            "F08",
            "W",
            "GB/T 9704—2012 7.2.4、7.2.7",
            f"红色分隔线距页顶{rules[0].y:.0f}毫米，应为{rule:.0f}毫米。",
            where="paper",
            place="rule",
        )
    if abs(titles[0].y - rules[0].y - 2 * PITCH - 0.5) > 1:
        yield Finding("F08", "W", "GB/T 9704—2012 7.3.1", "标题应在红色分隔线下空两行。", where="paper", place="title")


def _seal(content: Content, drawn: Rendered) -> Iterator[Finding]:
    clause = "GB/T 9704—2012 7.3.5"
    names, dates, ends = drawn.of("name"), drawn.of("date"), drawn.of("body-end")
    if not names or not dates:
        yield Finding("F10", "B", clause, "没有署名或成文日期，无法用印。", where="paper", place="none")
        return
    name, day = names[-1], dates[-1]
    if name.page != day.page:
        yield Finding("F10", "B", clause, "署名与成文日期不在同一页。", where="paper", place="parted")
    if ends and ends[0].page < name.page:
        yield Finding(
            "F10",
            "B",
            clause,
            "印章所在页没有正文：请调整行距、字距或增删文字，使印章与正文同处一页。",
            where="paper",
            place="alone",
        )
    elif ends and not content.attachment_titles:
        top = (name.y + day.y) / 2 - SEAL / 2
        if top - ends[0].y > 2 * PITCH:
            yield Finding("F10", "W", clause, "印章顶端距正文超过一行。", where="paper", place="far")
    if name.centre and not 28 + SEAL / 2 - 1 <= name.centre <= 210 - SEAL / 2:
        yield Finding("F10", "W", clause, "印章超出版心。", where="paper", place="edge")


def _colophon(drawn: Rendered) -> Iterator[Finding]:
    found, last = drawn.of("colophon"), drawn.of("last")
    if not found:
        yield Finding("F12", "W", "GB/T 9704—2012 7.4.1", "没有版记。", where="paper", place="none")
        return
    place = found[0]
    if place.page != drawn.pages or place.page % 2 or abs(place.y - (AREA_TOP + AREA)) > 1:
        yield Finding(
            "F12",
            "W",
            "GB/T 9704—2012 7.4.1",
            "版记应当在最后一页（偶数页），末条分隔线与版心下边缘重合。",
            where="paper",
            place="place",
        )
    if last and place.page - last[0].page > 1:
        yield Finding(
            "F09", "I", "GB/T 9704—2012 7.5", "版记前有空白页，空白页和版记页不编页码。", where="paper", place="blank"
        )
