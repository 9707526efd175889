"""How a number is written: a small format with series, year and number, and nothing else.

Official document numbers are written as in 《党政机关公文格式》(GB/T 9704—2012) 7.2.5: 代字, the four-digit
year in 六角括号 〔〕, the number without 第 and without leading zeros, 号.
"""

from __future__ import annotations

import re
from string import Formatter

from taihe.ground.errors import BadInput

DOCUMENT = "{series}〔{year}〕{number}号"
_FIELDS = {"series", "year", "number"}
_WIDTH = re.compile(r"(0[1-8]d)?")


def check_format(text: str, *, yearly: bool) -> str:
    """The format, if it is one.  Raises BadInput: it must hold {number}, and {year} when restarting yearly.

    {number:04d} pads with zeros (received documents may; issued ones may not).
    """
    try:
        parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        raise BadInput(what=f"编号格式“{text}”的花括号不配对。") from None
    names = [name for name, _, _ in parts]
    wrong = not set(names) <= _FIELDS or len(names) != len(set(names)) or any(part[2] for part in parts)
    if wrong or any(not _WIDTH.fullmatch(spec or "") or (spec and name != "number") for name, spec, _ in parts):
        raise BadInput(
            what=f"编号格式“{text}”只能含 {{series}}、{{year}}、{{number}} 各一次，数字可写作 {{number:04d}}。"
        )
    needed = {"number", "year"} if yearly else {"number"}
    if not needed <= set(names):
        raise BadInput(what=f"编号格式“{text}”缺少 {'、'.join(sorted(needed - set(names)))}，编号会重复。")
    return text


def written(text: str, *, series: str, year: int, number: int) -> str:
    """The number as it is written on paper."""
    return text.format(series=series, year=year, number=number)
