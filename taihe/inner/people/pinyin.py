"""Chinese names as letters, so that a colleague is found by typing ``zhangwei`` or ``zw``."""

from __future__ import annotations

from itertools import islice, product

# Characters with several readings (单 shan/dan) give several spellings; more than these help nobody.
_MOST_READINGS = 6


def _readings(text: str, style: str) -> str:
    """Every likely spelling in lower case, the commonest first, separated by blanks."""
    from pypinyin import Style, pinyin  # its dictionary takes 0.3 s: most processes never spell a name

    letters = pinyin(
        text, style=getattr(Style, style), heteronym=True, errors=lambda rest: "".join(filter(str.isalnum, rest))
    )
    options = [tuple(dict.fromkeys(reading.lower() for reading in one)) for one in letters if one]
    spelled = ("".join(choice) for choice in islice(product(*options), _MOST_READINGS))
    return " ".join(dict.fromkeys(spelled))


def full(text: str, limit: int) -> str:
    """Full spellings, cut to whole spellings within `limit` characters."""
    return _cut(_readings(text, "NORMAL"), limit)


def initials(text: str, limit: int) -> str:
    """First letters of each character, all likely readings, within `limit` characters."""
    return _cut(_readings(text, "FIRST_LETTER"), limit)


def _cut(spellings: str, limit: int) -> str:
    if len(spellings) <= limit:
        return spellings
    head, _, _ = spellings[: limit + 1].rpartition(" ")
    return head or spellings[:limit]
