"""F02: dates that are in the calendar, and as they are written: Arabic figures, no leading zeros (7.3.5.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from .case import Case, Spot, at_spot, line_fix
from .finding import Finding

CLAUSE = "GB/T 9704—2012 7.3.5.4"
_DATE = re.compile(r"(?P<year>(?:19|20)\d{2})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_PADDED = re.compile(r"(?<=年)0([1-9])(?=月)|(?<=月)0([1-9])(?=日)")
_PADDED_SEEN = re.compile(r"年0[1-9]月(?:\d{1,2}日)?|年\d{1,2}月0[1-9]日")
_POINTED = re.compile(r"(?<![\d.\-/])((?:19|20)\d{2})[.\-/](0?[1-9]|1[0-2])[.\-/](0?[1-9]|[12]\d|3[01])(?![\d.\-/])")
_FIGURES = "一二三四五六七八九"
_DIGITS = {**dict.fromkeys("○〇零OoＯ０", "0"), **{one: str(n) for n, one in enumerate(_FIGURES, start=1)}}
_CHINESE = re.compile(
    r"(?P<year>[一二三四五六七八九]?[一二三四五六七八九○〇零OＯo０]{3})年"
    r"(?:(?P<month>十[一二]?|[一二三四五六七八九])月(?:(?P<day>[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])日)?)?"
)


def check(case: Case) -> Iterator[Finding]:
    """The document's dates, and those in its text."""
    document = case.document
    if document.dated and document.printed_on and document.printed_on < document.dated:
        yield Finding("F02", "W", CLAUSE, "印发日期早于成文日期。", where="fields", place="order")
    for spot in case.spots:
        if "年" in spot.text or _POINTED.search(spot.text):
            yield from _calendar(spot)
            yield from _padded(spot)
            yield from _chinese(spot)
            yield from _pointed(spot)


def _calendar(spot: Spot) -> Iterator[Finding]:
    for found in _DATE.finditer(spot.text):
        try:
            date(int(found["year"]), int(found["month"]), int(found["day"]))
        except ValueError:
            yield at_spot(spot, "F02", "B", CLAUSE, f"“{found.group()}”在日历上没有这一天。")


def _padded(spot: Spot) -> Iterator[Finding]:
    found = _PADDED_SEEN.search(spot.text)
    if found:
        yield at_spot(
            spot,
            "Z04",
            "W",
            CLAUSE,
            f"“{found.group()}”中的月、日不编虚位。",
            fix_title="去掉前面的0",
            fix=line_fix(spot, lambda text: _PADDED.sub(lambda one: one[1] or one[2], text)),
        )


def _pointed(spot: Spot) -> Iterator[Finding]:
    found = _POINTED.search(spot.text)
    if found:
        yield at_spot(
            spot,
            "Z04",
            "I",
            CLAUSE,
            f"“{found.group()}”一般写作“{_plain(found)}”。",
            fix_title=f"改为“{_plain(found)}”",
            fix=line_fix(spot, lambda text: _POINTED.sub(_plain, text)),
        )


def _plain(found: re.Match[str]) -> str:
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日"


def _chinese(spot: Spot) -> Iterator[Finding]:
    for found in _CHINESE.finditer(spot.text):
        figures = _arabic(found)
        if figures:
            yield at_spot(
                spot,
                "Z05",
                "W",
                CLAUSE,
                f"“{found.group()}”应当用阿拉伯数字：“{figures}”。",
                fix_title=f"改为“{figures}”",
                fix=line_fix(spot, lambda text: _CHINESE.sub(lambda one: _arabic(one) or one.group(), text)),
            )


def _arabic(found: re.Match[str]) -> str:
    """The date in figures; empty for what is no year of our time."""
    year = "".join(_DIGITS[one] for one in found["year"])
    if not re.fullmatch(r"(?:19|20)\d{2}", year):
        return ""
    month, day = found["month"], found["day"]
    return f"{year}年{f'{_small(month)}月' if month else ''}{f'{_small(day)}日' if day else ''}"


def _small(text: str) -> int:
    tens, mark, ones = text.partition("十")
    values = {one: n for n, one in enumerate(_FIGURES, start=1)}
    return (values.get(tens, 1) * 10 + values.get(ones, 0)) if mark else values[tens]
