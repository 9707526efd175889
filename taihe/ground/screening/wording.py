"""Faults of form that a machine can be sure of: document numbers, days that do not exist, look-alike letters."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass

from .fold import latin_twin


@dataclass(frozen=True)
class Fault:
    """A place, what is wrong there, and how it should read."""

    rule: str
    klass: str
    title: str
    start: int
    end: int
    suggestion: str


_DOC_NUMBER = re.compile(r"[\[(（【［〔〈<]\s*([12]\d{3})\s*([])）】］〕〉>])\s*(第?)\s*(\d{1,5})\s*号")
_ISSUER = re.compile(r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff]{1,6}\s*$")
_LONGEST_ISSUER = 8
_DAY = re.compile(r"月\s*(\d{1,2})\s*[日号]")
_MONTH = re.compile(r"(?:([12]\d{3})\s*年\s*)?(?<!\d)(\d{1,2})\s*$")
_LONGEST_MONTH = 12
_LEAP_YEAR = 2000
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_TOKEN = re.compile("[A-Za-z0-9.@_/:\u0370-\u03ff\u0400-\u052f-]+")


def _doc_numbers(text: str) -> Iterator[Fault]:
    """发文字号: GB/T 9704-2012 7.2.5 — year in 〔〕, no 第, no leading zero."""
    for found in _DOC_NUMBER.finditer(text):
        year, _bracket, ordinal, number = found.groups()
        if found[0][0] == "〔" and found[2] == "〕" and not ordinal and not number.startswith("0"):
            continue
        left = max(0, found.start() - _LONGEST_ISSUER)
        issuer = _ISSUER.search(text[left : found.start()])
        start = left + issuer.start() if issuer else found.start()
        suggestion = f"{text[start : found.start()].strip()}〔{year}〕{int(number)}号"
        yield Fault("wording.doc_number", "wording", "发文字号写法", start, found.end(), suggestion)


def _days(text: str) -> Iterator[Fault]:
    """Days that no calendar has (2月30日)."""
    for found in _DAY.finditer(text):
        left = max(0, found.start() - _LONGEST_MONTH)
        before = _MONTH.search(text[left : found.start()])
        if before is None:
            continue
        year, month, day = int(before[1] or _LEAP_YEAR), int(before[2]), int(found[1])
        if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
            yield Fault("wording.date", "wording", "日期不存在", left + before.start(), found.end(), "")


def _look_alikes(text: str) -> Iterator[Fault]:
    """Latin words and addresses with a Cyrillic or Greek letter in them."""
    if not _FOREIGN.search(text):
        return
    for found in _TOKEN.finditer(text):
        plain = latin_twin(found[0])
        if plain != found[0] and plain.isascii() and re.search("[A-Za-z]", found[0]):
            yield Fault("disguise.letters", "disguise", "夹有外形相似的外文字母", *found.span(), plain)


def find_faults(text: str) -> Iterator[Fault]:
    """All faults of form in a text."""
    yield from _doc_numbers(text)
    yield from _days(text)
    yield from _look_alikes(text)
