"""Personal numbers: identity card, bank card, telephone.

Identity card: GB 11643-1999《公民身份号码》 (check digit by ISO 7064 MOD 11-2).  Bank card: GB/T 15120 / ISO/IEC
7812-1 (Luhn).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from .. import clock
from ..rules import rule
from .fold import WORDS, FoldTable, View, is_invisible
from .verdict import Span

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_ID_SHAPE = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{9}[\dX]", re.ASCII)
_ONE_TO_NINE_AND_ZERO = dict(zip("零〇一二三四五六七八九幺", "001234567891", strict=True))
_GAPS = frozenset(" \t\u3000\xa0-‐‑‒–—―−－_.·•・‧|/\\*~～`'()（）")


def id_card_fault(number: str) -> str:
    """What is wrong with an identity number of 18 characters; empty when nothing is.

    `shape`, `province`, `date` (no real day, or later than today), `checksum` (GB 11643-1999).
    """
    number = number.upper()
    if not _ID_SHAPE.fullmatch(number):
        return "shape"
    if number[:2] not in set(rule("screening.province_codes")):
        return "province"
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "date"
    if born > clock.today():
        return "date"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    return "" if number[17] == _CHECK_DIGITS[total % 11] else "checksum"


def luhn_ok(number: str) -> bool:
    """Whether a string of digits ends in its Luhn check digit (ISO/IEC 7812-1)."""
    digits = [int(one) for one in reversed(number)]
    doubled = (sum(divmod(2 * one, 10)) for one in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


class _NumberTable(FoldTable):
    """Digits and what may stand between them; each character is one sign, invisible ones none.

    0-9 digits · X check letter · O the letter O · + plus · - a gap inside a number · , anything else
    """

    def __init__(self, numerals: bool) -> None:
        super().__init__()
        self.numerals = numerals

    def fold(self, character: str) -> str:
        if is_invisible(character):
            return ""
        folded = WORDS[ord(character)]
        if folded.isdigit() and folded.isascii():
            return folded
        if character in _GAPS:
            return "-"
        if self.numerals and folded in _ONE_TO_NINE_AND_ZERO:
            return _ONE_TO_NINE_AND_ZERO[folded]
        return {"x": "X", "o": "O", "": "+" if character in "+＋" else ","}.get(folded, ",")


_DIGITS = _NumberTable(numerals=False)
_NUMERALS = _NumberTable(numerals=True)

_MOBILE_GROUPS = frozenset(((11,), (3, 4, 4), (3, 8)))
_MOBILE_DOUBTFUL_GROUPS = frozenset(((7, 4), (3, 3, 5), (4, 3, 4), (4, 4, 3), (5, 6), (1,) * 11))
_BANK_GROUP = 4
_SHORTEST = 11  # digits of the shortest number: mobile, or area code and telephone


@dataclass(frozen=True)
class Number:
    """A personal number in a stream: which kind, where, how sure, and the stretches a mask hides."""

    kind: str
    title: str
    start: int
    end: int
    doubtful: bool
    hide: tuple[Span, ...]


@dataclass(frozen=True)
class _Kind:
    """One kind of number: its shape in signs, and a judge that says certain, doubtful or none (None).

    `head` and `tail` say how many digits of group 1 a mask shows.
    """

    name: str
    title: str
    shape: re.Pattern[str]
    judge: Callable[[str], bool | None]
    head: int
    tail: int


def _groups(signs: str) -> tuple[int, ...]:
    return tuple(len(one) for one in re.split("-+", signs))


def _judge_id_card(signs: str) -> bool | None:
    digits = signs.replace("-", "")
    fault = id_card_fault(digits.replace("O", "0"))
    if fault in ("", "checksum"):
        return bool(fault) or "O" in digits
    return None


def _judge_old_id_card(signs: str) -> bool | None:
    """Identity numbers of the first generation: 15 digits, no check digit, so never certain."""
    try:
        date(1900 + int(signs[6:8]), int(signs[8:10]), int(signs[10:12]))
    except ValueError:
        return None
    return True if signs[:2] in set(rule("screening.province_codes")) else None


def _judge_bank_card(signs: str) -> bool | None:
    digits = signs.replace("-", "")
    if not luhn_ok(digits):
        return None
    groups = _groups(signs)
    issued = digits.startswith(tuple(rule("screening.bank_card_prefixes")))
    if len(groups) == 1:
        return not issued
    # One number in ten passes the check digit by chance, and tables are full of groups: be strict about them.
    domestic = digits.startswith(rule("screening.bank_card_domestic_prefix"))
    if set(groups[:-1]) == {_BANK_GROUP} and issued:
        return not domestic
    return True if domestic else None


def _judge_mobile(signs: str) -> bool | None:
    groups = _groups(signs)
    if groups in _MOBILE_GROUPS:
        return False
    return True if groups in _MOBILE_DOUBTFUL_GROUPS else None


def _certain(_signs: str) -> bool | None:
    return False


def _spread(first: str, middle: int, last: str = "[0-9]") -> str:
    """Digits with up to three gap signs before each further one."""
    return rf"{first}(?:-{{0,3}}[0-9]){{{middle}}}-{{0,3}}{last}"


@lru_cache(maxsize=4)
def _kinds(area_code: str, shows: tuple[tuple[str, int, int], ...]) -> tuple[_Kind, ...]:
    """The kinds in order of precedence; `shows` says for each how many digits a mask leaves at its ends.

    Every shape stands in a look-ahead at the first digit of a run, so that a number behind another one
    ("12 110105…") is tried as well.
    """
    show = {name: (head, tail) for name, head, tail in shows}
    start, end = r"(?<![0-9])", "(?![0-9])"

    def kind(name: str, title: str, shape: str, judge: Callable[[str], bool | None]) -> _Kind:
        return _Kind(name, title, re.compile(rf"{start}(?={shape})"), judge, *show[name])

    id_card = r"([1-9](?:-{0,3}[0-9O]){16}-{0,3}[0-9XO])(?![0-9X])"
    banks = [rf"({_spread('[1-9]', length - 2)}){end}" for length in (19, 18, 17, 16)]
    mobile = rf"(?:(?:\+|00)?86-{{0,3}}|0)?({_spread('1-{0,3}[3-9]', 8)}){end}"
    landlines = (
        rf"((?:\+?86-?)?{area_code}-{{0,2}}[0-9]{{7,8}}){end}",
        rf"(0[1-9][0-9]{{1,2}}-{{1,2}}[2-8][0-9]{{6,7}}){end}",
    )
    return (
        kind("id_card", "身份证号码", id_card, _judge_id_card),
        *(kind("bank_card", "银行卡号", shape, _judge_bank_card) for shape in banks),
        kind("mobile", "手机号码", mobile, _judge_mobile),
        *(kind("landline", "固定电话号码", shape, _certain) for shape in landlines),
        kind("id_card", "15位身份证号码", rf"([1-9][0-9]{{14}}){end}", _judge_old_id_card),
    )


_MORE_BEFORE = re.compile("[0-9]-{1,3}$")
_MORE_AFTER = re.compile("-{1,3}[0-9]")


def _in_a_row(signs: str, start: int, end: int) -> bool:
    """Whether groups of digits go on before or after, as in the rows of a table: then groups say little."""
    return bool(_MORE_BEFORE.search(signs[max(0, start - 4) : start]) or _MORE_AFTER.match(signs, end))


def _found(view: View, kind: _Kind) -> Iterator[Number]:
    for match in kind.shape.finditer(view.text):
        start, end = match.span(1)
        doubtful = kind.judge(match[1])
        if kind.name != "id_card" and "-" in match[1] and _in_a_row(view.text, start, end):
            doubtful = True if doubtful is False else None
        if doubtful is None:
            continue
        digits = [at for at in range(start, end) if view.text[at] != "-"]
        hidden = digits[kind.head : len(digits) - kind.tail]
        hide = tuple(dict.fromkeys(view.span(at, at + 1) for at in hidden))
        yield Number(kind.name, kind.title, *view.span(match.start(1), end), doubtful, hide)


def _without_overlaps(numbers: list[Number]) -> list[Number]:
    kept: list[Number] = []
    for one in sorted(numbers, key=lambda number: number.doubtful):  # stable: precedence of kinds stays
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return kept


_RUN = re.compile(f"[0-9ox{''.join(_ONE_TO_NINE_AND_ZERO)}]{{{_SHORTEST},}}")
_NUMERAL = re.compile(f"[{''.join(_ONE_TO_NINE_AND_ZERO)}]")


def find_numbers(text: View) -> list[Number]:
    """Personal numbers of a stream that was folded as words are, in reading order.

    Only runs of digits are read closely; folding has already joined what stands apart in the text.
    """
    found: list[Number] = []
    for run in _RUN.finditer(text.text):
        start, end = text.span(*run.span())
        found += (_moved(one, start) for one in _in_run(text.source[start:end]))
    return found


def _in_run(source: str) -> list[Number]:
    shows = rule("screening.mask_shows")
    kinds = _kinds(rule("screening.area_code"), tuple((name, *ends) for name, ends in shows.items()))
    view = View(source, _DIGITS)
    found = [number for kind in kinds for number in _found(view, kind)]
    if _NUMERAL.search(source):
        written = View(source, _NUMERALS)
        found += [replace(number, doubtful=True) for kind in kinds for number in _found(written, kind)]
    return sorted(_without_overlaps(found), key=lambda number: number.start)


def _moved(number: Number, by: int) -> Number:
    hide = tuple((start + by, end + by) for start, end in number.hide)
    return replace(number, start=number.start + by, end=number.end + by, hide=hide)
