"""D18: no secret mark anywhere (条例第二十六条); and the county's word lists and personal numbers (Z06, Z07)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from itertools import accumulate

from taihe.ground.screening import CLASSES, screen

from ..content import whole_text
from ..secrecy import secret_marks
from .case import Case, Spot, line_fix
from .finding import Finding

CLAUSE = "条例第二十六条"


def check(case: Case) -> Iterator[Finding]:
    """Secret marks in everything that is typed."""
    content = case.content
    levels = secret_marks("\n".join((whole_text(content), *content.copies, *content.listed)))
    if levels:
        yield Finding(
            "D18",
            "B",
            CLAUSE,
            f"文稿中有“{'、'.join(levels)}”标志。本系统为非涉密系统，严禁存储、处理、传输国家秘密；请停止输入，联系保密工作人员。",
            where="body",
        )


def words(case: Case) -> Iterator[Finding]:
    """Listed words and personal numbers, line by line; what a document that is made public may not show stops it."""
    heads = [
        Spot("title", -1, 0, 0, case.content.title),
        Spot("note", -1, 0, 0, case.content.note),
    ]
    spots = [one for one in (*heads, *case.spots) if one.text.strip()]
    starts = list(accumulate((len(one.text) + 1 for one in spots), initial=0))
    for one in screen("\n".join(spot.text for spot in spots)).findings:
        if one.klass == "secret":
            continue
        number = min(bisect_right(starts, one.start) - 1, len(spots) - 1)
        spot, start = spots[number], one.start - starts[number]
        personal = one.klass == "privacy"
        stops = one.level == "block" or (one.level == "mask" and case.document.publicity == "open")
        end = start + one.end - one.start
        advice = bool(one.suggestion) and spot.block >= 0 and end <= len(spot.text)
        yield Finding(
            "Z07" if personal else "Z06",
            "B" if stops and not one.doubtful else "W",
            "个人信息保护法第六条" if personal else "本县用词表",
            f"{CLASSES[one.klass]}：{one.title}“{one.evidence}”"
            + (f"，建议改为“{one.suggestion}”。" if one.suggestion else "。"),
            where=spot.where,
            line=spot.line or None,
            place=f"{spot.place}:{start}",
            fix_title=f"改为“{one.suggestion}”" if advice else "",
            fix=line_fix(spot, partial(_put, start=start, end=end, new=one.suggestion)) if advice else None,
            reason_allowed=True,
        )


def _put(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
