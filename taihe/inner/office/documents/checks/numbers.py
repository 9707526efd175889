"""F01: 发文字号 as it is written (GB/T 9704-2012, 7.2.5), its own and those it quotes; N01: the register is whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import partial

from taihe.ground.registers.queries import review

from .case import Case, Spot, at_spot, line_fix
from .finding import Finding

CLAUSE = "GB/T 9704—2012 7.2.5"
RIGHT = re.compile(r"^[\u4e00-\u9fff]{2,12}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号$")
_LOOSE = re.compile(
    r"(?P<code>[\u4e00-\u9fff]{1,12})\s*[〔\[［(（【{﹝〈]\s*(?P<year>[12１２][09０９][0-9０-９]{2})\s*年?\s*[〕\]］)）】}﹞〉]\s*"
    r"第?\s*(?P<number>[0-9０-９]{1,6})\s*号"
)
_NO_CODE = ("编号", "合同", "协议", "批准", "备案", "工单", "民初", "行初", "刑初")


def better_number(text: str) -> str:
    """A number as it should be written: ``太政办[2026]07号`` gives ``太政办〔2026〕7号``; any other text as it is."""
    return _LOOSE.sub(_written, text)


def _written(found: re.Match[str]) -> str:
    year = unicodedata.normalize("NFKC", found["year"])
    number = int(unicodedata.normalize("NFKC", found["number"]))
    return f"{found['code']}〔{year}〕{number}号" if number else found.group()


def check(case: Case) -> Iterator[Finding]:
    """The document's own number, and numbers quoted in title and text."""
    number = case.document.number
    if number and not RIGHT.match(number):
        advice = better_number(number)
        hint = f"，应当写作“{advice}”" if advice != number else ""
        yield Finding(
            "F01",
            "B",
            CLAUSE,
            f"发文字号“{number}”不合规定{hint}：年份用六角括号，不编虚位，不加“第”。",
            where="fields",
        )
    title = case.content.title
    for found in _wrong(title):
        yield Finding(
            "F01",
            "W",
            CLAUSE,
            _sentence(found),
            where="title",
            place=f"title:{found.start()}",
            fix_title=f"改为“{_written(found)}”",
            fix=lambda content: content.model_copy(update={"title": better_number(content.title)}),
        )
    for spot in case.spots:
        yield from _quoted(spot)


def _wrong(text: str) -> list[re.Match[str]]:
    if "号" not in text:
        return []
    return [one for one in _LOOSE.finditer(text) if _written(one) != one.group() and not one["code"].endswith(_NO_CODE)]


def _sentence(found: re.Match[str]) -> str:
    return f"引用的发文字号“{found.group()}”应当写作“{_written(found)}”。"


def _quoted(spot: Spot) -> Iterator[Finding]:
    for found in _wrong(spot.text):
        old, new = found.group(), _written(found)
        yield at_spot(
            spot,
            "F01",
            "W",
            CLAUSE,
            _sentence(found),
            fix_title=f"改为“{_written(found)}”",
            fix=line_fix(spot, partial(_swap, old=old, new=new)),
        )


def _swap(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


def register(case: Case) -> Iterator[Finding]:
    """N01: gaps, orders and years of the volume that the document's number stands in."""
    document = case.document
    year = document.dated.year if document.dated else None
    found = re.search(r"〔(\d{4})〕(\d+)号$", document.number)
    if found and year and int(found[1]) != year:
        yield Finding(
            "N01",
            "W",
            "条例第二十五条（二）",
            f"字号年份{found[1]}与成文日期年份{year}不一致，请确认。",
            where="fields",
            place="year",
        )
    volume = int(found[1]) if found else year
    if volume is None:
        return
    seen = review(case.series.key, volume)
    if seen.missing:
        numbers = "、".join(map(str, seen.missing[:5]))
        yield Finding(
            "N01", "B", "条例第二十五条（二）", f"登记簿缺{numbers}号，编号应当连续。", where="fields", place="gap"
        )
    for what, rows in (("预留到期未用", seen.overdue), ("跨年编号", seen.other_year)):
        if rows:
            names = "、".join(rows[:3])
            yield Finding("N01", "W", "条例第二十五条（二）", f"登记簿中{what}：{names}。", where="fields", place=what)
    for before, after in seen.out_of_order[:1]:
        what = f"登记簿中{after}的成文日期早于{before}。"
        yield Finding("N01", "W", "条例第二十五条（二）", what, where="fields", place="order")
