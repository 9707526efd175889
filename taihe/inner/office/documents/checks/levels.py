"""F06: the numbers of levels follow on, none skipped, none twice (GB/T 9704-2012, 7.3.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from taihe.ground.paper.structure import level_of

from ..content import Content
from .case import Case, Spot, at_spot, line_fix, parts, rewrite
from .finding import Finding, Fix

CLAUSE = "GB/T 9704—2012 7.3.3"
_FIGURES = "一二三四五六七八九"
_MARK = re.compile(
    r"^\s*(?:[（(]\s*([一二三四五六七八九十百〇零]+|\d{1,3})\s*[)）]|([一二三四五六七八九十百〇零]+)、|(\d{1,3})[.．、])"
)
_NAMES = {1: "一、", 2: "（一）", 3: "1.", 4: "（1）"}
_HALF = re.compile(r"^\s*\(([^()]{1,5})\)|^\s*（([^()]{1,5})\)|^\s*\(([^()]{1,5})）|^\s*\d{1,3}[．、](?!\d)")


def figures(number: int) -> str:
    """1 to 99 in Chinese figures."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_FIGURES[tens - 1]}十")
    return head + (_FIGURES[ones - 1] if ones else "")


def value(text: str) -> int:
    """What a level's number says, Chinese or Arabic; 0 for what cannot be read."""
    if text.isdigit():
        return int(text)
    tens, mark, ones = text.partition("十")
    if not mark:
        return _FIGURES.find(text) + 1 if len(text) == 1 else 0
    return (_FIGURES.find(tens) + 1 if tens else 1) * 10 + (_FIGURES.find(ones) + 1 if ones else 0)


def mark_of(text: str) -> tuple[int, int]:
    """Level and number at the head of a line, (0, 0) for plain text."""
    level, found = level_of(text.strip(" \t　")), _MARK.match(text)
    return (level, value(found[1] or found[2] or found[3])) if level and found else (0, 0)


def written(level: int, number: int) -> str:
    """A level's mark as it is written."""
    return {1: f"{figures(number)}、", 2: f"（{figures(number)}）", 3: f"{number}.", 4: f"（{number}）"}[level]


def check(case: Case) -> Iterator[Finding]:
    """Numbers out of order, levels left out, marks in the wrong form."""
    for where, _ in parts(case.content):
        spots = case.of_part(where)
        yield from _order(spots)
        yield from _form(spots)


class _Counter:
    """The last number of each level; a mark of a level ends all below it."""

    def __init__(self) -> None:
        self.last = {1: 0, 2: 0, 3: 0, 4: 0}
        self.level = 0
        self.plain = False

    def pass_over(self) -> None:
        """A paragraph without a number: a list of 1. or （1） may begin anew after it."""
        self.plain = True

    def fault(self, level: int, number: int) -> tuple[str, int]:
        """What is wrong with the next mark, with the number it should have; then count it."""
        expected = self.last[level] + 1
        anew = number == 1 and level >= 3 and self.plain
        skipped = level > self.level + 1 and (self.level, level) not in ((1, 3), (0, 3))
        before = self.level
        self.last[level] = number
        for lower in range(level + 1, 5):
            self.last[lower] = 0
        self.level, self.plain = level, False
        if number != expected and not anew:
            return ("twice" if number == expected - 1 and number else "order"), expected
        return ("skipped", before) if skipped else ("", expected)


def _order(spots: list[Spot]) -> Iterator[Finding]:
    counter = _Counter()
    for spot in spots:
        level, number = mark_of(spot.text)
        if not level or not number:
            counter.pass_over()
            continue
        fault, right = counter.fault(level, number)
        shown = spot.text.strip()[:12]
        if fault == "skipped":
            above = _NAMES.get(right, "正文")
            yield at_spot(spot, "F06", "W", CLAUSE, f"“{shown}”跳过了层次：{above}之后不直接用{_NAMES[level]}。")
        elif fault:
            what = "序号重复" if fault == "twice" else "序号不连续"
            yield at_spot(
                spot,
                "F06",
                "W",
                CLAUSE,
                f"“{shown}”{what}，应当是“{written(level, right)}”。",
                fix_title="自此起顺序编号",
                fix=_renumber(spot),
            )


def _renumber(first: Spot) -> Fix:
    """A fix that counts on from the mark before this one, to the end of its section."""

    def fix(content: Content) -> Content:
        spots = Case.spots_of(content, first.where)
        level, _ = mark_of(first.text)
        number, counting = 0, False
        for spot in spots:
            at, value_ = mark_of(spot.text)
            if at and at < level:
                if counting:
                    break
                number = 0
            elif at == level:
                counting = counting or spot.place == first.place
                number = number + 1 if counting else value_
                if counting:
                    content = rewrite(content, spot, partial(_remark, level=level, number=number))
        return content

    return fix


def _remark(text: str, level: int, number: int) -> str:
    found = _MARK.match(text)
    if not found:
        return text
    indent = text[: len(text) - len(text.lstrip())]
    return f"{indent}{written(level, number)}{text[found.end() :]}"


def _form(spots: list[Spot]) -> Iterator[Finding]:
    for spot in spots:
        level, number = mark_of(spot.text)
        if level and number and _HALF.match(spot.text):
            right = written(level, number)
            yield at_spot(
                spot,
                "F06",
                "W",
                CLAUSE,
                f"层次序号“{spot.text.strip()[:5]}”应当写作“{right}”。",
                fix_title=f"改为“{right}”",
                fix=line_fix(spot, partial(_remark, level=level, number=number)),
            )
