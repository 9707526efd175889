"""Z01-Z09: marks of punctuation and rules that ended, in Chinese text (GB/T 15834-2011 for the marks)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .case import Case, Spot, at_spot, line_fix
from .finding import Finding, Severity

MARKS = "GB/T 15834—2011"
_HAN = "\u4e00-\u9fff"
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF = re.compile(rf"(?<=[{_HAN}》”）〕])[,;:?!]|[,;:?!](?=[{_HAN}《“（])")
_STOP = re.compile(rf"(?<=[{_HAN}》”）])\.(?=\s*$|[{_HAN}])")
_ROUND = re.compile(rf"\(([^()（）]*[{_HAN}][^()（）]*)\)")
_MIXED = re.compile(rf"\(([^()（）]*[{_HAN}][^()（）]*)）|（([^()（）]*[{_HAN}][^()（）]*)\)")
_DOUBLED = re.compile(r"([，。、；：！？])(?:[，。、；：])+")
_SPACE = re.compile(rf"(?<=[{_HAN}，。；：、》”）]) +(?=[{_HAN}《“（])")
_QUOTES = re.compile(r'"')
_LEVEL = re.compile(r"^\s*\(.{1,3}\)")
_ADDRESS = re.compile(r"https?:|www\.|@")
_ENDED = (
    (re.compile(r"^\s*主题词\s*[:：]"), "Z08", "现行格式没有主题词，请删去这一行。", True),
    (
        re.compile(r"国家行政机关公文处理办法"),
        "Z08",
        "《国家行政机关公文处理办法》已于2012年7月1日停止执行，现行的是《党政机关公文处理工作条例》。",
        False,
    ),
    (re.compile(r"此页无正文"), "Z08", "不用“此页无正文”的办法，应当调整行距、字距使印章与正文同处一页。", True),
)


def check(case: Case) -> Iterator[Finding]:
    """Every line that is typed."""
    for spot in case.spots:
        for rule in RULES:
            yield from rule(spot)


def _changed(
    spot: Spot, code: str, severity: Severity, happened: str, title: str, change: Callable[[str], str]
) -> Iterator[Finding]:
    yield at_spot(spot, code, severity, MARKS, happened, fix_title=title, fix=line_fix(spot, change))


def widened(text: str) -> str:
    """Half-width marks between Chinese characters as full-width ones; addresses and figures stay."""
    text = _HALF.sub(lambda one: _WIDE[one.group()], text)
    text = _STOP.sub("。", text)
    if not _LEVEL.match(text):
        text = _ROUND.sub(r"（\1）", text)
    return _MIXED.sub(lambda one: f"（{one[1] or one[2]}）", text)


def _half(spot: Spot) -> Iterator[Finding]:
    if _ADDRESS.search(spot.text):
        return
    better = widened(spot.text)
    if better != spot.text:
        at = next(n for n, (a, b) in enumerate(zip(spot.text, better, strict=True)) if a != b)
        shown = spot.text[max(0, at - 6) : at + 7].strip()
        yield from _changed(spot, "Z01", "W", f"“{shown}”中有半角标点，应当用全角。", "改为全角标点", widened)


def _quotes(spot: Spot) -> Iterator[Finding]:
    straight = len(_QUOTES.findall(spot.text))
    if straight and re.search(rf"[{_HAN}]", spot.text):
        if straight % 2:
            yield at_spot(spot, "Z02", "W", MARKS, '有不成对的直引号“"”，应当用成对的“”。')
        else:
            yield from _changed(spot, "Z02", "W", "直引号应当改用中文引号“”。", "改为中文引号", curled)
    if spot.text.count("“") != spot.text.count("”"):
        yield at_spot(spot, "Z02", "W", MARKS, "引号“”不成对。")


def curled(text: str) -> str:
    """Straight double quotes, in turn opening and closing."""
    turn = iter(range(len(text)))
    return _QUOTES.sub(lambda _: "”" if next(turn) % 2 else "“", text)


def _titles(spot: Spot) -> Iterator[Finding]:
    depth = 0
    for mark in re.findall(r"[《》]", spot.text):
        depth += 1 if mark == "《" else -1
        if depth < 0 or depth > 1:
            break
    if depth > 1:
        yield at_spot(spot, "Z03", "W", MARKS, "书名号里面再用书名号时，里层用单书名号〈〉。")
    elif depth:
        yield at_spot(spot, "Z03", "W", MARKS, "书名号《》不成对。")
    if spot.text.count("（") != spot.text.count("）") and widened(spot.text) == spot.text:
        yield at_spot(spot, "Z03", "W", MARKS, "括号（）不成对。")


def _doubled(spot: Spot) -> Iterator[Finding]:
    found = _DOUBLED.search(spot.text)
    if found:
        yield from _changed(
            spot,
            "Z09",
            "W",
            f"标点重复：“{found.group()}”。",
            f"只留“{_last(found)}”",
            lambda text: _DOUBLED.sub(_last, text),
        )


def _last(found: re.Match[str]) -> str:
    return next((one for one in found.group() if one in "。！？"), found.group()[-1])


def _spaces(spot: Spot) -> Iterator[Finding]:
    if _SPACE.search(spot.text):
        yield from _changed(spot, "Z10", "I", "汉字之间有空格。", "删去空格", lambda text: _SPACE.sub("", text))


def _ended_rules(spot: Spot) -> Iterator[Finding]:
    for pattern, code, sentence, removable in _ENDED:
        if pattern.search(spot.text):
            fix = line_fix(spot, lambda text: "") if removable else None
            yield at_spot(
                spot,
                code,
                "W",
                "GB/T 9704—2012；条例第四十二条",
                sentence,
                fix_title="删去这一行" if fix else "",
                fix=fix,
            )


RULES = (_half, _quotes, _titles, _doubled, _spaces, _ended_rules)
