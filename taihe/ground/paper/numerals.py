"""Numbers as Word and WPS count them in lists: 一二三, 1 2 3, a b c, Ⅰ Ⅱ Ⅲ, ① ② ③."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"


def chinese(number: int) -> str:
    """1 → 一, 10 → 十, 11 → 十一, 20 → 二十, 105 → 一百零五; 1 to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if hundreds and rest and not tens:
        text += "零"
    if tens:
        text += ("" if tens == 1 and not hundreds else _DIGITS[tens]) + "十"
    return text + (_DIGITS[ones] if ones else "") if number else "零"


def digits(number: int) -> str:
    """Chinese digits one by one: 12 → 一二."""
    return "".join("〇一二三四五六七八九"[int(one)] for one in str(number))


def roman(number: int) -> str:
    """Roman numerals, capital."""
    text = ""
    for value, letters in (
        (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
    ):  # fmt: skip
        while number >= value:
            text, number = text + letters, number - value
    return text


def letters(number: int) -> str:
    """Letters as Word repeats them: 1 → a, 27 → aa."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if number else ""


def circled(number: int) -> str:
    """① to ⑳."""
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalFullWidth": lambda number: str(number).translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    "decimalEnclosedCircle": circled,
    "decimalEnclosedCircleChinese": circled,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "ideographDigital": digits,
    "japaneseDigitalTenThousand": digits,
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": lambda number: roman(number).lower(),
    "upperRoman": roman,
    "none": lambda _: "",
    "bullet": lambda _: "",
}


def written(style: str, number: int) -> str:
    """A list number in one of Word's formats; an unknown format counts in Arabic figures."""
    return FORMATS.get(style, str)(number)
